/** Runs in the page that is measured, from its first line on: what only the page itself can tell. */

/** So long without a long task, and the page counts as answering. */
const QUIET_MS = 1_000
/** A wait that takes longer has failed. */
const TIMEOUT_MS = 20_000
const LIST = '[data-testid="message-list"]'
const ROWS = '[data-testid="message-row"]'
const TEXTS = '[data-testid="message-text"]'

export interface Probe {
  /**
   * From the next tap on: ms until a thread shows the message that holds `text` within the screen, can be written in, and
   * the page answers (the end of the last task of more than 50 ms, as browsers count them). Rejects when it never does.
   */
  shown(text: string): Promise<number>
  /** Begins to note frames. */
  startFrames(): void
  /** The times between the frames since, ms. */
  stopFrames(): number[]
  /** How many elements the document has. */
  nodes(): number
  /** The number in the text of the first message on the screen, or nearly the first; NaN when there is none. Costs next to nothing, for it is asked while frames are counted. */
  firstNumber(): number
  /** The number of the last message that is on the screen with all of it; NaN when there is none. */
  lastWholeNumber(): number
  /** UTF-8 bytes of the texts that came out of IndexedDB since the page was loaded. */
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
        // it is in this frame's layout, and on the screen with the next one
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
    // a time line may stand at the first place
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

/** Of all messages of which something is on the screen. */
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
    // neither beyond the screen, nor hidden, nor behind something
    return top > 0 && bottom < innerHeight && element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))
  })
}

Object.assign(globalThis, { probe })
