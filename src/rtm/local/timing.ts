import {
  LOGIN_TIMEOUT_MS,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  RECONNECTING_SEND_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
} from '@/src/chat/rtm-limits'
import type { BackoffOptions } from '@/src/chat/util/backoff'

/** The timeouts of the local adapter, all in ms. */
export interface LocalTiming {
  readonly loginTimeoutMs: number
  readonly requestTimeoutMs: number
  /** A message sent while RECONNECTING fails after this. */
  readonly reconnectingSendTimeoutMs: number
  readonly pingIntervalMs: number
  /** A ping without an answer for this long means a dead connection. */
  readonly pingTimeoutMs: number
  /** The same for the ping of checkConnection, whose caller waits. */
  readonly checkTimeoutMs: number
  /** Between two attempts to connect. */
  readonly backoff: BackoffOptions
  /** How long the restoring of a new session (channels, subscriptions, attributes) waits after a rejection: longer than the period of the gateway's rates. */
  readonly restoreDelayMs: number
  /** How long logout waits for the gateway's answer. */
  readonly farewellMs: number
}

export const DEFAULT_TIMING: LocalTiming = {
  loginTimeoutMs: LOGIN_TIMEOUT_MS,
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  reconnectingSendTimeoutMs: RECONNECTING_SEND_TIMEOUT_MS,
  pingIntervalMs: PING_INTERVAL_MS,
  pingTimeoutMs: PING_TIMEOUT_MS,
  checkTimeoutMs: 3_000,
  backoff: { baseMs: 400, capMs: 5_000, leastShare: 0.5 },
  restoreDelayMs: 5_000,
  farewellMs: 1_000,
}
