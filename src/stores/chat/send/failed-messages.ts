import type { ConversationId } from '@/src/chat/conversation/conversation'
import { hasFailed, type Message } from '@/src/chat/message/message'
import type { ConversationStore } from '../conversations/conversation-store'

/** "Send all again" looks for failed messages among this many of the newest. */
const RESEND_AMONG = 1_000
/** Messages are read in steps of this many. */
const READ_STEP = 200

/** The messages of a conversation to send again, in the order of writing. Rejects with StorageError. */
export async function failedMessages(conversations: ConversationStore, id: ConversationId): Promise<Message[]> {
  const { start, length } = conversations.getOrNew(id)
  const failed: Message[] = []
  for (let from = Math.max(start, length - RESEND_AMONG); from < length; from += READ_STEP) {
    const messages = await conversations.messages(id, from, Math.min(length, from + READ_STEP))
    failed.push(...messages.filter(hasFailed))
  }
  return failed
}
