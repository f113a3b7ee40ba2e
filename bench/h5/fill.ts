/**
 * Runs in a page of the H5 build's origin and writes conversations into IndexedDB through the product's own storage, so the data is as the chat itself would
 * have written it.
 */
import { conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { createConversation } from '@/src/chat/conversation/order'
import { preview } from '@/src/chat/conversation/preview'
import type { Message } from '@/src/chat/message/message'
import { TIME_LINE_AFTER_MS } from '@/src/chat/timeline/rows'
import { newId } from '@/src/platform/ids'
import { createStorage } from '@/src/storage/history/create-storage'
import { createIndexedDbKeyValue } from '@/src/storage/kv/indexeddb'
import type { Person } from '@/src/storage/port'
import { textOf } from '../support/texts'

/** The number of messages per transaction. */
const AT_ONCE = 5_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE

export interface Filling {
  readonly person: Person
  /** The user who wrote the last message comes last. */
  readonly conversations: readonly { readonly id: ConversationId; readonly length: number; readonly isUnread?: boolean }[]
}

export async function fill({ person, conversations }: Filling): Promise<void> {
  const history = await createStorage(createIndexedDbKeyValue()).openHistory(person)
  const now = Date.now()
  for (const [index, { id, length, isUnread = false }] of conversations.entries()) {
    const begun = now - (conversations.length - index) * HOUR - (length * MINUTE + (length / 10) * TIME_LINE_AFTER_MS)
    for (let from = 0; from < length; from += AT_ONCE) {
      const to = Math.min(length, from + AT_ONCE)
      const messages = Array.from({ length: to - from }, (_, i) => message(from + i, isUnread ? '' : person.uid, id, begun))
      const last = messages[messages.length - 1]
      if (!last) continue
      const conversation = { ...createConversation(id, last.at), length: to, ...(isUnread ? { readTo: 0, unread: to } : { readTo: to }), preview: preview(last) }
      await history.write([{ conversation, messages }])
    }
  }
}

/** Two people write a few messages each in turn, and pause after ten: then a time line is above the next one. */
function message(seq: number, uid: string, id: ConversationId, begun: number): Message {
  // In an unread thread all messages are the peer's.
  const isOwn = uid !== '' && Math.floor(seq / 3) % 2 === 0
  const body = { kind: 'text', text: textOf(seq) } as const
  return { seq, id: newId(), from: isOwn ? uid : conversationTarget(id), at: begun + seq * MINUTE + Math.floor(seq / 10) * TIME_LINE_AFTER_MS, body, status: isOwn ? 'delivered' : 'received' }
}

Object.assign(globalThis, { fill })
