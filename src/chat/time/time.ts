/** What time it is and what day: by this device's clock, set right by what the service says of its own. */
import { clock as clientClock, type Clock } from './clock'
import { isPossibleServerTime } from './received-at'

/** A clock that gains more than this on `elapsed` between two looks was set, or the device slept, ms. */
const LEAP_MS = 1_000

/** Learns how far this device's clock is ahead of the service's. Until it has heard of that, the device's clock counts. */
export class ServiceTime {
  /** This device's clock less the service's, ms, with the shortest way of a message of the session. */
  private ahead: number | undefined
  /** `ahead` is that of an earlier session: the first that is heard in this one replaces it. */
  private isOld = false
  /** The clock has gained on `elapsed` since the service was last heard: it was set, or the device slept. */
  private hasLept = false
  private elapsed = -Infinity
  /** `clock.now() - clock.elapsed()` at the last look. */
  private base = 0

  constructor(private readonly clock: Clock) {}

  /** ms since 1970. It goes on evenly when the device's clock is set, once the service was heard. */
  now(): number {
    const now = this.look()
    return this.ahead === undefined ? now : Math.round(now - this.ahead)
  }

  /**
   * What the service sent at `serverTime`, in ms since 1970 by its clock, has arrived now. Only for what is on its way no longer than it takes:
   * nothing that was kept for a while. Returns whether it changes the time.
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

  /** The session has ended; what is heard in the next one counts in the place of what was heard in this. */
  sessionEnded(): void {
    this.isOld = true
  }

  /**
   * The app came to the front, or the connection is back. `elapsed` may have stopped while the device slept, which looks like a clock that
   * was set: then the device's clock counts, until the service is heard.
   */
  woke(): void {
    this.look()
    if (this.hasLept) this.forget()
    // Without `performance` a clock that was set looks like one that ran on: what is heard next counts alone.
    else this.isOld = true
  }

  /** Nothing was heard of the service. */
  forget(): void {
    this.ahead = undefined
    this.isOld = false
    this.hasLept = false
  }

  /** Follows the device's clock where it was set. */
  private look(): number {
    const now = this.clock.now()
    const elapsed = this.clock.elapsed()
    const base = now - elapsed
    // What only runs forward ran back: it is another clock.
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
 * The day of `at` on this device's calendar, as the time at which it begins; both in ms since 1970. Another time zone has other days. This is the
 * one rule of what a day is.
 */
export function calendarDay(at: number): number {
  return dayAfter(at, 0)
}

/** How many ms the day of `at` still has on this device's calendar: it may have 23 hours, or 25. */
export function untilMidnight(at: number): number {
  return dayAfter(at, 1) - at
}

/** Returns when the day begins that comes `days` days after the day of `at`; both in ms since 1970. */
function dayAfter(at: number, days: number): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime()
}
