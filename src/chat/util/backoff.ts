/** How long to wait before a retry: exponential, capped, with full jitter, so that many clients do not come back at once. */

export interface BackoffOptions {
  /** The maximum wait before the first retry, ms. */
  readonly baseMs: number
  /** The maximum wait, ms. */
  readonly capMs: number
}

export const SEND_BACKOFF: BackoffOptions = { baseMs: 1_000, capMs: 30_000 }

/**
 * The wait in ms, a whole number from 0 to the cap, before retry number `attempt` (0 is the first). `random` returns numbers from 0 up to but not including
 * 1.
 */
export function backoff(attempt: number, random: () => number, { baseMs, capMs }: BackoffOptions = SEND_BACKOFF): number {
  return Math.round(random() * Math.min(capMs, baseMs * 2 ** attempt))
}
