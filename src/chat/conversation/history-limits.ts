/**
 * Which messages are deleted above the user's limits: the oldest ones, but never an unread or unsent one. A conversation has the seqs of its unread and
 * waiting messages. A failed one is found in the log, see {@link firstUnsent}.
 */
import type { Conversation } from './conversation'
import { hasFailed, type Message } from '../message/message'
import { chunkOf, CHUNK_SIZE } from '../timeline/chunk'

/** The maximum size of a user's history. */
export interface HistoryLimits {
  readonly messagesPerConversation: number
  /** Of all conversations together. */
  readonly bytes: number
}

export type LimitKind = keyof HistoryLimits

/** The limits until the user chooses others. */
export const HISTORY_LIMITS: HistoryLimits = { messagesPerConversation: 20_000, bytes: 100_000_000 }

/** The limits that the user can choose. WeChat gives a mini program 200 MB of files. */
export const LIMIT_CHOICES: Readonly<Record<LimitKind, readonly number[]>> = {
  messagesPerConversation: [1_000, 5_000, HISTORY_LIMITS.messagesPerConversation, 100_000],
  bytes: [20_000_000, 50_000_000, HISTORY_LIMITS.bytes, 150_000_000],
}

/** Messages are deleted this many at a time, so that not every new one deletes an old one. */
export const TRIM_STEP = 200

/** `conversation` without its oldest messages above `limit`. The same object while there are few of them. */
export function trimToCount(conversation: Conversation, limit: number): Conversation {
  const excess = conversation.length - conversation.start - limit
  return excess < TRIM_STEP ? conversation : startAt(conversation, conversation.start + excess)
}

/** How many messages of `conversations` a limit of `limit` per conversation deletes at once, at most: failed messages may prevent some. */
export function countOver(conversations: Iterable<Conversation>, limit: number): number {
  let count = 0
  for (const conversation of conversations) count += trimToCount(conversation, limit).start - conversation.start
  return count
}

/** `conversation` without its TRIM_STEP oldest messages. The same object if none may be deleted. */
export function trimStep(conversation: Conversation): Conversation {
  return startAt(conversation, conversation.start + TRIM_STEP)
}

/**
 * Of `messages`, which are to be deleted, the seq of the first unsent one: a text by the user that failed and can be sent again, or whose result is not saved
 * yet. Undefined if all may be deleted. Cancelled ones may.
 */
export function firstUnsent(messages: readonly Message[]): number | undefined {
  return messages.find((message) => message.status === 'queued' || message.status === 'sending' || hasFailed(message))?.seq
}

/** The first `seq` of the chunk of `seq`. Whole chunks are deleted, so that the later text does not move on the screen. */
export function chunkStart(seq: number): number {
  return chunkOf(seq) * CHUNK_SIZE
}

function startAt(conversation: Conversation, wanted: number): Conversation {
  const { start, length, unread, readTo, pending } = conversation
  const needed = Math.min(unread > 0 ? readTo : length, ...pending)
  const next = wanted >= length && needed === length ? length : chunkStart(Math.min(wanted, needed))
  return next > start ? { ...conversation, start: next } : conversation
}
