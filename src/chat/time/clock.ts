/** Time as a port: code reads the time and waits through a clock, so that a test can step its own. */

/** Cancels a wait. Does nothing once it is over. */
export type Cancel = () => void

export interface Clock {
  /** The time of day, in ms since 1970. It jumps when the device's clock is set. */
  now(): number
  /**
   * A monotonic time, in ms since an arbitrary moment: for durations. It does not jump when the device's clock is set, and may stop while the device sleeps.
   * Without `performance` it follows the device's clock, forward only.
   */
  elapsed(): number
  /** Calls `run` once, `ms` from now. */
  after(ms: number, run: () => void): Cancel
}

/** How far `Date` was set back in total, and its last value. */
let setBack = 0
let lastDate = 0

function elapsedByDate(): number {
  const now = Date.now()
  setBack += Math.max(0, lastDate - now)
  lastDate = now
  return now + setBack
}

/** The clock of the device. It looks up the globals at each call, since a test may have replaced them. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => (typeof performance === 'undefined' ? elapsedByDate() : performance.now()),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

let current = systemClock

/** The clock of the client. A timer stays with the clock that was in use when it was set. */
export const clock: Clock = {
  now: () => current.now(),
  elapsed: () => current.elapsed(),
  after: (ms, run) => current.after(ms, run),
}

/** Makes {@link clock} use `next`, for tests. `systemClock` undoes it. */
export function setClock(next: Clock): void {
  current = next
}

/** Resolves `ms` from now. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}

/** Settles as `answer` does. Rejects with an error named `TimeoutError` if that takes longer than `ms`. */
export function inTime<T>(clock: Clock, answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(Object.assign(new Error(`no answer within ${ms} ms`), { name: 'TimeoutError' })))
    answer.then(resolve, reject).finally(cancel)
  })
}

/** Calls `run` every `ms` until it is cancelled. */
export function every(clock: Clock, ms: number, run: () => void): Cancel {
  let cancel = clock.after(ms, tick)
  function tick() {
    cancel = clock.after(ms, tick)
    run()
  }
  return () => cancel()
}
