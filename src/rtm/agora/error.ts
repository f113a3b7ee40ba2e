import { errorOfCode, failureError } from '../error-name'
import { CODES, RtmError, type RtmErrorName, type RtmOperation } from '../errors'

const NAMES: readonly RtmErrorName[] = [
  'RtmInvalidArgumentError',
  'RtmInvalidStatusError',
  'RtmLimitExceededError',
  'RtmInvokeTooOftenError',
  'RtmTimeoutError',
  'RtmUnavailableError',
  'RtmUnauthenticatedError',
  'RtmUnknownError',
  'RtmInternalError',
]

/** An error of the SDK as the port's; one without a code counts as the operation's failure. */
export function fromSdkError(operation: RtmOperation, error: unknown): RtmError {
  if (error instanceof RtmError) return error
  const { name, code, message, serverCode } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const details = { originalError: error, serverCode: typeof serverCode === 'number' ? serverCode : undefined }
  const why = typeof message === 'string' ? message.replace(/^ Error Code \S+ - /, '') : String(error)
  const plain = typeof code === 'number' ? errorOfCode(operation, code, why) : failureError(operation, why)
  return new RtmError(operation, plain.code, NAMES.find((known) => known === name) ?? plain.name, why, details)
}

/** rtm.miniapp.js answers 102 to a channel message without a join, agora-rtm-sdk 5; the port says 5. */
export function notJoinedAsInWeb(error: RtmError, isLoggedIn: boolean): RtmError {
  const { NOT_IN_CHANNEL, USER_NOT_LOGGED_IN } = CODES.channelMessage
  if (!isLoggedIn || error.code !== USER_NOT_LOGGED_IN) return error
  return new RtmError('channelMessage', NOT_IN_CHANNEL, 'RtmInvalidStatusError', 'not in the channel', { originalError: error.originalError })
}
