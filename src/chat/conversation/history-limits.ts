/**
 * What gives way when more is kept than the person wants: the oldest messages, but never an unread or unsent one. A conversation
 * names its unread messages and those that wait to be sent; one that failed is found in the log, see {@link firstUnsent}.
 */
import type { Conversation } from './conversation'
import { hasFailed, type Message } from '../message/message'
import { chunkOf, CHUNK_SIZE } from '../timeline/chunk'

/** Messages are let go so many at a time, so that not every new one deletes an old one. */
export const TRIM_STEP = 200

/** `conversation` with its oldest messages gone that are more than `limit` in number; the same while they are not many more. */
export function trimToCount(conversation: Conversation, limit: number): Conversation {
  const excess = conversation.length - conversation.start - limit
  return excess < TRIM_STEP ? conversation : startAt(conversation, conversation.start + excess)
}

/** How many messages a limit of `limit` per conversation takes away from `conversations` at once, at most: failed ones hold up some. */
export function countOver(conversations: Iterable<Conversation>, limit: number): number {
  let count = 0
  for (const conversation of conversations) count += trimToCount(conversation, limit).start - conversation.start
  return count
}

/** `conversation` with its TRIM_STEP oldest messages gone; the same when none may go. */
export function trimStep(conversation: Conversation): Conversation {
  return startAt(conversation, conversation.start + TRIM_STEP)
}

/**
 * Of `messages`, which are to go, the seq of the first one that never went: a text that a person wrote, that failed and can be
 * sent again, or whose end is not written down yet. Undefined when all may go; one that was taken back may.
 */
export function firstUnsent(messages: readonly Message[]): number | undefined {
  return messages.find((message) => message.status === 'queued' || message.status === 'sending' || hasFailed(message))?.seq
}

/** Whole chunks go, so that nothing moves on the screen of somebody who reads what follows: where the chunk of `seq` begins. */
export function chunkStart(seq: number): number {
  return chunkOf(seq) * CHUNK_SIZE
}

function startAt(conversation: Conversation, wanted: number): Conversation {
  const { start, length, unread, readTo, pending } = conversation
  const needed = Math.min(unread > 0 ? readTo : length, ...pending)
  const next = wanted >= length && needed === length ? length : chunkStart(Math.min(wanted, needed))
  return next > start ? { ...conversation, start: next } : conversation
}
