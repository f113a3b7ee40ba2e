import { isRecord } from '@/src/chat/util/checks'
import { errorOfCode, failureError } from '../error-name'
import { notInChannel, RtmError, type RtmErrorName, type RtmOperation } from '../errors'

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
  const { name, code, message, serverCode } = isRecord(error) ? error : ({} as Readonly<Record<string, unknown>>)
  const why = typeof message === 'string' ? message.replace(/^ Error Code \S+ - /, '') : String(error)
  const plain = typeof code === 'number' ? errorOfCode(operation, code, why) : failureError(operation, why)
  const { reason, retryAfterMs } = plain
  return new RtmError(
    {
      operation,
      code: plain.code,
      reason,
      retryAfterMs,
      name: NAMES.find((known) => known === name) ?? plain.name,
      originalError: error,
      serverCode: typeof serverCode === 'number' ? serverCode : undefined,
    },
    why,
  )
}

/** rtm.miniapp.js answers 102 to a channel message without a join, agora-rtm-sdk 5; the port says 5. */
export function notJoinedAsInWeb(error: RtmError, isLoggedIn: boolean): RtmError {
  return isLoggedIn && error.reason === 'not-logged-in' ? notInChannel(error.originalError) : error
}
