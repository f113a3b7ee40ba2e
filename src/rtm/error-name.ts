/** Creates the errors of RTM 1.x: from the name of a code, from a code, or from the kind of failure. */
import { codesOf, type CodeName } from './codes'
import { RtmError, type RtmErrorName, type RtmOperation } from './errors'

/**
 * An error of this client's own checks.
 * @example rtmError('join', 'EXCEED_LIMIT')
 */
export function rtmError<O extends RtmOperation>(operation: O, codeName: CodeName<O>, name?: RtmErrorName, why = `${operation} ${codeName}`): RtmError {
  return named(operation, codeName, why, name)
}

/** An error from a bare code. An unknown code has the reason `unknown`. */
export function errorOfCode(operation: RtmOperation, code: number, why: string): RtmError {
  const codeName = Object.entries(codesOf(operation)).find(([, meaning]) => meaning?.[0] === code)?.[0]
  if (codeName !== undefined) return named(operation, codeName, why)
  return new RtmError({ operation, code, reason: 'unknown', name: 'RtmUnknownError' }, why)
}

/** No answer in time. An operation without a code for that (renewToken) has the code of its failure. */
export function timeoutError(operation: RtmOperation): RtmError {
  const [code] = codesOf(operation).TIMEOUT ?? failure(operation)
  return new RtmError({ operation, code, reason: 'timeout', name: 'RtmTimeoutError' }, `${operation} was not answered in time`)
}

/** A failure at the server, or in its answer. */
export function failureError(operation: RtmOperation, why: string): RtmError {
  return new RtmError({ operation, code: failure(operation)[0], reason: 'failed', name: 'RtmUnavailableError' }, why)
}

/** The error for a feature that the backend lacks. */
export function unsupported(operation: RtmOperation): RtmError {
  return new RtmError({ operation, code: failure(operation)[0], reason: 'unsupported', name: 'RtmUnsupportedError' }, `this backend has no ${operation}`)
}

function named(operation: RtmOperation, codeName: string, why: string, name = errorName(operation, codeName)): RtmError {
  const [code, reason, retryAfterMs] = codesOf(operation)[codeName] ?? failure(operation)
  return new RtmError({ operation, code, reason, retryAfterMs, name }, why)
}

function failure(operation: RtmOperation): readonly [code: number, reason: 'failed', retryAfterMs?: undefined] {
  return [codesOf(operation).FAILURE?.[0] ?? 1, 'failed']
}

/** The SDK's class name of an error. */
function errorName(operation: RtmOperation, codeName: string): RtmErrorName {
  if (/TOKEN|APP_ID|AUTHORIZED/.test(codeName)) return 'RtmUnauthenticatedError'
  if (codeName === 'TIMEOUT') return 'RtmTimeoutError'
  if (codeName.endsWith('TOO_OFTEN')) return operation.endsWith('Message') ? 'RtmLimitExceededError' : 'RtmInvokeTooOftenError'
  if (/LIMIT|OVERFLOW/.test(codeName)) return 'RtmLimitExceededError'
  if (/INVALID|INCOMPATIBLE/.test(codeName)) return 'RtmInvalidArgumentError'
  if (/ALREADY|NOT_|ABORTED|KICKED/.test(codeName)) return 'RtmInvalidStatusError'
  return codeName === 'UNKNOWN' ? 'RtmUnknownError' : 'RtmUnavailableError'
}
