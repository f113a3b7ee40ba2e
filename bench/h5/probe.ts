/** Runs in the page that is measured, from its first line on: what only the page itself can tell. */

/** So long without a long task, and the page counts as answering. */
const QUIET_MS = 1_000
const TEXTS = '[data-testid="message-text"]'

export interface Probe {
  /**
   * From the next tap on: ms until a thread shows the message that holds `text` within the screen, can be written in, and
   * the page answers (the end of the last task of more than 50 ms, as browsers count them).
   */
  opened(text: string): Promise<number>
  /** Begins to note frames. */
  startFrames(): void
  /** The times between the frames since, ms. */
  stopFrames(): number[]
  /** How many elements the document has. */
  nodes(): number
  /** The number in the text of the first message on the screen, or nearly the first; NaN when there is none. Costs next to nothing, for it is asked while frames are counted. */
  firstNumber(): number
}

let deltas: number[] | undefined

const probe: Probe = {
  opened: (text) =>
    new Promise((resolve) => {
      let tapped = Number.NaN
      let busyUntil = 0
      addEventListener('click', ({ timeStamp }) => (tapped = timeStamp), { capture: true, once: true })
      const observer = new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) busyUntil = Math.max(busyUntil, startTime + duration)
      })
      observer.observe({ entryTypes: ['longtask'] })
      const look = () => {
        if (!isShown(text) || !document.querySelector('[data-testid="composer-input"] textarea')) return void requestAnimationFrame(look)
        // it is in this frame's layout, and on the screen with the next one
        requestAnimationFrame((shown) => {
          const wait = () => {
            const now = performance.now()
            const ready = Math.max(shown, busyUntil)
            if (now - ready < QUIET_MS) return void setTimeout(wait, 100)
            observer.disconnect()
            resolve(ready - tapped)
          }
          wait()
        })
      }
      look()
    }),
  startFrames() {
    const noted: number[] = []
    deltas = noted
    let last = Number.NaN
    const frame = (now: number) => {
      if (deltas !== noted) return
      if (!Number.isNaN(last)) noted.push(now - last)
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  },
  stopFrames() {
    const noted = deltas ?? []
    deltas = undefined
    return noted
  },
  nodes: () => document.getElementsByTagName('*').length,
  firstNumber() {
    const top = document.querySelector('[data-testid="message-list"]')?.getBoundingClientRect().top ?? 0
    // a time line may stand at the first place
    for (const below of [20, 60, 100, 140]) {
      const row = document.elementFromPoint(innerWidth / 2, top + below)?.closest('[data-testid="message-row"]')
      const number = /\d{6}/.exec(row?.textContent ?? '')
      if (number) return Number(number[0])
    }
    return Number.NaN
  },
}

function isShown(text: string): boolean {
  return Array.from(document.querySelectorAll(TEXTS)).some((element) => {
    if (element.textContent?.includes(text) !== true) return false
    const { left, right, top, bottom } = element.getBoundingClientRect()
    // neither beyond the screen, nor hidden, nor behind something
    return top > 0 && bottom < innerHeight && element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))
  })
}

Object.assign(globalThis, { probe })
