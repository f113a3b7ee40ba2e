/** A clock that a test controls: it advances only while the test runs it, from one timer to the next. Phones and a gateway may share one. */
import { setImmediate as nextTask, setTimeout as sleep } from 'node:timers/promises'
import type { Cancel, Clock } from '../../src/chat/time/clock'
import { seededRandom } from './seeded-random'

/** The time of day at which a stepped clock starts, in ms since 1970. */
export const STEPPED_CLOCK_START = Date.UTC(2027, 0, 15, 12)

/** How a run ended: the condition holds, no timer is left that could make it hold, or the time limit is reached. */
export type RunEnd = 'held' | 'nothing left' | 'time over'

/** The limit of {@link SteppedClock.settled}, in ms of the clock. */
const SETTLED_WITHIN_MS = 600_000
/** A run that takes longer than this in real time, ms, is an endless loop or waits for something outside the clock. */
const WATCHDOG_MS = 120_000

interface Timer {
  readonly due: number
  readonly run: () => void
}

export class SteppedClock implements Clock {
  private passed = 0
  private setOn = 0
  /** In the order in which they were set. Timers that are due at the same time run in this order. */
  private readonly timers = new Set<Timer>()
  private outside = 0
  /** Replaces Math.random: the same numbers in each run. */
  readonly random: () => number

  /**
   * @param start the time of day, in ms since 1970
   * @param seed of {@link random}
   */
  constructor(
    private readonly start = STEPPED_CLOCK_START,
    seed = 1,
  ) {
    this.random = seededRandom(seed)
  }

  now = (): number => this.start + this.passed + this.setOn

  elapsed = (): number => this.passed

  /** Changes the time of day by `ms`, forward or back, as a user does in a device's settings: no time passes. */
  set(ms: number): void {
    this.setOn += ms
  }

  after(ms: number, run: () => void): Cancel {
    const timer = { due: this.passed + Math.max(0, ms), run }
    this.timers.add(timer)
    return () => void this.timers.delete(timer)
  }

  /** The number of waiting timers. */
  get waiting(): number {
    return this.timers.size
  }

  /** Stops the time until `work` has ended, for real work: an HTTP request, a database, a process. */
  async hold<Result>(work: Promise<Result>): Promise<Result> {
    this.outside++
    try {
      return await work
    } finally {
      this.outside--
    }
  }

  /**
   * Runs timers, earliest first, until `holds` returns true. Checks it at each time at which a timer ran, once promises have settled and nothing more is due
   * then.
   * @param limitMs how far the time advances at most
   */
  async runUntil(holds: () => boolean | Promise<boolean>, limitMs: number): Promise<RunEnd> {
    const end = this.passed + limitMs
    const watchdog = performance.now() + WATCHDOG_MS
    for (;;) {
      await this.finishPresent(watchdog)
      if (await holds()) return 'held'
      const next = this.earliest()
      if (!next) return 'nothing left'
      if (next.due > end) {
        this.passed = Math.max(this.passed, end)
        return 'time over'
      }
      this.run(next)
    }
  }

  /** Advances the time by `ms` and runs the timers that are due by then, including new ones. */
  async advance(ms: number): Promise<void> {
    const end = this.passed + ms
    await this.runUntil(() => false, ms)
    this.passed = Math.max(this.passed, end)
  }

  /** Runs timers until `promise` is settled, and returns its result. Rejects if no timer is left that could settle it. */
  async settled<Result>(promise: Promise<Result>): Promise<Result> {
    let isSettled = false
    const settle = () => void (isSettled = true)
    promise.then(settle, settle)
    const end = await this.runUntil(() => isSettled, SETTLED_WITHIN_MS)
    if (end !== 'held') throw new Error(`waited in vain for a promise: ${end} after ${this.passed} ms`)
    return promise
  }

  /** Runs everything that is due now. Waits for work outside the clock too, since it belongs to the present. */
  private async finishPresent(watchdog: number): Promise<void> {
    for (;;) {
      // Lets promises settle, and the work that they start.
      await nextTask()
      const next = this.earliest()
      if (next && next.due <= this.passed) this.run(next)
      else if (this.outside === 0) return
      else await sleep(1)
      if (performance.now() > watchdog) throw new Error(`the clock has run for ${WATCHDOG_MS} ms of real time; ${this.timers.size} timers and ${this.outside} things outside it are under way`)
    }
  }

  private run(timer: Timer): void {
    this.passed = Math.max(this.passed, timer.due)
    this.timers.delete(timer)
    timer.run()
  }

  private earliest(): Timer | undefined {
    let earliest: Timer | undefined
    for (const timer of this.timers) if (!earliest || timer.due < earliest.due) earliest = timer
    return earliest
  }
}
