/**
 * Why the RTM service refuses what it is asked to do, in words that belong to no version of RTM. The adapters map their codes
 * to these (src/rtm/codes.ts), and every rule and every sentence goes by them.
 */

export const RTM_REASONS = [
  // The service could not do it, and says no more.
  'failed',
  // No answer in time: it may have been done.
  'timeout',
  // Too many requests of this kind; `retryAfterMs` says when the next one may go.
  'rate-limited',
  // The same channel was joined too often; `retryAfterMs` says when the next join may go.
  'channel-rate-limited',
  'refused',
  // The user logged out or left while it was under way.
  'aborted',
  'not-logged-in',
  'already-logged-in',
  'not-authorized',
  'token-expired',
  'token-invalid',
  'invalid-app-id',
  'invalid-user',
  'invalid-channel',
  'invalid-message',
  // Another argument, or one that the service does not name.
  'invalid-argument',
  // The message takes more bytes than the service carries.
  'too-large',
  'not-in-channel',
  'already-in-channel',
  'too-many-channels',
  // The presence of no more peers can be followed.
  'too-many-peers',
  // The backend lacks the feature.
  'unsupported',
  // A code that this client does not know.
  'unknown',
] as const
export type RtmReason = (typeof RTM_REASONS)[number]

/** A refusal as the rules see it. Every RtmError is one. */
export interface RtmRefusal {
  readonly reason: RtmReason
  /** Of a rate limit: how long until the service surely takes the next request, ms. */
  readonly retryAfterMs?: number | undefined
  /** The service's own names for it, for the log and for the details that a user can report. No rule reads them. */
  readonly operation: string
  readonly code: number
}
