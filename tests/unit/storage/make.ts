/** Minimal conversations and messages for tests. */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import type { Person } from '@/src/storage/port'

export const alice: Person = { appId: '0123456789abcdef0123456789abcdef', uid: 'alice' }

export function message(seq: number, text = `text ${seq}`, rest: Partial<Message> = {}): Message {
  return { seq, id: `id-${seq}`, from: 'bob', at: 1_700_000_000_000 + seq, body: { kind: 'text', text }, status: 'received', ...rest }
}

export function messages(from: number, to: number, text?: string): Message[] {
  return Array.from({ length: to - from }, (_, i) => message(from + i, text))
}

export function conversation(id: ConversationId, length: number, rest: Partial<Conversation> = {}): Conversation {
  return { id, length, start: 0, preview: null, at: 1_700_000_000_000, unread: 0, readTo: length, pending: [], left: false, pinned: false, muted: false, ...rest }
}
