/** Why a login did not work, as plain data that a page can put into words. */
import type { SessionProblem } from '@/src/chat/session/session'
import { TokenRequestError } from '@/src/platform/request'
import { SdkMissingError, SdkUnusableError } from '@/src/rtm/backend'
import { isRtmError } from '@/src/rtm/errors'
import { StorageError } from '@/src/storage/port'

export type LoginProblem =
  | SessionProblem
  /** RTM refused: the code of `createInstance` for an App ID that is none. */
  | { readonly kind: 'rtm'; readonly operation: string; readonly code: number }
  | { readonly kind: 'sdk-missing' }
  | { readonly kind: 'sdk-unusable' }
  | { readonly kind: 'storage' }
  /** H5: the address names a user, and the page is inside another page. */
  | { readonly kind: 'framed' }

/** `error` as a problem; throws what is none of the expected ones. */
export function loginProblemOf(error: unknown): LoginProblem {
  if (isRtmError(error)) return { kind: 'rtm', operation: error.operation, code: error.code }
  if (error instanceof SdkMissingError) return { kind: 'sdk-missing' }
  if (error instanceof SdkUnusableError) return { kind: 'sdk-unusable' }
  if (error instanceof TokenRequestError) return { kind: 'token', failure: error.failure, status: error.status }
  if (error instanceof StorageError) return { kind: 'storage' }
  throw error
}
