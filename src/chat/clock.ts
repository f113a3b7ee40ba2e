/** Time as a port: whoever reads the time or waits gets a clock, so that a test can bring one that it steps. */

/** Ends a wait; does nothing once it is over. */
export type Cancel = () => void

export interface Clock {
  /** The time of day, in ms since 1970. It jumps when the device's clock is set. */
  now(): number
  /** A time that only runs forward, in ms since any moment: for durations. */
  elapsed(): number
  /** Calls `run` once, `ms` from now. */
  after(ms: number, run: () => void): Cancel
}

/** The clock of the device. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** Resolves `ms` from now. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
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
