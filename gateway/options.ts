/** What can be set about a gateway, and the defaults. */
import { GATEWAY_DEFAULT_PORT, LOCAL_APP_ID } from '../src/rtm/local/frames'
import { GRACE_MS, LOGIN_INTERVAL_MS, LOGIN_TIMEOUT_MS, MEMBER_COUNT_INTERVAL_MS, PING_INTERVAL_MS, PING_TIMEOUT_MS } from '../src/chat/rtm-limits'
import type { Clock } from '../src/chat/time/clock'
import type { Bus } from './bus'
import type { ConnectionLimits } from './door'
import type { FileOptions } from './files/options'
import type { SessionLimits } from './holdings'
import type { Logger } from './logger'
import type { Store } from './store/port'

/** All in ms. */
export interface GatewayTiming {
  /** A lost connection keeps presence and channels for this long. */
  readonly graceMs: number
  /** How long a peer message waits for the receiver's `ack` before the sender hears `received: false`. */
  readonly ackTimeoutMs: number
  readonly pingIntervalMs: number
  /** A connection that says nothing for this long is dead. */
  readonly pingTimeoutMs: number
  /** A connection that does not log in within this time is closed. */
  readonly loginTimeoutMs: number
  /** New sessions of one user begin at least this far apart; going on with one is allowed at any time. */
  readonly loginIntervalMs: number
  /** An HTTP request, or a socket that says nothing, is given up after this long, or half as long again. */
  readonly requestTimeoutMs: number
  /** `expiring` goes out this long before a 007 token runs out. */
  readonly tokenWarningMs: number
  /** `count` frames of one channel are at least this far apart: up to, and above, 512 members. */
  readonly countIntervalMs: { readonly small: number; readonly large: number }
  /** Channel attributes vanish this long after the channel got empty. */
  readonly channelAttributesMs: number
}

export const DEFAULT_TIMING: GatewayTiming = {
  graceMs: GRACE_MS,
  ackTimeoutMs: 6_000,
  pingIntervalMs: PING_INTERVAL_MS,
  pingTimeoutMs: PING_TIMEOUT_MS,
  loginTimeoutMs: LOGIN_TIMEOUT_MS,
  loginIntervalMs: LOGIN_INTERVAL_MS,
  requestTimeoutMs: 10_000,
  tokenWarningMs: 30_000,
  countIntervalMs: MEMBER_COUNT_INTERVAL_MS,
  channelAttributesMs: 5 * 60_000,
}

export interface GatewayOptions {
  /** Default {@link GATEWAY_DEFAULT_PORT}; 0 takes any free one. */
  port?: number
  /** Default true. Without, no port is opened, and connections come by `Gateway.attach` alone: for tests. */
  listen?: boolean
  /** Default 127.0.0.1: nobody but this machine. */
  host?: string
  /** Default {@link LOCAL_APP_ID}. */
  appId?: string
  /** With a certificate every login needs a token. */
  certificate?: string
  /** Keeps the store in this folder; without it, in memory. Ignored where `store` is given. */
  dataDir?: string
  /** `GET /token` gives tokens to this machine. Default false. Needs a certificate. */
  devTokens?: boolean
  /**
   * Origins of browsers that may connect, beside loopback, this machine's addresses and WeChat's. Their host names may also stand
   * in `Host`.
   */
  allowedOrigins?: string[]
  timing?: Partial<GatewayTiming>
  /** Default true; benches switch the rates of RTM 1.x off, and with them `readBytesPerSecond`. */
  rateLimits?: boolean
  /** What is read from one connection per second; each frame counts as 1 KB more. Beyond it the connection waits. Default 2 MB. */
  readBytesPerSecond?: number
  /** How many sockets may be open. Default {@link DEFAULT_LIMITS}. */
  limits?: Partial<ConnectionLimits>
  /** A connection with more unsent bytes than this is closed as too slow. Default 4 MB. */
  maxBufferedBytes?: number
  /** What the unacknowledged peer messages of all sessions may take in memory, in bytes; then the session with most loses its oldest. Default 256 MB. */
  maxWaitingBytes?: number
  /** What sessions may take in memory beside their unacknowledged messages. Default {@link SESSION_LIMITS}. */
  sessionLimits?: Partial<SessionLimits>
  /**
   * The file server at the gateway's port; false: none. Default: on, in the folder `files` of `dataDir`, or in a temporary folder. With `listen: false`
   * there is none.
   */
  files?: FileOptions | false
  /** Default: the clock of the machine. Tests bring one that they step. */
  clock?: Clock
  /** The caller closes a bus or a store of its own. */
  bus?: Bus
  store?: Store
  log?: Logger
}

export const DEFAULTS = {
  port: GATEWAY_DEFAULT_PORT,
  host: '127.0.0.1',
  appId: LOCAL_APP_ID,
  maxBufferedBytes: 4 * 1024 * 1024,
  maxWaitingBytes: 256 * 1024 * 1024,
  readBytesPerSecond: 2 * 1024 * 1024,
} as const
