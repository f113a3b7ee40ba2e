/**
 * The time of a received message, as this device shows it. It is the service's, but a broken service may send anything: seconds for milliseconds, a year 9999
 * that would keep a conversation at the top of the list forever, or no time at all.
 */

const DAY_MS = 24 * 3_600_000

/** A clock that is set to the wrong time zone is less than a day behind. */
export const SERVER_TIME_AHEAD_MAX_MS = DAY_MS
/** The service stores no message nearly as long (OFFLINE_MESSAGES_TTL_MS). */
export const SERVER_TIME_BEHIND_MAX_MS = 30 * DAY_MS

/** `serverTime` in whole ms since 1970, or `now` if it is implausible. */
export function receivedAt(serverTime: number, now: number): number {
  return isPossibleServerTime(serverTime, now) ? Math.round(serverTime) : now
}

/** Whether a server's time, in ms since 1970, is plausible if this device's clock shows `now`. */
export function isPossibleServerTime(serverTime: number, now: number): boolean {
  const ahead = serverTime - now
  // Comparisons with NaN are false.
  return ahead <= SERVER_TIME_AHEAD_MAX_MS && ahead >= -SERVER_TIME_BEHIND_MAX_MS
}
