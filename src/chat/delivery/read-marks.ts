/** Which messages of a peer were read without the peer knowing it: those from `markFrom` to `readTo` of the conversation. */
import { conversationKind, conversationTarget, type Conversation } from '../conversation/conversation'
import type { Message } from '../message/message'

/** Of more messages the peer learns only that the newest of them were read. */
const READ_MARKS_MAX = 1_000

/** `after`, in which the user has read more than in `before`, with a mark for what they have read. */
export function withReadMarks(before: Conversation, after: Conversation): Conversation {
  if (after.markFrom !== undefined || after.readTo <= before.readTo || conversationKind(after.id) !== 'peer') return after
  return { ...after, markFrom: before.readTo }
}

/** The first seq whose message may have to be named. */
export function firstMarked({ start, markFrom = 0, readTo }: Conversation): number {
  return Math.max(start, markFrom, readTo - READ_MARKS_MAX)
}

/** Whether the peer can learn that the message was read: it is the peer's, and has the peer's id. */
export function isMarkable({ id }: Conversation, message: Message): boolean {
  return message.from === conversationTarget(id) && message.bare !== true
}

/** The peer knows that the messages before the seq `to` were read. */
export function marksTold(conversation: Conversation, to: number): Conversation {
  const { markFrom, ...rest } = conversation
  if (markFrom === undefined) return conversation
  if (to >= conversation.readTo) return rest
  return to > markFrom ? { ...rest, markFrom: to } : conversation
}
