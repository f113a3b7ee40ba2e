/**
 * What is kept on the device, per person (App ID and user id). Everything a method was given is durable when its promise
 * resolves; a promise that rejects with StorageError has kept nothing of it.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation'
import type { Message } from '@/src/chat/message'

/** Who a history belongs to. */
export interface Person {
  readonly appId: string
  readonly uid: string
}

/** One message of a conversation, together with what the list then shows of that conversation. */
export interface Entry {
  readonly conversation: Conversation
  /** Absent when only the conversation changes. A `seq` that stands in the log already is replaced, the next one is appended. */
  readonly messages?: readonly Message[]
}

/** One person's history. Not shared between two open histories of the same person. */
export interface History {
  /** All conversations, in no order. What cannot be read is left out and counted in `damaged`. */
  conversations(): Promise<{ conversations: Conversation[]; damaged: number }>
  /** The messages `from <= seq < to`, in order; what is not there or cannot be read is left out. */
  messages(id: ConversationId, from: number, to: number): Promise<Message[]>
  /** Writes all entries as one group: messages first, then conversations. */
  write(entries: readonly Entry[]): Promise<void>
  /** Removes a conversation and its messages. */
  remove(id: ConversationId): Promise<void>
  /** The text that stands in the composer, unsent; '' removes it. */
  draft(id: ConversationId): Promise<string>
  saveDraft(id: ConversationId, text: string): Promise<void>
}

export interface Storage {
  openHistory(person: Person): Promise<History>
}

export type StorageFailure = 'full' | 'unavailable' | 'failed'

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
