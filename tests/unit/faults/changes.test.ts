// The comparison of changed messages must see a state that differs, and a read mark that is missing.
import { expect, it } from 'vitest'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { judgeChanges } from '../../faults/changes'
import { CHANNEL_CONVERSATION } from '../../faults/verdict'

const ALWAYS = [{ from: 0, to: Infinity, joined: [{ from: 1, to: Infinity }] }]
const message = (more: Partial<Message> = {}): Message => ({ seq: 0, id: 'm', from: 'alice', at: 1, body: { kind: 'text', text: 'alice 1' }, status: 'received', ...more })
const edit = { edit: { rev: 1, at: 2, id: 'e', text: 'alice 1 改' } }
const taken = [{ text: 'e', at: 100_000, isExact: true, from: 'alice', raw: { id: 'e', target: { id: 'm' } } }]

function judged(conversation: (owner: 'alice' | 'bob') => ConversationId, own: Message, other: Message, lives = ALWAYS) {
  const empty = { logs: new Map(), conversations: [] }
  const logs = { alice: new Map([[conversation('alice'), [own]]]), bob: new Map([[conversation('bob'), [other]]]), carol: empty.logs, dave: empty.logs }
  const read = { id: conversation('bob'), readTo: 1 } as Conversation
  return judgeChanges({ logs, taken, lives: { alice: ALWAYS, bob: lives, carol: [], dave: [] }, conversations: { alice: [], bob: [read], carol: [], dave: [] } })
}
const peer = (owner: 'alice' | 'bob'): ConversationId => `peer:${owner === 'alice' ? 'bob' : 'alice'}`
const channel = () => CHANNEL_CONVERSATION

it('finds nothing where both sides have one state, and the author knows that it was read', () => {
  expect(judged(peer, message({ status: 'read', amended: edit }), message({ amended: edit }))).toEqual({ changed: 1, quoted: 0, read: 1, older: 0, findings: [] })
})

it('sees an edit that one side lacks, and a read mark that was lost', () => {
  expect(judged(peer, message({ status: 'read', amended: edit }), message()).findings).toHaveLength(1)
  expect(judged(peer, message({ status: 'delivered' }), message()).findings).toEqual(['alice m: read by bob, and delivered for alice'])
})

it('counts an older state in the channel outside of the window, and reports one inside of it', () => {
  expect(judged(channel, message({ status: 'sent', amended: edit }), message(), [])).toMatchObject({ older: 1, findings: [] })
  expect(judged(channel, message({ status: 'sent', amended: edit }), message()).findings).toHaveLength(1)
})

it('sees words of another author', () => {
  const other = message({ body: { kind: 'text', text: 'bob 1' } })
  expect(judged(channel, message({ status: 'sent', amended: edit }), other, []).findings).toEqual(['alice m: bob has words that its author never wrote'])
})
