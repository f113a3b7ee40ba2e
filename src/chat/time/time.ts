/** The current time and day: by this device's clock, corrected by the service's. */
import { clock as clientClock, type Clock } from './clock'
import { isPossibleServerTime } from './received-at'

/** A clock that gains more than this on `elapsed` between two checks was set, or the device slept, ms. */
const LEAP_MS = 1_000

/** Learns how far this device's clock is ahead of the service's. Until the service was heard, the device's clock counts. */
export class ServiceTime {
  /** This device's clock minus the service's, ms, from the session's fastest message. */
  private ahead: number | undefined
  /** Whether `ahead` is from an earlier session: the first message of this one replaces it. */
  private isOld = false
  /** Whether the clock has gained on `elapsed` since the service was last heard: it was set, or the device slept. */
  private hasLept = false
  private elapsed = -Infinity
  /** `clock.now() - clock.elapsed()` at the last check. */
  private base = 0

  constructor(private readonly clock: Clock) {}

  /** ms since 1970. Once the service was heard, it does not jump when the device's clock is set. */
  now(): number {
    const now = this.look()
    return this.ahead === undefined ? now : Math.round(now - this.ahead)
  }

  /**
   * A message that the service sent at `serverTime`, in ms since 1970 by its clock, has just arrived. Only for messages that were not stored on the way.
   * Returns whether it changes the time.
   */
  heard(serverTime: number): boolean {
    const now = this.look()
    if (!isPossibleServerTime(serverTime, now)) return false
    const before = this.ahead
    const ahead = now - serverTime
    this.ahead = before === undefined || this.isOld ? ahead : Math.min(before, ahead)
    this.isOld = false
    this.hasLept = false
    return this.ahead !== before
  }

  /** The session has ended. The first message of the next one replaces its measurement. */
  sessionEnded(): void {
    this.isOld = true
  }

  /**
   * The app came to the front, or the connection came back. `elapsed` may have stopped while the device slept, which looks like a changed clock: then the
   * device's clock counts until the service is heard.
   */
  woke(): void {
    this.look()
    if (this.hasLept) this.forget()
    // Without `performance` a clock that was set looks like one that ran on, so only later messages count.
    else this.isOld = true
  }

  /** The service was not heard yet. */
  forget(): void {
    this.ahead = undefined
    this.isOld = false
    this.hasLept = false
  }

  /** Follows the device's clock if it was set. */
  private look(): number {
    const now = this.clock.now()
    const elapsed = this.clock.elapsed()
    const base = now - elapsed
    // A monotonic time ran back, so it is another clock.
    if (elapsed < this.elapsed) this.forget()
    else if (this.ahead !== undefined) {
      this.ahead += base - this.base
      if (base - this.base > LEAP_MS) this.hasLept = true
    }
    this.elapsed = elapsed
    this.base = base
    return now
  }
}

/** The time of the client. */
export const time = new ServiceTime(clientClock)

/**
 * The day of `at` on this device's calendar, as the time at which it begins. Both in ms since 1970. Another time zone has other days. This is the only
 * definition of a day.
 */
export function calendarDay(at: number): number {
  return dayAfter(at, 0)
}

/** How many ms of the day of `at` are left on this device's calendar. A day may have 23 hours, or 25. */
export function untilMidnight(at: number): number {
  return dayAfter(at, 1) - at
}

/** Returns when the day begins that is `days` days after the day of `at`. Both in ms since 1970. */
function dayAfter(at: number, days: number): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime()
}
