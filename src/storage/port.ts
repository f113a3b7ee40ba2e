/**
 * What is kept on the device, per person (App ID and user id). Everything a method was given is durable when its promise
 * resolves; a promise that rejects with StorageError has kept nothing of it.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import type { Cancel } from '@/src/chat/time/clock'

/** Who a history belongs to. */
export interface Person {
  readonly appId: string
  readonly uid: string
}

/** What a person's messages take on the device, about. `since`: ms since 1970 of the oldest message that is still there. */
export interface StorageUsage {
  readonly bytes: number
  readonly conversations: readonly { readonly id: ConversationId; readonly bytes: number; readonly messages: number; readonly since: number }[]
}

/** An edit, a recall or a reaction as it came. */
export interface Amendment {
  /** The user id of its sender. */
  readonly from: string
  /** Its own id, unique among what its sender wrote. */
  readonly id: string
  /** ms since 1970, the server's time. */
  readonly at: number
  /** The whole envelope. */
  readonly raw: string
}

/** What a message is called: ids are unique among what one author wrote. */
export interface MessageRef {
  /** The user id of the author. */
  readonly from: string
  readonly id: string
}

/** One message of a conversation, together with what the list then shows of that conversation. */
export interface Entry {
  readonly conversation: Conversation
  /** Absent when only the conversation changes. A `seq` that stands in the log already is replaced, the next one is appended. */
  readonly messages?: readonly Message[]
  /** Kept beside the messages, within limits (amendments.ts). One that is there already changes nothing. */
  readonly amendments?: readonly Amendment[]
  /** Amendments that have waited too long: they go from the list. */
  readonly expired?: readonly MessageRef[]
  /** The conversation is being cleared: its amendments go, also where no message does. */
  readonly isCleared?: boolean
}

/** One person's history. Where two are open, the one opened last goes on; the other is refused with `taken-over`. */
export interface History {
  /** The conversations that changed last, at hand since it was opened: more than a screen of them, in no order. */
  recent(): Conversation[]
  /** All conversations, in no order. */
  conversations(): Promise<Conversation[]>
  /** What could not be read since it was opened. It stays on the device as it is. */
  damage(): Damage
  /** The person has heard of the damage so far: it is no news at the next start either. */
  markReported(): Promise<void>
  /** The messages `from <= seq < to`, in order; what is not there or cannot be read is left out. */
  messages(id: ConversationId, from: number, to: number): Promise<Message[]>
  /**
   * The seqs of messages of a conversation by author and id, at any age; undefined for those that are not there. Costs about one read for each
   * that is found. Of messages that earlier versions stored and that are not indexed yet, only the newest are found. Rejects with StorageError.
   */
  find(id: ConversationId, refs: readonly MessageRef[]): Promise<readonly (number | undefined)[]>
  /**
   * Whether it is known without a read that {@link find} would find nothing, except in messages that are not indexed yet. False before the
   * first `find` in the conversation.
   */
  isUnknown(id: ConversationId, ref: MessageRef): boolean
  /** Begins to index what is not indexed, in the background. Call it when the list is on the screen. Returns what stops it. */
  indexOldPages(): Cancel
  /**
   * Writes all entries as one group: messages first, then conversations. Where a conversation's `start` has grown, the
   * messages before it are deleted after that; it never becomes less.
   */
  write(entries: readonly Entry[]): Promise<void>
  /** About how much the messages take. */
  usage(): Promise<StorageUsage>
  /** The edits, recalls and reactions of a conversation that are kept, oldest first. */
  amendments(id: ConversationId): Promise<Amendment[]>
  /** Removes a conversation with its messages and amendments. */
  remove(id: ConversationId): Promise<void>
  /** The text that stands in the composer, unsent: what was last given to {@link saveDraft}, whether it is kept yet or not. */
  draft(id: ConversationId): Promise<string>
  /** '' removes it. */
  saveDraft(id: ConversationId, text: string): Promise<void>
}

export interface Damage {
  /** Messages and conversations that are missing, torn, garbled or of an unknown form. */
  readonly unreadable: number
  /** Some of it has not been told to the person yet, see {@link History.markReported}. */
  readonly isUnreported: boolean
  /** Why nothing is kept at all: the device gives no storage, or a later version of this client wrote the history. */
  readonly closed?: StorageFailure
}

export interface Storage {
  openHistory(person: Person): Promise<History>
}

/**
 * `taken-over`: another tab writes this history now. `newer`: a later version of this client wrote it, and this one leaves it
 * as it is.
 */
export type StorageFailure = 'full' | 'unavailable' | 'failed' | 'taken-over' | 'newer'

export class StorageError extends Error {
  override readonly name = 'StorageError'
  constructor(
    readonly failure: StorageFailure,
    message: string,
    readonly originalError?: unknown,
  ) {
    super(message)
  }
}
