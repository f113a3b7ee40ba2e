/** A message as the user sees it, and how it comes to be. */
import type { MessageBody } from '@/src/kinds/registry'
import type { RtmReason, RtmRefusal } from '../rtm-reason'

/**
 * Why an own message was not sent: the service's reason, or one of this client. `not-sendable`: its kind
 * cannot go over the wire that is set, such as a picture in plain mode. `expired`: the peer was not there for OUTBOX_TTL_MS.
 * `cancelled`: the user took it back before it went. `cancelled-late`: the user took it back when it may have gone already.
 * `operation` and `code` are the service's own names for it, where there are any.
 */
export interface SendFailure extends Partial<Pick<RtmRefusal, 'operation' | 'code'>> {
  readonly reason: RtmReason | 'not-sendable' | 'expired' | 'cancelled' | 'cancelled-late'
}

/** Whether it did not go because the person did not want it to. */
export function isTakenBack(failure: SendFailure | undefined): boolean {
  return failure?.reason === 'cancelled' || failure?.reason === 'cancelled-late'
}

/** Whether it did not go although the person wants it to. */
export function hasFailed({ status, failure }: Pick<Message, 'status' | 'failure'>): boolean {
  return status === 'failed' && !isTakenBack(failure)
}

/**
 * Of one's own message: `queued` on this device, `sending` on its way, `sent` at the server (a channel message's last
 * state; a peer message the peer has not received yet), `delivered` at the peer's device, `read`, or `failed`.
 * Of anybody else's: `received`.
 */
export type MessageStatus = 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'received'

export interface Message {
  /** The place in its conversation's log: 0, 1, 2, … without gaps, in order of arrival. */
  readonly seq: number
  /** What sender and receiver call it. Unique together with `from`; made here for what came without one. */
  readonly id: string
  /** The user id of the author; for a notice ''. */
  readonly from: string
  /** ms since 1970: the server's time for what was received, this device's for one's own. For display, never for order. */
  readonly at: number
  /** What the thread shows in the place of `at`, where `at` is earlier than the time of the message above. */
  readonly shownAt?: number
  readonly body: MessageBody
  readonly status: MessageStatus
  readonly failure?: SendFailure
}

/** The time that the thread shows for a message, ms since 1970. */
export function shownTime({ at, shownAt = at }: Message): number {
  return shownAt
}
