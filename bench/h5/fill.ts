/**
 * Runs in a page of the H5 build's origin and writes conversations into IndexedDB, through the product's own storage: what
 * the chat then reads is what it would have written itself.
 */
import { conversationTarget, type ConversationId } from '@/src/chat/conversation'
import { createConversation, preview } from '@/src/chat/conversations'
import type { Message } from '@/src/chat/message'
import { newId } from '@/src/platform/ids'
import { createStorage } from '@/src/storage/history'
import { createIndexedDbKeyValue } from '@/src/storage/indexeddb'
import type { Person } from '@/src/storage/port'
import { textOf } from '../support/texts'

/** So many messages go in one transaction. */
const AT_ONCE = 5_000
const MINUTE = 60_000

export interface Filling {
  readonly person: Person
  readonly conversations: readonly { readonly id: ConversationId; readonly length: number }[]
}

export async function fill({ person, conversations }: Filling): Promise<void> {
  const history = await createStorage(createIndexedDbKeyValue()).openHistory(person)
  for (const { id, length } of conversations) {
    const begun = Date.now() - length * MINUTE
    for (let from = 0; from < length; from += AT_ONCE) {
      const to = Math.min(length, from + AT_ONCE)
      const messages = Array.from({ length: to - from }, (_, i) => message(from + i, person.uid, id, begun))
      const last = messages[messages.length - 1]
      if (!last) continue
      const conversation = { ...createConversation(id, last.at), length: to, readTo: to, preview: preview(last) }
      await history.write([{ conversation, messages }])
    }
  }
}

/** Two people who write a few messages each in turn. */
function message(seq: number, uid: string, id: ConversationId, begun: number): Message {
  const isOwn = Math.floor(seq / 3) % 2 === 0
  const body = { kind: 'text', text: textOf(seq) } as const
  return { seq, id: newId(), from: isOwn ? uid : conversationTarget(id), at: begun + seq * MINUTE, body, status: isOwn ? 'delivered' : 'received' }
}

Object.assign(globalThis, { fill })
