/** The rates of one user, counted only for what they do, over all of their sessions. */
import type { Clock } from '../src/chat/time/clock'
import { JOIN_SAME_RATE, RateWindow, type Rate } from '../src/chat/rtm-limits'

/** Joins of one channel are forgotten after this many others: far more than the join rate allows within the window. */
const CHANNELS_MAX = 256

/** How long the rates of a user are kept after the end of their session, in ms: no rate looks back further. */
export const RATES_KEPT_MS = 5_000
/** Of how many users they are kept; beyond it those go whose session ended first. */
export const RATES_KEPT_MAX = 10_000

/** The rates of the users who have no session, for the next one they begin. */
export class UserRates {
  /** In the order of `until` (ms, monotonic). */
  private readonly kept = new Map<string, { readonly rates: Rates; readonly until: number }>()

  constructor(
    private readonly clock: Clock,
    private readonly enabled: boolean,
  ) {}

  get size(): number {
    return this.kept.size
  }

  of(uid: string, now = this.clock.elapsed()): Rates {
    const kept = this.kept.get(uid)
    return kept && kept.until > now ? kept.rates : new Rates(this.clock, this.enabled)
  }

  /** To be called at the end of a session. */
  keep(uid: string, rates: Rates, now = this.clock.elapsed()): void {
    if (!this.enabled) return
    this.kept.delete(uid)
    this.kept.set(uid, { rates, until: now + RATES_KEPT_MS })
    const [oldest] = this.kept.keys()
    if (this.kept.size > RATES_KEPT_MAX && oldest !== undefined) this.kept.delete(oldest)
  }

  /** Lets go of what no rate looks back to any more. */
  sweep(now = this.clock.elapsed()): void {
    for (const [uid, { until }] of this.kept) {
      if (until > now) return
      this.kept.delete(uid)
    }
  }
}

export class Rates {
  private readonly windows = new Map<string, RateWindow>()
  private readonly joins = new Map<string, RateWindow>()

  constructor(
    private readonly clock: Clock,
    private readonly enabled: boolean,
  ) {}

  /** Of how many channels the joins are counted. */
  get joinedChannels(): number {
    return this.joins.size
  }

  /** For a user who has done nothing for {@link RATES_KEPT_MS}. */
  clear(): void {
    this.windows.clear()
    this.joins.clear()
  }

  /** Whether `name` may happen once more now; counts it if so. */
  take(name: string, rate: Rate): boolean {
    return this.enabled ? takeFrom(this.windows, name, rate, this.clock.elapsed()) : true
  }

  takeJoinOf(ch: string): boolean {
    if (!this.enabled) return true
    if (this.joins.size >= CHANNELS_MAX && !this.joins.has(ch)) {
      const [oldest] = this.joins.keys()
      if (oldest !== undefined) this.joins.delete(oldest)
    }
    return takeFrom(this.joins, ch, JOIN_SAME_RATE, this.clock.elapsed())
  }
}

function takeFrom(windows: Map<string, RateWindow>, name: string, rate: Rate, now: number): boolean {
  const window = windows.get(name) ?? new RateWindow(rate)
  windows.set(name, window)
  return window.take(now) === 0
}
