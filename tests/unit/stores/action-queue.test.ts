/** Own actions whose messages storage cannot read: they go once it can, without another event. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Conversation, ConversationId, PendingAction } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '@/src/stores/chat/conversations/conversation-store'
import { ActionQueue, type ActionPorts } from '@/src/stores/chat/send/action-queue'
import { TestClock } from '../../support/test-clock'

const BOB: ConversationId = 'peer:bob'
const ACTION: PendingAction = { id: 'r1', kind: 'reaction', target: 0, emoji: '👍', place: 0.5, at: 1 }
const MESSAGE: Message = { seq: 0, id: 'm1', from: 'bob', at: 1, status: 'received', body: { kind: 'text', text: 'hi' }, amended: { reactions: [{ rev: 1, at: 1, id: 'r1', by: 'alice', emoji: '👍', on: true }] } }
let clock: TestClock

beforeEach(() => setClock((clock = new TestClock())))
afterEach(() => setClock(systemClock))

function setup() {
  const storage = { isBroken: true, reads: 0 }
  const added: (readonly [id: string, maybe: boolean | undefined])[] = []
  const ports: ActionPorts = {
    uid: 'alice',
    wire: 'rich',
    outbox: () => ({ add: (_id, item, maybe) => void added.push([item.id, maybe]), remove: () => undefined, takeOut: () => false, resume: () => undefined }),
    async read() {
      storage.reads++
      if (storage.isBroken) throw new StorageError('failed', 'broken')
      return MESSAGE
    },
    refill: async () => undefined,
    discard: () => undefined,
  }
  const conversations = { get: () => ({ actions: [ACTION] }) as unknown as Conversation, isAmendmentWaiting: async () => false } as unknown as ConversationStore
  return { queue: new ActionQueue(ports, conversations), storage, added }
}

it('they are asked for again every two seconds, and go into the outbox as ones that may have been sent', async () => {
  const { queue, storage, added } = setup()
  await queue.refill(BOB, false)
  // A second call while it waits begins no second series.
  await queue.refill(BOB, false)
  await clock.advance(6_000)
  expect([added, storage.reads]).toEqual([[], 5])
  storage.isBroken = false
  await clock.advance(2_000)
  expect(added).toEqual([['r1', true]])
  await clock.advance(60_000)
  expect(storage.reads).toBe(6)
})

it('they are not asked for after the end', async () => {
  const { queue, storage } = setup()
  await queue.refill(BOB, false)
  queue.stop()
  await clock.advance(60_000)
  expect(storage.reads).toBe(1)
})
