/** The one error type of the port. It is independent of the version of RTM behind an adapter: src/rtm/codes.ts has the codes of 1.x. */
import type { RtmReason, RtmRefusal } from '@/src/chat/rtm-reason'
import type { RtmOperation } from './codes'

export type { RtmOperation } from './codes'

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

/** The fields of an error besides its text. `name` is the SDK's class name. */
export interface RtmErrorFields extends RtmRefusal {
  readonly operation: RtmOperation
  readonly name: RtmErrorName
  /** The SDK's own error, if there is one. */
  readonly originalError?: unknown
  readonly serverCode?: number | undefined
}

/** A refusal of the service or of the adapter. Rules read `reason` and `retryAfterMs`; `operation` and `code` are for the log. */
export class RtmError extends Error implements RtmErrorFields {
  override readonly name: RtmErrorName
  readonly reason: RtmReason
  readonly retryAfterMs: number | undefined
  readonly operation: RtmOperation
  readonly code: number
  readonly originalError: unknown
  readonly serverCode: number | undefined

  constructor(fields: RtmErrorFields, why: string) {
    super(` Error Code ${fields.code} - ${why}`)
    this.name = fields.name
    this.reason = fields.reason
    this.retryAfterMs = fields.retryAfterMs
    this.operation = fields.operation
    this.code = fields.code
    this.originalError = fields.originalError
    this.serverCode = fields.serverCode
  }
}

export function isRtmError(error: unknown): error is RtmError {
  return error instanceof RtmError
}

/** The error of a request without a login: its code is the same for every operation. */
export function notLoggedIn(operation: RtmOperation): RtmError {
  return new RtmError({ operation, reason: 'not-logged-in', code: 102, name: 'RtmInvalidStatusError' }, `${operation} without a login`)
}

/** The error of a message to a channel that is not joined. */
export function notInChannel(originalError?: unknown): RtmError {
  return new RtmError({ operation: 'channelMessage', reason: 'not-in-channel', code: 5, name: 'RtmInvalidStatusError', originalError }, 'not in the channel')
}
