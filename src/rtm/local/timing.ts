import {
  LOGIN_TIMEOUT_MS,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  RECONNECTING_SEND_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
} from '@/src/chat/rtm-limits'

/** How long the local adapter waits, all in ms. */
export interface LocalTiming {
  readonly loginTimeoutMs: number
  readonly requestTimeoutMs: number
  /** A message sent while RECONNECTING fails after this. */
  readonly reconnectingSendTimeoutMs: number
  readonly pingIntervalMs: number
  /** A ping that has stood unanswered for this long means a dead connection. */
  readonly pingTimeoutMs: number
  /** The same for the ping of checkConnection, which somebody waits for. */
  readonly checkTimeoutMs: number
  /** The first retry comes within `first`; each further one waits up to twice as long, up to `cap`. */
  readonly backoff: { readonly first: number; readonly cap: number }
  /** How long what a new session must restore (channels, subscriptions, attributes) waits after a refusal: longer than the gateway's rates look back. */
  readonly restoreDelayMs: number
  /** How long logout waits for the gateway to take note. */
  readonly farewellMs: number
}

export const DEFAULT_TIMING: LocalTiming = {
  loginTimeoutMs: LOGIN_TIMEOUT_MS,
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  reconnectingSendTimeoutMs: RECONNECTING_SEND_TIMEOUT_MS,
  pingIntervalMs: PING_INTERVAL_MS,
  pingTimeoutMs: PING_TIMEOUT_MS,
  checkTimeoutMs: 3_000,
  backoff: { first: 400, cap: 5_000 },
  restoreDelayMs: 5_000,
  farewellMs: 1_000,
}

/**
 * ms to wait before the retry number `attempt` (0: the first). Between half and all of a limit that doubles, so that clients
 * who lost the gateway together do not come back together.
 * @param random a number in [0, 1)
 */
export function backoffDelay(attempt: number, { first, cap }: LocalTiming['backoff'], random: number): number {
  const limit = Math.min(cap, first * 2 ** Math.min(attempt, 30))
  return (limit / 2) * (1 + random)
}
