/** Time that a test owns: it goes on only while the test runs it, from one timer to the next. Phones and a gateway may share one clock. */
import { setImmediate as nextTask, setTimeout as sleep } from 'node:timers/promises'
import type { Cancel, Clock } from '../../src/chat/time/clock'
import { seededRandom } from './seeded-random'

/** The time of day at which a stepped clock starts, in ms since 1970. */
export const STEPPED_CLOCK_START = Date.UTC(2027, 0, 15, 12)

/** How a run ended: its condition holds, no timer is left that could make it hold, or its time is over. */
export type RunEnd = 'held' | 'nothing left' | 'time over'

/** How far {@link SteppedClock.settled} runs at most, in ms of the clock. */
const SETTLED_WITHIN_MS = 600_000
/** A run that takes longer than this in real time, ms, has met an endless loop, or something outside the clock that never ends. */
const WATCHDOG_MS = 120_000

interface Timer {
  readonly due: number
  readonly run: () => void
}

export class SteppedClock implements Clock {
  private passed = 0
  private setOn = 0
  /** In the order in which they were set, which is the order of those that are due at the same time. */
  private readonly timers = new Set<Timer>()
  private outside = 0
  /** In place of Math.random: the same numbers in each run. */
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

  /** Sets the time of day on by `ms`, or back, as a person does in the settings of a device: no time passes. */
  set(ms: number): void {
    this.setOn += ms
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

  /** Holds the time where it is until `work` has ended, for what takes real time: an HTTP request, a database, a process. */
  async hold<Result>(work: Promise<Result>): Promise<Result> {
    this.outside++
    try {
      return await work
    } finally {
      this.outside--
    }
  }

  /**
   * Runs timers, the earliest first, until `holds` returns true. It is asked at each time at which something happened, once
   * promises have settled and nothing more is due then.
   * @param limitMs how far the time goes on at most
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

  /** Moves the time on by `ms` and runs the timers that are due by then, also those that they set. */
  async advance(ms: number): Promise<void> {
    const end = this.passed + ms
    await this.runUntil(() => false, ms)
    this.passed = Math.max(this.passed, end)
  }

  /** Runs timers until `promise` is settled, and returns what it resolves to. Rejects when nothing is left that could settle it. */
  async settled<Result>(promise: Promise<Result>): Promise<Result> {
    let isSettled = false
    const settle = () => void (isSettled = true)
    promise.then(settle, settle)
    const end = await this.runUntil(() => isSettled, SETTLED_WITHIN_MS)
    if (end !== 'held') throw new Error(`waited in vain for a promise: ${end} after ${this.passed} ms`)
    return promise
  }

  /** Runs all that is due now; what happens outside the clock is waited for, since it belongs to the present. */
  private async finishPresent(watchdog: number): Promise<void> {
    for (;;) {
      // promises settle, and what they start
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
