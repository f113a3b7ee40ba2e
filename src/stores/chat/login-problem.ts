/** Why a login failed, as plain data for the login page. */
import type { SessionProblem } from '@/src/chat/session/session'
import { TokenRequestError } from '@/src/platform/request'
import { SdkMissingError, SdkUnusableError } from '@/src/rtm/backend'
import { isRtmError } from '@/src/rtm/errors'
import { StorageError } from '@/src/storage/port'

export type LoginProblem =
  | SessionProblem
  | { readonly kind: 'sdk-missing' }
  | { readonly kind: 'sdk-unusable' }
  | { readonly kind: 'storage' }
  /** H5: the address has a user, and the page is inside another page. */
  | { readonly kind: 'framed' }

/** `error` as a problem. Throws unexpected errors. */
export function loginProblemOf(error: unknown): LoginProblem {
  if (isRtmError(error)) return { kind: 'rtm', reason: error.reason, code: error.code }
  if (error instanceof SdkMissingError) return { kind: 'sdk-missing' }
  if (error instanceof SdkUnusableError) return { kind: 'sdk-unusable' }
  if (error instanceof TokenRequestError) return { kind: 'token', failure: error.failure, status: error.status }
  if (error instanceof StorageError) return { kind: 'storage' }
  throw error
}
