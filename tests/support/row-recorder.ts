/** Records the positions of a thread's messages on the screen, frame by frame. The messages begin with `m<number> `. */
import type { Page } from 'playwright-core'

/** px from the top of the window, by the message's number. Only messages on the screen. */
export type Frame = Readonly<Record<string, number>>

/** Records the current frame. */
export function rowsNow(page: Page): Promise<Frame> {
  return page.evaluate(`(${frameSource})()`) as Promise<Frame>
}

export interface Recording {
  /** The frames so far, the first one from the moment when the recording began. */
  frames(): Promise<Frame[]>
  stop(): Promise<Frame[]>
  /** px by which a frame moved without the wheel. Empty for a list that reads well. Ends the recording. */
  unexplained(): Promise<number[]>
}

/**
 * Records each frame from now on.
 * @param scrollTo the scroll offset to set just before, in px, so that the first frame has it
 */
export async function record(page: Page, scrollTo?: number): Promise<Recording> {
  await page.evaluate(`
    window.recordedFrames = []
    window.recordedWheel = []
    window.turned = 0
    window.isRecording = true
    ${scrollTo === undefined ? '' : `window.recordedList.scrollTop = ${scrollTo}`}
    ;(function next() {
      window.recordedFrames.push((${frameSource})())
      const { scrollTop, scrollHeight, clientHeight } = window.recordedList
      window.recordedWheel.push([window.turned, scrollTop < 1 ? 1 : scrollTop + clientHeight > scrollHeight - 1 ? -1 : 0])
      window.turned = 0
      if (window.isRecording) requestAnimationFrame(next)
    })()`)
  const frames = () => page.evaluate('window.recordedFrames') as Promise<Frame[]>
  const stop = () => page.evaluate('window.isRecording = false; window.recordedFrames') as Promise<Frame[]>
  return {
    frames,
    stop,
    unexplained: async () => {
      const moved = movements(await stop())
      const wheel = (await page.evaluate('window.recordedWheel')) as Turn[]
      return unexplained(moved, wheel)
    },
  }
}

/** Waits for the next frame and turns the wheel by one notch. `px`: negative is up. */
export async function turnNotch(page: Page, px: number): Promise<void> {
  await page.evaluate(`new Promise(requestAnimationFrame).then(() => (window.turned = (window.turned ?? 0) - ${px}))`)
  await page.mouse.wheel(0, px)
}

/** The px that the wheel was turned before a frame, upwards positive, and the list's end: 1 at its top, -1 at its bottom. */
type Turn = readonly [turned: number, end: -1 | 0 | 1]

/** The number of frames after which the browser has the wheel's event at the latest. */
const EVENT_FRAMES = 5

/** A turn of the wheel moves the list by as much, then or some frames later. At an end of the list it is lost. */
export function unexplained(moved: readonly number[], turns: readonly Turn[]): number[] {
  let pending = 0
  return moved.filter((px, index) => {
    const [turned, end] = turns[index + 1]!
    pending += turned
    const isExplained = Math.abs(px) <= 1 || (Math.sign(px) === Math.sign(pending) && Math.abs(px) <= Math.abs(pending) + 1)
    pending -= px
    if (Math.sign(pending) === end) pending = end * Math.min(Math.abs(pending), Math.abs(sum(turns.slice(Math.max(0, index + 2 - EVENT_FRAMES), index + 2).map(([one]) => one))))
    return !isExplained
  })
}

function sum(px: readonly number[]): number {
  return px.reduce((total, one) => total + one, 0)
}

/** How far the rows moved from each frame to the next, in px. NaN if no row of the last frame is left. */
export function movements(frames: readonly Frame[]): number[] {
  return frames.slice(1).map((frame, index) => {
    const before = frames[index]!
    const moved = Object.keys(frame).filter((name) => name in before).map((name) => frame[name]! - before[name]!)
    if (moved.length === 0) return NaN
    const [least, most] = [Math.min(...moved), Math.max(...moved)]
    // Rows that move apart count as a jump: by the larger movement.
    return Math.abs(least) > Math.abs(most) ? least : most
  })
}

/** Runs in the page, as text. The list is the element that scrolls and contains such messages. */
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
