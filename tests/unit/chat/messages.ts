/** Short messages for the tests of the rules. */
import type { Message } from '@/src/chat/message/message'
import type { NoticeBody } from '@/src/kinds/notice/spec'

export function message(seq: number, fields: Partial<Message> = {}): Message {
  return { seq, id: `m${seq}`, from: 'bob', at: 1_000 + seq, body: { kind: 'text', text: `text ${seq}` }, status: 'received', ...fields }
}

export function own(seq: number, fields: Partial<Message> = {}): Message {
  return message(seq, { from: 'alice', status: 'sent', ...fields })
}

export function text(seq: number, words: string, fields: Partial<Message> = {}): Message {
  return message(seq, { body: { kind: 'text', text: words }, ...fields })
}

export function notice(seq: number, fields: Partial<Message> = {}, body: Partial<NoticeBody> = {}): Message {
  return message(seq, { from: '', body: { kind: 'notice', joined: ['carol'], left: [], joinedCount: 1, leftCount: 0, ...body }, ...fields })
}

export function messages(from: number, to: number): Message[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => message(from + i))
}
