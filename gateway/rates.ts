/** The rates of one session, counted only for what it does. */
import { JOIN_SAME_RATE, RateWindow, type Rate } from '../src/chat/limits'

/** Joins of one channel are forgotten after this many others: far more than the join rate allows within the window. */
const CHANNELS_MAX = 256

export class Rates {
  private readonly windows = new Map<string, RateWindow>()
  private readonly joins = new Map<string, RateWindow>()

  constructor(private readonly enabled: boolean) {}

  /** Whether `name` may happen once more now; counts it if so. */
  take(name: string, rate: Rate): boolean {
    return this.enabled ? takeFrom(this.windows, name, rate) : true
  }

  takeJoinOf(ch: string): boolean {
    if (!this.enabled) return true
    if (this.joins.size >= CHANNELS_MAX && !this.joins.has(ch)) {
      const [oldest] = this.joins.keys()
      if (oldest !== undefined) this.joins.delete(oldest)
    }
    return takeFrom(this.joins, ch, JOIN_SAME_RATE)
  }
}

function takeFrom(windows: Map<string, RateWindow>, name: string, rate: Rate): boolean {
  const window = windows.get(name) ?? new RateWindow(rate)
  windows.set(name, window)
  return window.take(performance.now()) === 0
}
