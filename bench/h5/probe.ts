/** Runs in the measured page from its first line on, for figures that only the page itself can measure. */

/** Without a long task for this time, ms, the page counts as responsive. */
const QUIET_MS = 1_000
/** The timeout of a wait, ms. */
const TIMEOUT_MS = 20_000
const LIST = '[data-testid="message-list"]'
const ROWS = '[data-testid="message-row"]'
const TEXTS = '[data-testid="message-text"]'

export interface Probe {
  /**
   * Measures from the next tap: ms until a thread shows the message that contains `text` within the screen, can be typed into, and the page is responsive
   * (the end of the last task of more than 50 ms, as browsers count them). Rejects if that never happens.
   */
  shown(text: string): Promise<number>
  /** Starts to record frames. */
  startFrames(): void
  /** The durations of the recorded frames, ms. */
  stopFrames(): number[]
  /** The number of elements in the document. */
  nodes(): number
  /**
   * The number in the text of the first message on the screen, or near it. NaN if there is none. It is cheap, because it is called while frames are recorded.
   */
  firstNumber(): number
  /** The number of the last message that is completely on the screen. NaN if there is none. */
  lastWholeNumber(): number
  /** UTF-8 bytes of the texts read from IndexedDB since the page was loaded. */
  readBytes(): number
}

let deltas: number[] | undefined
let readBytes = 0

for (const method of ['get', 'getAll'] as const) {
  const read = IDBObjectStore.prototype[method] as (this: IDBObjectStore, ...asked: unknown[]) => IDBRequest<unknown>
  IDBObjectStore.prototype[method] = function (this: IDBObjectStore, ...asked: unknown[]): IDBRequest {
    const request = read.apply(this, asked)
    request.addEventListener('success', () => (readBytes += bytesOf(request.result)))
    return request
  }
}

const probe: Probe = {
  shown: (text) =>
    new Promise((resolve, reject) => {
      const deadline = performance.now() + TIMEOUT_MS
      let tapped = Number.NaN
      let busyUntil = 0
      addEventListener('click', ({ timeStamp }) => (tapped = timeStamp), { capture: true, once: true })
      const observer = new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) busyUntil = Math.max(busyUntil, startTime + duration)
      })
      observer.observe({ entryTypes: ['longtask'] })
      const look = () => {
        if (!isShown(text) || !document.querySelector('[data-testid="composer-input"] textarea')) {
          if (performance.now() < deadline) return void requestAnimationFrame(look)
          observer.disconnect()
          return reject(new Error(`no message with “${text}” came on the screen within ${TIMEOUT_MS} ms; it shows: ${numbersShown().join(', ')}`))
        }
        // It is in this frame's layout, and on the screen with the next frame.
        requestAnimationFrame((shown) => {
          const wait = () => {
            const now = performance.now()
            const ready = Math.max(shown, busyUntil)
            if (now - ready < QUIET_MS) {
              if (now < deadline) return void setTimeout(wait, 100)
              observer.disconnect()
              return reject(new Error(`the page with “${text}” did not come to rest within ${TIMEOUT_MS} ms`))
            }
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
    const top = document.querySelector(LIST)?.getBoundingClientRect().top ?? 0
    // A time line may be at the first position.
    for (const below of [20, 60, 100, 140]) {
      const row = document.elementFromPoint(innerWidth / 2, top + below)?.closest(ROWS)
      const number = numberIn(row)
      if (!Number.isNaN(number)) return number
    }
    return Number.NaN
  },
  lastWholeNumber() {
    const list = document.querySelector(LIST)?.getBoundingClientRect()
    const whole = Array.from(document.querySelectorAll(ROWS)).filter((row) => list !== undefined && row.getBoundingClientRect().bottom <= list.bottom + 1)
    return numberIn(whole[whole.length - 1])
  },
  readBytes: () => readBytes,
}

function numberIn(row: Element | null | undefined): number {
  return Number(/\d{6}/.exec(row?.textContent ?? '')?.[0] ?? Number.NaN)
}

/** All messages that are partly on the screen. */
function numbersShown(): number[] {
  const list = document.querySelector(LIST)?.getBoundingClientRect()
  if (!list) return []
  const rows = Array.from(document.querySelectorAll(ROWS)).filter((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return bottom > list.top && top < list.bottom
  })
  return rows.map(numberIn)
}

function bytesOf(found: unknown): number {
  const texts: readonly unknown[] = Array.isArray(found) ? found : [found]
  return texts.reduce((sum: number, text) => sum + (typeof text === 'string' ? new TextEncoder().encode(text).length : 0), 0)
}

function isShown(text: string): boolean {
  return Array.from(document.querySelectorAll(TEXTS)).some((element) => {
    if (element.textContent?.includes(text) !== true) return false
    const { left, right, top, bottom } = element.getBoundingClientRect()
    // Neither off the screen, nor hidden, nor covered.
    return top > 0 && bottom < innerHeight && element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))
  })
}

Object.assign(globalThis, { probe })
