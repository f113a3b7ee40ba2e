/** A conversation is with one peer or in one channel. */

export type ConversationKind = 'peer' | 'channel'

/** `peer:alice`, `channel:general`. What follows the first colon is the user or channel id, which may hold colons itself. */
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

/** What the list is narrowed to. */
export type ConversationFilter = 'all' | ConversationKind

export function isOfFilter(id: ConversationId, filter: ConversationFilter): boolean {
  return filter === 'all' || conversationKind(id) === filter
}

/** `value` as a conversation id, or undefined when it is none. */
export function parseConversationId(value: unknown): ConversationId | undefined {
  if (typeof value !== 'string') return undefined
  return /^(peer|channel):./s.test(value) ? (value as ConversationId) : undefined
}

/** The last line of a conversation, as the list shows it. */
export interface Preview {
  /** The author's user id; '' for a notice. */
  readonly from: string
  readonly kind: 'text' | 'unsupported' | 'notice'
  /** One line of at most PREVIEW_MAX_LENGTH characters; '' for all but text. */
  readonly text: string
  /** Of one's own message, to tell that it waits, failed or was taken back. */
  readonly status: 'queued' | 'sending' | 'failed' | 'cancelled' | 'ok'
  /** ms since 1970, as the thread shows it; absent where it is the `at` of the conversation. */
  readonly at?: number
  /** Of its message; absent in a row of an earlier version until the message is read. */
  readonly seq?: number
}

/** What the list knows of a conversation without its messages. Plain JSON: this is what storage keeps. */
export interface Conversation {
  readonly id: ConversationId
  /** How many messages its log has held; the next one gets this as its `seq`. */
  readonly length: number
  /** The first `seq` that is still there: what came before was cleared, or gave way to newer messages. */
  readonly start: number
  readonly preview: Preview | null
  /** ms since 1970 of the last message, or of when the conversation was started; more where it would not stand above all that came before it. */
  readonly at: number
  /** ms since 1970: what the thread shows for its last message; absent where that is `at`. */
  readonly shownTo?: number
  /** How many messages of others came since it was last read. */
  readonly unread: number
  /** The first `seq` that was not read, or `length`. */
  readonly readTo: number
  /** The `seq`s of one's own messages that are still to be sent, ascending: the outbox of this conversation. */
  readonly pending: readonly number[]
  /** A channel the person left: not joined again at login. Always false for a peer. */
  readonly left: boolean
  /** Stands above the others in the list. */
  readonly pinned: boolean
  /** Counts no unread messages where they call for attention. */
  readonly muted: boolean
  /** What stands unsent in the composer, as one line of at most PREVIEW_MAX_LENGTH characters; absent when nothing does. */
  readonly draft?: string
}
