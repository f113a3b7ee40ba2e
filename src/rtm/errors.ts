/**
 * RTM 1.x errors. A code means something only together with its operation: 5 is "too often" for a peer message and
 * "not in the channel" for a channel message. Source: the error-code pages of agora-rtm-sdk 1.5.1.
 */

export type RtmErrorName =
  | 'RtmInvalidArgumentError'
  | 'RtmInvalidStatusError'
  | 'RtmLimitExceededError'
  | 'RtmInvokeTooOftenError'
  | 'RtmTimeoutError'
  | 'RtmUnavailableError'
  | 'RtmUnauthenticatedError'
  | 'RtmUnknownError'
  | 'RtmInternalError'
  /** This project's own: the backend lacks the feature. */
  | 'RtmUnsupportedError'

/** The codes of every operation, by the names of the SDK's documentation. */
export const CODES = {
  createInstance: { INVALID_ARGUMENT: 1 },
  createChannel: { INVALID_ARGUMENT: 1 },
  login: {
    UNKNOWN: 1,
    REJECTED: 2,
    INVALID_ARGUMENT: 3,
    INVALID_APP_ID: 4,
    INVALID_TOKEN: 5,
    TOKEN_EXPIRED: 6,
    NOT_AUTHORIZED: 7,
    ALREADY_LOGIN: 8,
    TIMEOUT: 9,
    TOO_OFTEN: 10,
    ABORTED_BY_LOGOUT: 201,
  },
  logout: { USER_NOT_LOGGED_IN: 102 },
  renewToken: {
    FAILURE: 1,
    INVALID_ARGUMENT: 2,
    REJECTED: 3,
    TOO_OFTEN: 4,
    TOKEN_EXPIRED: 5,
    INVALID_TOKEN: 6,
    USER_NOT_LOGGED_IN: 102,
    ABORTED_BY_LOGOUT: 201,
  },
  peerMessage: {
    FAILURE: 1,
    TIMEOUT: 2,
    TOO_OFTEN: 5,
    INVALID_USERID: 6,
    INVALID_MESSAGE: 7,
    INCOMPATIBLE_MESSAGE: 8,
    USER_NOT_LOGGED_IN: 102,
  },
  join: {
    FAILURE: 1,
    REJECTED: 2,
    INVALID_ARGUMENT: 3,
    TIMEOUT: 4,
    EXCEED_LIMIT: 5,
    ALREADY_JOINED: 6,
    TOO_OFTEN: 7,
    JOIN_SAME_CHANNEL_TOO_OFTEN: 8,
    USER_NOT_LOGGED_IN: 102,
    ABORTED_BY_LEAVE: 201,
    ALREADY_JOINED_CHANNEL_OF_SAME_ID: 202,
  },
  leave: { FAILURE: 1, REJECTED: 2, NOT_IN_CHANNEL: 3, KICKED: 4, USER_NOT_LOGGED_IN: 102 },
  channelMessage: { FAILURE: 1, TIMEOUT: 2, TOO_OFTEN: 3, INVALID_MESSAGE: 4, NOT_IN_CHANNEL: 5, USER_NOT_LOGGED_IN: 102 },
  getMembers: { FAILURE: 1, REJECTED: 2, TIMEOUT: 3, TOO_OFTEN: 4, NOT_IN_CHANNEL: 5, USER_NOT_LOGGED_IN: 102 },
  attributes: { FAILURE: 2, INVALID_ARGUMENT: 3, SIZE_OVERFLOW: 4, TOO_OFTEN: 5, USER_NOT_FOUND: 6, TIMEOUT: 7, USER_NOT_LOGGED_IN: 102 },
  queryPeersOnlineStatus: { FAILURE: 1, INVALID_ARGUMENT: 2, REJECTED: 3, TIMEOUT: 4, TOO_OFTEN: 5, USER_NOT_LOGGED_IN: 102 },
  peerSubscription: { FAILURE: 1, INVALID_ARGUMENT: 2, REJECTED: 3, TIMEOUT: 4, TOO_OFTEN: 5, OVERFLOW: 6, USER_NOT_LOGGED_IN: 102 },
  queryPeersBySubscriptionOption: { FAILURE: 1, TIMEOUT: 2, TOO_OFTEN: 3, USER_NOT_LOGGED_IN: 102 },
  getChannelMemberCount: { FAILURE: 1, INVALID_ARGUMENT: 2, TOO_OFTEN: 3, TIMEOUT: 4, EXCEED_LIMIT: 5, NOT_INITIALIZED: 101, USER_NOT_LOGGED_IN: 102 },
} as const

export type RtmOperation = keyof typeof CODES

/** `code` of the requests that are made while nobody is logged in: the same for every operation that has it. */
export const NOT_LOGGED_IN = 102

/** The one error type of the port. */
export class RtmError extends Error {
  override readonly name: RtmErrorName
  /** The SDK's own error, where there is one. */
  readonly originalError: unknown
  readonly serverCode: number | undefined

  constructor(
    readonly operation: RtmOperation,
    readonly code: number,
    name: RtmErrorName,
    why: string,
    details: { originalError?: unknown; serverCode?: number | undefined } = {},
  ) {
    super(` Error Code ${code} - ${why}`)
    this.name = name
    this.originalError = details.originalError
    this.serverCode = details.serverCode
  }
}

export function isRtmError(error: unknown): error is RtmError {
  return error instanceof RtmError
}
