/**
 * The storage of one user's data on this device. When the promise of a writing method resolves, all of its data is durable; when it rejects,
 * with StorageError, none of it is saved.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { DraftAbout } from '@/src/chat/conversation/draft'
import type { MessageChanges } from '@/src/chat/message/message-changes'
import type { Message, MessageRef } from '@/src/chat/message/message'
import type { Cancel } from '@/src/chat/time/clock'

/** A user of this device, who has a history of their own. */
export interface Person {
  readonly appId: string
  readonly uid: string
}

/** The approximate sizes of a user's messages on the device. `since`: ms since 1970 of a conversation's oldest message. */
export interface StorageUsage {
  readonly bytes: number
  readonly conversations: readonly { readonly id: ConversationId; readonly bytes: number; readonly messages: number; readonly since: number }[]
}

/** An edit, a recall or a reaction as it was received. */
export interface Amendment {
  /** The user id of its sender. */
  readonly from: string
  /** Its own id, unique among the messages of its sender. */
  readonly id: string
  /** ms since 1970, the server's time. */
  readonly at: number
  /** The whole envelope. */
  readonly raw: string
}

/** Changes of one conversation, with the conversation as it is after them. */
export interface Entry {
  readonly conversation: Conversation
  /** Absent if only the conversation changes. A message whose `seq` is in the log replaces that one; the next `seq` is appended. */
  readonly messages?: readonly Message[]
  /** Folded into their targets, or saved to wait for them, within limits (waiting-amendments.ts). A copy changes nothing. */
  readonly amendments?: readonly Amendment[]
  /** Changes of saved messages that only this device makes, such as their deletion. */
  readonly local?: readonly { readonly seq: number; readonly changes: MessageChanges }[]
  /** The conversation is being cleared: its waiting amendments are removed, even if it has no messages. */
  readonly isCleared?: boolean
}

/** A message after an amendment was folded into it, and as it was on the device before: undefined if it was not. */
export interface AmendedMessage {
  readonly message: Message
  readonly former: Message | undefined
}

/** One user's history. If it is opened twice, the last one continues; writes to the other reject with `taken-over`. */
export interface History {
  /** The conversations that changed last, loaded when the history was opened: more than a screen of them, in no order. */
  recent(): Conversation[]
  /** Resolves to all conversations, in no order. */
  conversations(): Promise<Conversation[]>
  /** The unreadable data found since the history was opened. It stays on the device unchanged. */
  damage(): Damage
  /** Saves that the user knows of the damage found so far, so that it is not reported again, not even after the next start. */
  markReported(): Promise<void>
  /** Resolves to the messages `from <= seq < to`, in order. Missing and unreadable ones are left out. */
  messages(id: ConversationId, from: number, to: number): Promise<Message[]>
  /**
   * Resolves to the seqs of these messages, undefined for those that are not in the log. A hit costs about one read, at any age of the message.
   * Only the newest of the messages that are not indexed yet (those of earlier versions) are found. Rejects with StorageError.
   */
  find(id: ConversationId, refs: readonly MessageRef[]): Promise<readonly (number | undefined)[]>
  /**
   * Whether it is certain, without a read, that {@link find} would find nothing, except among messages that are not indexed yet. False before
   * the first `find` in the conversation.
   */
  isUnknown(id: ConversationId, ref: MessageRef): boolean
  /** Indexes in the background the ids of messages that are not indexed. Call it once the list is on the screen; the returned function stops it. */
  indexOldPages(): Cancel
  /**
   * Writes all entries as one group: messages first, then conversations. Then deletes the messages before a conversation's new `start`,
   * which never moves back.
   */
  write(entries: readonly Entry[]): Promise<void>
  /** Called when amendments have been folded into messages of a conversation, once that is durable. The owner of the history sets it. */
  onAmended: (id: ConversationId, amended: readonly AmendedMessage[]) => void
  /** Resolves to the approximate sizes of the messages. */
  usage(): Promise<StorageUsage>
  /** Resolves to the waiting edits, recalls and reactions of a conversation, oldest first. */
  amendments(id: ConversationId): Promise<Amendment[]>
  /** Removes a conversation with its messages and amendments. */
  remove(id: ConversationId): Promise<void>
  /** Resolves to the unsent text of a conversation: that of the last {@link saveDraft}, saved or not. '' for none. */
  draft(id: ConversationId): Promise<string>
  /** Resolves to what the composer holds besides the {@link draft}. */
  draftAbout(id: ConversationId): Promise<DraftAbout>
  /** Saves the unsent text of a conversation, and what the composer holds besides. '' with nothing else removes it. */
  saveDraft(id: ConversationId, text: string, about?: DraftAbout): Promise<void>
}

/** The unreadable data of a history. */
export interface Damage {
  /** Number of messages and conversations that are missing, torn, garbled or of an unknown form. */
  readonly unreadable: number
  /** Some of it has not been reported to the user yet, see {@link History.markReported}. */
  readonly isUnreported: boolean
  /** Why nothing is saved at all: the device has no storage, or a later version of this client wrote the history. */
  readonly closed?: StorageFailure
}

export interface Storage {
  /** Opens the history of a user, and ends the one of the same user that this program opened before. Without storage the history is closed: see {@link Damage.closed}. */
  openHistory(person: Person): Promise<History>
}

/** `taken-over`: another tab writes this history now. `newer`: a later version of this client wrote it, so this one must not change it. */
export type StorageFailure = 'full' | 'unavailable' | 'failed' | 'taken-over' | 'newer'

/** The device did not save or return data. */
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
