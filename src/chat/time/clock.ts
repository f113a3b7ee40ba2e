/** Time as a port: code that reads the time or waits does it by a clock, so that a test can bring one that it steps. */

/** Ends a wait; does nothing once it is over. */
export type Cancel = () => void

export interface Clock {
  /** The time of day, in ms since 1970. It jumps when the device's clock is set. */
  now(): number
  /**
   * A time that only runs forward, in ms since any moment: for durations. It goes on evenly when the device's clock is set, and may stop while the
   * device sleeps. Where there is no `performance`, it follows the device's clock forward.
   */
  elapsed(): number
  /** Calls `run` once, `ms` from now. */
  after(ms: number, run: () => void): Cancel
}

/** How far `Date` was set back in all, and where it was last. */
let setBack = 0
let lastDate = 0

function elapsedByDate(): number {
  const now = Date.now()
  setBack += Math.max(0, lastDate - now)
  lastDate = now
  return now + setBack
}

/** The clock of the device. It looks the globals up at each call, since a test may have replaced them. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => (typeof performance === 'undefined' ? elapsedByDate() : performance.now()),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

let current = systemClock

/** The clock of the client. Its timers belong to the clock that was in use when they were set. */
export const clock: Clock = {
  now: () => current.now(),
  elapsed: () => current.elapsed(),
  after: (ms, run) => current.after(ms, run),
}

/** Makes {@link clock} go by `next`, for tests; `systemClock` undoes it. */
export function setClock(next: Clock): void {
  current = next
}

/** Resolves `ms` from now. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}

/** Settles as `answer` does. Rejects with an error named `TimeoutError` when that takes longer than `ms`. */
export function inTime<T>(clock: Clock, answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(Object.assign(new Error(`no answer within ${ms} ms`), { name: 'TimeoutError' })))
    answer.then(resolve, reject).finally(cancel)
  })
}

/** Calls `run` every `ms`, until it is cancelled. */
export function every(clock: Clock, ms: number, run: () => void): Cancel {
  let cancel = clock.after(ms, tick)
  function tick() {
    cancel = clock.after(ms, tick)
    run()
  }
  return () => cancel()
}
