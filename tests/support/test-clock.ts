/** A clock that does not move until a test moves it. */
import { setImmediate as nextTask } from 'node:timers/promises'
import type { Cancel, Clock } from '../../src/chat/clock'

interface Timer {
  readonly due: number
  readonly run: () => void
}

/** The time of day at which a test clock starts, in ms since 1970. */
export const TEST_CLOCK_START = Date.UTC(2027, 0, 15, 12)

export class TestClock implements Clock {
  private passed = 0
  private leapt = 0
  private readonly timers = new Set<Timer>()

  /** @param start the time of day, in ms since 1970 */
  constructor(private readonly start = TEST_CLOCK_START) {}

  now(): number {
    return this.start + this.passed + this.leapt
  }

  /** Sets the time of day on by `ms`, or back: as a person does in the settings of a device. No time passes. */
  set(ms: number): void {
    this.leapt += ms
  }

  elapsed(): number {
    return this.passed
  }

  after(ms: number, run: () => void): Cancel {
    const timer = { due: this.passed + Math.max(0, ms), run }
    this.timers.add(timer)
    return () => void this.timers.delete(timer)
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.timers.size
  }

  /**
   * Moves the time on by `ms` and runs the timers that are due by then, the earliest first, also those that they start. Promises
   * and what is ready to be read or written get their turn in between; what goes over a socket may take longer.
   */
  async advance(ms: number): Promise<void> {
    const end = this.passed + ms
    for (;;) {
      await nextTask()
      const next = this.earliest()
      if (!next || next.due > end) break
      this.passed = Math.max(this.passed, next.due)
      this.timers.delete(next)
      next.run()
    }
    this.passed = end
    await nextTask()
  }

  /** Moves the time on, `stepMs` at a time, until `promise` is settled. */
  async advanceUntil<T>(promise: Promise<T>, stepMs: number): Promise<T> {
    let isSettled = false
    const settled = () => void (isSettled = true)
    promise.then(settled, settled)
    while (!isSettled) await this.advance(stepMs)
    return promise
  }

  private earliest(): Timer | undefined {
    let earliest: Timer | undefined
    for (const timer of this.timers) if (!earliest || timer.due < earliest.due) earliest = timer
    return earliest
  }
}
