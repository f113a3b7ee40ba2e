/** Records where the messages of a thread stand on the screen, frame by frame. Its messages begin with `m<number> `. */
import type { Page } from 'playwright-core'

/** px from the top of the window, by the message's number; only messages that are on the screen. */
export type Frame = Readonly<Record<string, number>>

/** One frame as it is now. */
export function rowsNow(page: Page): Promise<Frame> {
  return page.evaluate(`(${frameSource})()`) as Promise<Frame>
}

/** Records each frame from now on; `stop` answers them. */
export async function record(page: Page): Promise<{ stop(): Promise<Frame[]> }> {
  await page.evaluate(`
    window.recordedFrames = []
    window.isRecording = true
    ;(function next() {
      window.recordedFrames.push((${frameSource})())
      if (window.isRecording) requestAnimationFrame(next)
    })()`)
  return {
    stop: () => page.evaluate('window.isRecording = false; window.recordedFrames') as Promise<Frame[]>,
  }
}

/** How far what is on the screen moved from each frame to the next, in px; NaN where nothing that was seen is left. */
export function movements(frames: readonly Frame[]): number[] {
  return frames.slice(1).map((frame, index) => {
    const before = frames[index]!
    const moved = Object.keys(frame).filter((name) => name in before).map((name) => frame[name]! - before[name]!)
    if (moved.length === 0) return NaN
    const [least, most] = [Math.min(...moved), Math.max(...moved)]
    // Rows that move apart are a jump as well: the larger movement tells it.
    return Math.abs(least) > Math.abs(most) ? least : most
  })
}

/** Runs in the page, as text: the list is what scrolls and holds such messages. */
const frameSource = `function () {
  const isList = (element) => element.clientHeight > 100 && ['auto', 'scroll'].includes(getComputedStyle(element).overflowY) && /m\\d+ /.test(element.textContent)
  const known = window.recordedList
  const list = known && known.isConnected && known.clientHeight > 0 ? known : [...document.querySelectorAll('*')].reverse().find(isList)
  window.recordedList = list
  const frame = {}
  if (!list) return frame
  const view = list.getBoundingClientRect()
  const texts = document.createTreeWalker(list, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const name = /^m(\\d+) /.exec(text.data)
    if (!name || getComputedStyle(text.parentElement).visibility === 'hidden') continue
    const { top, bottom } = text.parentElement.getBoundingClientRect()
    if (bottom > view.top && top < view.bottom) frame[name[1]] = top
  }
  return frame
}`
