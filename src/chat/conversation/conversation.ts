/** A conversation with one peer or in one channel. */
import type { AmendmentKind } from '../message/amendment'
import type { Profile } from '../message/common-fields'
import type { SendFailure } from '../message/message'

export type ConversationKind = 'peer' | 'channel'

/** `peer:alice`, `channel:general`. The user or channel id follows the first colon, and may have colons itself. */
export type ConversationId = `${ConversationKind}:${string}`

export function conversationId(kind: ConversationKind, target: string): ConversationId {
  return `${kind}:${target}`
}

export function conversationKind(id: ConversationId): ConversationKind {
  return id.startsWith('peer:') ? 'peer' : 'channel'
}

/** The user id or channel id. */
export function conversationTarget(id: ConversationId): string {
  return id.slice(id.indexOf(':') + 1)
}

/** The filter of the list. */
export type ConversationFilter = 'all' | ConversationKind

export function isOfFilter(id: ConversationId, filter: ConversationFilter): boolean {
  return filter === 'all' || conversationKind(id) === filter
}

/** `value` as a conversation id, or undefined if it is not one. */
export function parseConversationId(value: unknown): ConversationId | undefined {
  if (typeof value !== 'string') return undefined
  return /^(peer|channel):./s.test(value) ? (value as ConversationId) : undefined
}

/** The last message of a conversation, as the list shows it. */
export interface Preview {
  /** The author's user id; '' for a notice. */
  readonly from: string
  /** The name of its kind. A name that this version does not know stays as it is. */
  readonly kind: string
  /** Its kind's excerpt for the list: one line of at most PREVIEW_MAX_LENGTH characters. */
  readonly text: string
  /** Of an own message: the list shows whether it waits, failed or was cancelled. */
  readonly status: 'queued' | 'sending' | 'failed' | 'cancelled' | 'ok'
  /** ms since 1970, as the thread shows it. Absent if it is the `at` of the conversation. */
  readonly at?: number
  /** Of its message; absent in a row of an earlier version until the message is read. */
  readonly seq?: number
}

/** An own edit, recall or reaction that has not reached the others yet. What it changes is stored with its target, under the same id. */
export interface PendingAction {
  /** Of its envelope. */
  readonly id: string
  readonly kind: AmendmentKind
  /** The seq of the message that it changes. */
  readonly target: number
  /** Of a reaction. */
  readonly emoji?: string
  /** Its place among the messages to be sent: greater than the seq of the message before it, less than that of the next one. */
  readonly place: number
  /** ms since 1970. */
  readonly at: number
  /** Why it was not sent. It is not tried again by itself. */
  readonly failure?: SendFailure
}

/** The list's data of a conversation, without its messages. Plain JSON, as it is stored. */
export interface Conversation {
  readonly id: ConversationId
  /** The number of messages that its log has ever had. The next message gets it as its `seq`. */
  readonly length: number
  /** The first `seq` that still exists. Earlier messages were cleared, or trimmed. */
  readonly start: number
  readonly preview: Preview | null
  /** ms since 1970 of the last message, or of the start of the conversation. Later if that would sort it below conversations with earlier messages. */
  readonly at: number
  /** ms since 1970: the time that the thread shows for its last message. Absent if that is `at`. */
  readonly shownTo?: number
  /** The number of messages by others since it was last read. */
  readonly unread: number
  /** The first unread `seq`, or `length`. */
  readonly readTo: number
  /** The `seq`s of own messages that are still to be sent, ascending: the outbox of this conversation. */
  readonly pending: readonly number[]
  /** Own edits, recalls and reactions that are still to be sent, or could not be. Absent if there are none. */
  readonly actions?: readonly PendingAction[]
  /** The peer does not know yet that the messages from this `seq` up to `readTo` were read. Absent if there are none. */
  readonly markFrom?: number
  /** Whether the user left this channel, so that it is not joined at login. Always false for a peer. */
  readonly left: boolean
  /** Whether it is pinned to the top of the list. */
  readonly pinned: boolean
  /** Whether its unread messages are left out of the total. */
  readonly muted: boolean
  /** The unsent text in the composer, as one line of at most PREVIEW_MAX_LENGTH characters. Absent if there is none. */
  readonly draft?: string
  /** The newest profile of the peer, or that of the author of a channel's last message. Absent if there is none. */
  readonly by?: Profile
  /** The `seq`s of unread messages that mention the user, ascending, at most MENTIONED_MAX. Absent if there are none. */
  readonly mentioned?: readonly number[]
}
