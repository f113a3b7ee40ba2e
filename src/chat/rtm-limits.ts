/**
 * The limits of Agora RTM 1.x, in one place for the client and the gateway.
 * Source: Agora's "limitations" page for RTM 1.x and the behaviour of rtm.miniapp.js 1.0.0.
 */

/** The length of an App ID: letters and digits. */
export const APP_ID_LENGTH = 32

/** The maximum length of a user id or channel id, in characters. */
export const ID_MAX_LENGTH = 64

/** The maximum size of a message text, in UTF-8 bytes on the wire. */
export const MESSAGE_MAX_BYTES = 32_768

/** Peer and channel messages together, per client instance: `count` within a sliding window of `perMs`. */
export const SEND_RATE = { count: 180, perMs: 3_000 } as const

/** Minimum time between accepted logins, ms. */
export const LOGIN_INTERVAL_MS = 500

/** The maximum number of joined channels per client. */
export const JOINED_CHANNELS_MAX = 20

/** Joins of different channels, and repeated joins of one channel. */
export const JOIN_RATE = { count: 50, perMs: 3_000 } as const
export const JOIN_SAME_RATE = { count: 2, perMs: 5_000 } as const

/** getMembers: its rate, and the maximum number of members in an answer. */
export const GET_MEMBERS_RATE = { count: 5, perMs: 2_000 } as const
export const MEMBERS_MAX = 512

/** Above this many members MemberJoined and MemberLeft stop. MemberCountUpdated continues. */
export const MEMBER_EVENTS_MAX = 512
/** The minimum time between two MemberCountUpdated: up to, and above, MEMBER_EVENTS_MAX members. */
export const MEMBER_COUNT_INTERVAL_MS = { small: 1_000, large: 3_000 } as const

export const RENEW_TOKEN_RATE = { count: 2, perMs: 1_000 } as const

/** Online status: the ids per query, the total of subscribed peers, the rate. */
export const QUERY_PEERS_MAX = 256
export const SUBSCRIBED_PEERS_MAX = 512
export const PEER_STATUS_RATE = { count: 10, perMs: 5_000 } as const

export const MEMBER_COUNT_RATE = { count: 1, perMs: 1_000 } as const
export const MEMBER_COUNT_IDS_MAX = 32

/** Attributes: sizes in UTF-8 bytes. */
export const ATTRIBUTE_KEY_MAX_BYTES = 32
export const ATTRIBUTE_VALUE_MAX_BYTES = 8_192
export const ATTRIBUTES_MAX_KEYS = 32
export const USER_ATTRIBUTES_MAX_BYTES = 16_384
export const CHANNEL_ATTRIBUTES_MAX_BYTES = 32_768
export const USER_ATTRIBUTES_SET_RATE = { count: 10, perMs: 5_000 } as const
export const USER_ATTRIBUTES_GET_RATE = { count: 40, perMs: 5_000 } as const
export const CHANNEL_ATTRIBUTES_SET_RATE = { count: 10, perMs: 5_000 } as const
export const CHANNEL_ATTRIBUTES_GET_RATE = { count: 10, perMs: 5_000 } as const

/** Offline peer messages, if the sender requests them: the number per receiver, and the time until they expire. */
export const OFFLINE_MESSAGES_MAX = 200
export const OFFLINE_MESSAGES_TTL_MS = 7 * 24 * 3_600_000

/** After a lost connection its presence and channels are kept for this long. */
export const GRACE_MS = 30_000

/** Channel messages that are delivered again after a reconnect: maximum age and number. */
export const CHANNEL_REDELIVERY = { withinMs: 30_000, count: 32 } as const

/** The interval of pings, and the silence after which a connection counts as dead. */
export const PING_INTERVAL_MS = 2_000
export const PING_TIMEOUT_MS = 6_000

/** The timeouts of requests. */
export const LOGIN_TIMEOUT_MS = 12_000
export const REQUEST_TIMEOUT_MS = 10_000
/** A message sent while RECONNECTING fails after this time. */
export const RECONNECTING_SEND_TIMEOUT_MS = 9_000

const ID_PATTERN = /^[A-Za-z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]+$/

/** The rule that a user id or channel id breaks. */
export type IdProblem = 'empty' | 'too-long' | 'reserved' | 'characters'

/** Why `id` is not a valid user id or channel id, or undefined if it is. */
export function idProblem(id: string): IdProblem | undefined {
  if (id.length === 0) return 'empty'
  if (!ID_PATTERN.test(id)) return 'characters'
  if (id.length > ID_MAX_LENGTH) return 'too-long'
  if (id === 'null') return 'reserved'
  return undefined
}

/** Whether a value of any type is a valid user id or channel id. */
export function isValidId(id: unknown): id is string {
  return typeof id === 'string' && idProblem(id) === undefined
}

/** The size of `text` in UTF-8 bytes. A lone surrogate counts as the replacement character, 3 bytes. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) bytes += 1
    else if (code < 0x800) bytes += 2
    else if (code >= 0xd800 && code < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 4
      i++
    } else bytes += 3
  }
  return bytes
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000
}

/** A rate: at most `count` times within any `perMs` milliseconds. */
export interface Rate {
  readonly count: number
  readonly perMs: number
}

/** A sliding-window counter for one {@link Rate}. Times are ms of any monotonic or wall clock. */
export class RateWindow {
  private times: number[] = []

  constructor(private readonly rate: Rate) {}

  /** Takes one slot and returns 0, or takes none and returns how many ms until one is free. */
  take(now: number): number {
    this.forget(now)
    const [oldest] = this.times
    if (oldest !== undefined && this.times.length >= this.rate.count) return oldest + this.rate.perMs - now
    this.times.push(now)
    return 0
  }

  /** The number of free slots. */
  free(now: number): number {
    this.forget(now)
    return this.rate.count - this.times.length
  }

  private forget(now: number): void {
    const since = now - this.rate.perMs
    const live = this.times.findIndex((time) => time > since)
    this.times.splice(0, live < 0 ? this.times.length : live)
  }
}
