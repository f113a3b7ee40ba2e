import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isDeleted, type Message } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { kindOf } from '@/src/kinds/registry'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'

/** A message to show instead of a deleted one is looked for among this many before it. */
const AMONG = 200

/** The message that the list can show once those with these seqs are deleted. Undefined if it need not show another one, or there is none. */
export async function earlierMessage(conversations: Pick<ConversationStore, 'getOrNew' | 'log'>, id: ConversationId, seqs: ReadonlySet<number>): Promise<Message | undefined> {
  const { preview, start } = conversations.getOrNew(id)
  const last = preview?.seq
  if (last === undefined || !seqs.has(last)) return undefined
  const before = await orElse(StorageError, () => conversations.log.messages(id, Math.max(start, last - AMONG), last), () => [])
  return before.reverse().find((message) => !seqs.has(message.seq) && !isDeleted(message) && !kindOf(message.body).isSystem)
}
