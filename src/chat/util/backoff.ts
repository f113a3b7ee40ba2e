/** How long to wait before trying again: exponential, capped, with full jitter, so that many clients do not come back at once. */

export interface BackoffOptions {
  /** The longest wait before the first repetition, ms. */
  readonly baseMs: number
  /** The longest wait at all, ms. */
  readonly capMs: number
}

export const SEND_BACKOFF: BackoffOptions = { baseMs: 1_000, capMs: 30_000 }

/**
 * The wait in ms, a whole number from 0 to the cap, before repetition number `attempt` (0 is the first).
 * `random` gives numbers from 0 up to but not including 1.
 */
export function backoff(attempt: number, random: () => number, { baseMs, capMs }: BackoffOptions = SEND_BACKOFF): number {
  return Math.round(random() * Math.min(capMs, baseMs * 2 ** attempt))
}
