/** A message as the user sees it, and how it is created. */
import type { MessageBody } from '@/src/kinds/registry'
import type { FileFailure } from '../media/file-failure'
import type { RtmReason, RtmRefusal } from '../rtm-reason'
import { joined, type MessageChanges } from './message-changes'
import type { CommonFields } from './common-fields'

/**
 * Why an own message was not sent: the service's reason, or one of this client. `not-sendable`: the current wire cannot carry its kind, such as an image in
 * plain mode. `expired`: the peer was offline for OUTBOX_TTL_MS. `cancelled`: the user cancelled it before it was sent. `cancelled-late`: the user cancelled
 * it when it may have been sent already. `operation` and `code` are the service's own names for it, if there are any.
 */
export interface SendFailure extends Partial<Pick<RtmRefusal, 'operation' | 'code'>> {
  readonly reason: RtmReason | FileFailure | 'not-sendable' | 'expired' | 'cancelled' | 'cancelled-late'
}

/** Whether it was not sent because the user cancelled it. */
export function isCancelled(failure: SendFailure | undefined): boolean {
  return failure?.reason === 'cancelled' || failure?.reason === 'cancelled-late'
}

/** Whether it was not sent although the user wants it to be. */
export function hasFailed({ status, failure }: Pick<Message, 'status' | 'failure'>): boolean {
  return status === 'failed' && !isCancelled(failure)
}

/**
 * Of an own message: `queued` on this device, `sending` on its way, `sent` at the server (a channel message's last state; a peer message the peer has not
 * received yet), `delivered` at the peer's device, `read`, or `failed`. Of other users' messages: `received`.
 */
export type MessageStatus = 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'received'

/** Identifies a message: its id is unique among the messages of its author. */
export interface MessageRef {
  /** The user id of the author. */
  readonly from: string
  readonly id: string
}

/** Whether two of these are one message, whatever else is known of them. */
export function isSameMessage(a: MessageRef | undefined, b: MessageRef): boolean {
  return a !== undefined && a.id === b.id && a.from === b.from
}

export interface Message extends CommonFields {
  /** Its number in the conversation's log: 0, 1, 2, … without gaps, in order of arrival. */
  readonly seq: number
  /** Its name for sender and receiver, unique together with `from`. Created here for a message without one. */
  readonly id: string
  /** The user id of the author. '' for a notice. */
  readonly from: string
  /** ms since 1970: the server's time for a received message, this device's for an own one. For display, never for order. */
  readonly at: number
  /** The time that the thread shows instead of `at`, if `at` is earlier than the time of the message above. */
  readonly shownAt?: number
  /** When an own message could go, ms since 1970, if those behind it had passed it: its file took long. */
  readonly wentAt?: number
  readonly body: MessageBody
  /** It came without an id. Its sender does not know the one that it has here. */
  readonly bare?: true
  readonly status: MessageStatus
  readonly failure?: SendFailure
  /** The changes that came after it. Its `body` is as it was sent. */
  readonly amended?: MessageChanges
}

/** Whether its author recalled it. */
export function isRecalled({ amended }: Message): boolean {
  return amended?.recall !== undefined
}

/** Whether the user deleted it on this device. */
export function isDeleted({ amended }: Message): boolean {
  return amended?.deleted === true
}

/** The body that is shown: a text has the words of its last edit. */
export function shownBody({ body, amended }: Message): MessageBody {
  const { edit } = amended ?? {}
  if (!edit || body.kind !== 'text') return body
  return { kind: 'text', text: edit.text }
}

/** `message` without its words, if these are to leave the device. */
export function withoutErased(message: Message): Message {
  if (!message.amended?.erased) return message
  const { edit: _edit, ...amended } = message.amended
  const { seq, id, from, at, shownAt, wentAt, status, failure } = message
  return { seq, id, from, at, ...(shownAt !== undefined && { shownAt }), ...(wentAt !== undefined && { wentAt }), body: NO_WORDS, status, ...(failure && { failure }), amended }
}

const NO_WORDS: MessageBody = { kind: 'text', text: '' }

/** `message` with the changes of an earlier state of it as well. Changes are only ever added. */
export function keepingChanges(message: Message, former: Message | undefined): Message {
  if (!former?.amended || !isSameMessage(former, message)) return message
  return { ...message, amended: joined(former.amended, message.amended ?? {}) }
}

/** The time that the thread shows for a message, ms since 1970. */
export function shownTime({ at, shownAt = at }: Message): number {
  return shownAt
}

/** The message, unless its words have left the device: a row that was not saved together with it may still say that it waits. */
export function unlessErased(message: Message | undefined): Message | undefined {
  return message?.amended?.erased ? undefined : message
}
