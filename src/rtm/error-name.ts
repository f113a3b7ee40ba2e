import { CODES, RtmError, type RtmErrorName, type RtmOperation } from './errors'

/** The names of an operation's codes: `rtmError('join', 'EXCEED_LIMIT')`. */
export type Reason<O extends RtmOperation> = keyof (typeof CODES)[O] & string

/** An error of this client's own checks. */
export function rtmError<O extends RtmOperation>(operation: O, reason: Reason<O>, name?: RtmErrorName): RtmError {
  return new RtmError(operation, codeOf(operation, reason) ?? 1, name ?? errorName(operation, reason), `${operation} ${reason}`)
}

/** An error that came as a bare code. */
export function errorOfCode(operation: RtmOperation, code: number, why: string): RtmError {
  const reason = Object.entries(CODES[operation]).find(([, value]) => value === code)?.[0] ?? 'UNKNOWN'
  return new RtmError(operation, code, errorName(operation, reason), why)
}

/** No answer in time: an operation without a code for that (renewToken) says FAILURE. */
export function timeoutError(operation: RtmOperation): RtmError {
  const code = codeOf(operation, 'TIMEOUT') ?? codeOf(operation, 'FAILURE') ?? 1
  return new RtmError(operation, code, 'RtmTimeoutError', `${operation} was not answered in time`)
}

/** Something went wrong at the server, or in its answer. */
export function failureError(operation: RtmOperation, why: string): RtmError {
  return new RtmError(operation, codeOf(operation, 'FAILURE') ?? 1, 'RtmUnavailableError', why)
}

/** Nobody is logged in: the one code that is the same for all operations. */
export function notLoggedIn(operation: RtmOperation): RtmError {
  return new RtmError(operation, 102, 'RtmInvalidStatusError', `${operation} while nobody is logged in`)
}

function codeOf(operation: RtmOperation, reason: string): number | undefined {
  const codes: Readonly<Record<string, number>> = CODES[operation]
  return codes[reason]
}

/** The class the SDK gives to an error. */
function errorName(operation: RtmOperation, reason: string): RtmErrorName {
  if (/TOKEN|APP_ID|AUTHORIZED/.test(reason)) return 'RtmUnauthenticatedError'
  if (reason === 'TIMEOUT') return 'RtmTimeoutError'
  if (reason.endsWith('TOO_OFTEN')) return operation.endsWith('Message') ? 'RtmLimitExceededError' : 'RtmInvokeTooOftenError'
  if (/LIMIT|OVERFLOW/.test(reason)) return 'RtmLimitExceededError'
  if (/INVALID|INCOMPATIBLE/.test(reason)) return 'RtmInvalidArgumentError'
  if (/ALREADY|NOT_|ABORTED|KICKED/.test(reason)) return 'RtmInvalidStatusError'
  return reason === 'UNKNOWN' ? 'RtmUnknownError' : 'RtmUnavailableError'
}
