/** How long to wait before a retry: exponential, capped, with jitter, so that many clients do not come back at once. */

export interface BackoffOptions {
  /** The maximum wait before the first retry, ms. It doubles with each further one. */
  readonly baseMs: number
  /** The maximum wait, ms. */
  readonly capMs: number
  /** The minimum wait as a share of the maximum, from 0 to 1; 0 by default. */
  readonly leastShare?: number
}

export const SEND_BACKOFF: BackoffOptions = { baseMs: 1_000, capMs: 30_000 }

/**
 * The wait in ms, a whole number up to the cap, before retry number `attempt` (0 is the first). `random` returns numbers from 0 up to but not including 1.
 */
export function backoff(attempt: number, random: () => number, { baseMs, capMs, leastShare = 0 }: BackoffOptions = SEND_BACKOFF): number {
  return Math.round((leastShare + (1 - leastShare) * random()) * Math.min(capMs, baseMs * 2 ** attempt))
}
