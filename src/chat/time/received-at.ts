/**
 * When a received message came, as this device tells it. The service vouches for the time, but a service in trouble may send
 * anything: seconds for milliseconds, a year 9999 that would hold a conversation at the top of the list for ever, no time at all.
 */

const DAY_MS = 24 * 3_600_000

/** A clock that is set to the wrong time zone is less than a day behind. */
export const SERVER_TIME_AHEAD_MAX_MS = DAY_MS
/** Nothing is kept for a receiver nearly as long (OFFLINE_MESSAGES_TTL_MS). */
export const SERVER_TIME_BEHIND_MAX_MS = 30 * DAY_MS

/** `serverTime` in whole ms since 1970, or `now` in its place when it is not to be believed. */
export function receivedAt(serverTime: number, now: number): number {
  return isPossibleServerTime(serverTime, now) ? Math.round(serverTime) : now
}

/** Whether a server's time, in ms since 1970, is to be believed where this device says `now`. */
export function isPossibleServerTime(serverTime: number, now: number): boolean {
  const ahead = serverTime - now
  // No comparison holds for NaN.
  return ahead <= SERVER_TIME_AHEAD_MAX_MS && ahead >= -SERVER_TIME_BEHIND_MAX_MS
}
