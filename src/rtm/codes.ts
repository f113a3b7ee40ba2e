/**
 * The codes of RTM 1.x: their names and reasons. A code means something only together with its operation: 5 is "too often" for a peer message and "not in the
 * channel" for a channel message. Source: the error-code pages of agora-rtm-sdk 1.5.1.
 */
import { GET_MEMBERS_RATE, JOIN_RATE, JOIN_SAME_RATE, LOGIN_INTERVAL_MS, PEER_STATUS_RATE, RENEW_TOKEN_RATE, SEND_RATE } from '@/src/chat/rtm-limits'
import type { RtmReason } from '@/src/chat/rtm-reason'

/** `retryAfterMs`: how long until RTM certainly has a free rate slot again. */
type Meaning = readonly [code: number, reason: RtmReason, retryAfterMs?: number]

const LOGGED_OUT = [102, 'not-logged-in'] as const

/** By operation and by the names of the SDK's documentation. */
export const CODES = {
  createInstance: { INVALID_ARGUMENT: [1, 'invalid-app-id'] },
  createChannel: { INVALID_ARGUMENT: [1, 'invalid-channel'] },
  login: {
    UNKNOWN: [1, 'failed'],
    REJECTED: [2, 'refused'],
    INVALID_ARGUMENT: [3, 'invalid-argument'],
    INVALID_APP_ID: [4, 'invalid-app-id'],
    INVALID_TOKEN: [5, 'token-invalid'],
    TOKEN_EXPIRED: [6, 'token-expired'],
    NOT_AUTHORIZED: [7, 'not-authorized'],
    ALREADY_LOGIN: [8, 'already-logged-in'],
    TIMEOUT: [9, 'timeout'],
    TOO_OFTEN: [10, 'rate-limited', LOGIN_INTERVAL_MS],
    ABORTED_BY_LOGOUT: [201, 'aborted'],
  },
  logout: { USER_NOT_LOGGED_IN: LOGGED_OUT },
  renewToken: {
    FAILURE: [1, 'failed'],
    INVALID_ARGUMENT: [2, 'invalid-argument'],
    REJECTED: [3, 'refused'],
    TOO_OFTEN: [4, 'rate-limited', RENEW_TOKEN_RATE.perMs],
    TOKEN_EXPIRED: [5, 'token-expired'],
    INVALID_TOKEN: [6, 'token-invalid'],
    USER_NOT_LOGGED_IN: LOGGED_OUT,
    ABORTED_BY_LOGOUT: [201, 'aborted'],
  },
  /** Only the local gateway has this one. */
  fileBearer: { FAILURE: [1, 'failed'], USER_NOT_LOGGED_IN: LOGGED_OUT },
  peerMessage: {
    FAILURE: [1, 'failed'],
    TIMEOUT: [2, 'timeout'],
    TOO_OFTEN: [5, 'rate-limited', SEND_RATE.perMs],
    INVALID_USERID: [6, 'invalid-user'],
    INVALID_MESSAGE: [7, 'invalid-message'],
    INCOMPATIBLE_MESSAGE: [8, 'invalid-message'],
    USER_NOT_LOGGED_IN: LOGGED_OUT,
  },
  join: {
    FAILURE: [1, 'failed'],
    REJECTED: [2, 'refused'],
    INVALID_ARGUMENT: [3, 'invalid-channel'],
    TIMEOUT: [4, 'timeout'],
    EXCEED_LIMIT: [5, 'too-many-channels'],
    ALREADY_JOINED: [6, 'already-in-channel'],
    TOO_OFTEN: [7, 'rate-limited', JOIN_RATE.perMs],
    JOIN_SAME_CHANNEL_TOO_OFTEN: [8, 'channel-rate-limited', JOIN_SAME_RATE.perMs],
    USER_NOT_LOGGED_IN: LOGGED_OUT,
    ABORTED_BY_LEAVE: [201, 'aborted'],
    ALREADY_JOINED_CHANNEL_OF_SAME_ID: [202, 'already-in-channel'],
  },
  leave: {
    FAILURE: [1, 'failed'],
    REJECTED: [2, 'refused'],
    NOT_IN_CHANNEL: [3, 'not-in-channel'],
    KICKED: [4, 'not-in-channel'],
    USER_NOT_LOGGED_IN: LOGGED_OUT,
  },
  channelMessage: {
    FAILURE: [1, 'failed'],
    TIMEOUT: [2, 'timeout'],
    TOO_OFTEN: [3, 'rate-limited', SEND_RATE.perMs],
    INVALID_MESSAGE: [4, 'invalid-message'],
    NOT_IN_CHANNEL: [5, 'not-in-channel'],
    USER_NOT_LOGGED_IN: LOGGED_OUT,
  },
  getMembers: {
    FAILURE: [1, 'failed'],
    REJECTED: [2, 'refused'],
    TIMEOUT: [3, 'timeout'],
    TOO_OFTEN: [4, 'rate-limited', GET_MEMBERS_RATE.perMs],
    NOT_IN_CHANNEL: [5, 'not-in-channel'],
    USER_NOT_LOGGED_IN: LOGGED_OUT,
  },
  peerSubscription: {
    FAILURE: [1, 'failed'],
    INVALID_ARGUMENT: [2, 'invalid-user'],
    REJECTED: [3, 'refused'],
    TIMEOUT: [4, 'timeout'],
    TOO_OFTEN: [5, 'rate-limited', PEER_STATUS_RATE.perMs],
    OVERFLOW: [6, 'too-many-peers'],
    USER_NOT_LOGGED_IN: LOGGED_OUT,
  },
} as const satisfies { readonly [O in RtmOperation]: Readonly<Record<string, Meaning>> }

/** The calls of the port. */
export type RtmOperation =
  | 'createInstance'
  | 'createChannel'
  | 'login'
  | 'logout'
  | 'renewToken'
  | 'fileBearer'
  | 'peerMessage'
  | 'join'
  | 'leave'
  | 'channelMessage'
  | 'getMembers'
  | 'peerSubscription'

/** The names of an operation's codes. */
export type CodeName<O extends RtmOperation> = keyof (typeof CODES)[O] & string

/** The codes of `operation`, by name. */
export function codesOf(operation: RtmOperation): Readonly<Record<string, Meaning | undefined>> {
  return CODES[operation]
}
