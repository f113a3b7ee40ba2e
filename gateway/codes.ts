/**
 * The error codes the gateway answers with, per request. They are RTM 1.x's own codes: the same number means different
 * things in different operations. Source: the error-code pages of agora-rtm-sdk 1.5.1.
 */
import type { RequestName } from '../src/rtm/local/frames'

export const LOGIN = {
  REJECTED: 2,
  INVALID_ARGUMENT: 3,
  INVALID_APP_ID: 4,
  INVALID_TOKEN: 5,
  TOKEN_EXPIRED: 6,
  ALREADY_LOGIN: 8,
  TOO_OFTEN: 10,
} as const
export const RENEW_TOKEN = { FAILURE: 1, INVALID_ARGUMENT: 2, TOO_OFTEN: 4, TOKEN_EXPIRED: 5, INVALID_TOKEN: 6 } as const
export const PEER_MESSAGE = { FAILURE: 1, TOO_OFTEN: 5, INVALID_USERID: 6, INVALID_MESSAGE: 7 } as const
export const JOIN = {
  FAILURE: 1,
  INVALID_ARGUMENT: 3,
  EXCEED_LIMIT: 5,
  ALREADY_JOINED: 6,
  TOO_OFTEN: 7,
  JOIN_SAME_CHANNEL_TOO_OFTEN: 8,
} as const
export const LEAVE = { FAILURE: 1, NOT_IN_CHANNEL: 3 } as const
export const CHANNEL_MESSAGE = { FAILURE: 1, TOO_OFTEN: 3, INVALID_MESSAGE: 4, NOT_IN_CHANNEL: 5 } as const
export const GET_MEMBERS = { FAILURE: 1, TOO_OFTEN: 4, NOT_IN_CHANNEL: 5 } as const
export const ATTRIBUTES = { FAILURE: 2, INVALID_ARGUMENT: 3, SIZE_OVERFLOW: 4, TOO_OFTEN: 5, USER_NOT_FOUND: 6 } as const
export const QUERY_ONLINE = { FAILURE: 1, INVALID_ARGUMENT: 2, TOO_OFTEN: 5 } as const
export const SUBSCRIPTION = { FAILURE: 1, INVALID_ARGUMENT: 2, TOO_OFTEN: 5, OVERFLOW: 6 } as const
export const QUERY_SUBSCRIBED = { FAILURE: 1, TOO_OFTEN: 3 } as const
export const BEARER = { FAILURE: 1, TOO_OFTEN: 3 } as const
export const MEMBER_COUNT = { FAILURE: 1, INVALID_ARGUMENT: 2, TOO_OFTEN: 3, EXCEED_LIMIT: 5 } as const

/** The same for every operation. */
export const NOT_LOGGED_IN = 102

const failures = new Map<RequestName, number>([
  ['logout', 1],
  ['renew', RENEW_TOKEN.FAILURE],
  ['peer', PEER_MESSAGE.FAILURE],
  ['join', JOIN.FAILURE],
  ['leave', LEAVE.FAILURE],
  ['send', CHANNEL_MESSAGE.FAILURE],
  ['members', GET_MEMBERS.FAILURE],
  ['counts', MEMBER_COUNT.FAILURE],
  ['online', QUERY_ONLINE.FAILURE],
  ['subscribe', SUBSCRIPTION.FAILURE],
  ['unsubscribe', SUBSCRIPTION.FAILURE],
  ['subscribed', QUERY_SUBSCRIBED.FAILURE],
  ['setUser', ATTRIBUTES.FAILURE],
  ['getUser', ATTRIBUTES.FAILURE],
  ['setChannel', ATTRIBUTES.FAILURE],
  ['getChannel', ATTRIBUTES.FAILURE],
  ['bearer', BEARER.FAILURE],
])

/** The code of a request that failed for a reason of the gateway's own. */
export function failureCode(name: RequestName): number {
  return failures.get(name) ?? 1
}

/** Thrown by an operation that refuses a request: becomes an `err` frame with this code. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly code: number,
    why: string,
  ) {
    super(why)
  }
}
