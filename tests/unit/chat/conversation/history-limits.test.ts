import { describe, expect, it } from 'vitest'
import { createConversation } from '@/src/chat/conversation/order'
import { countOver, firstUnsent, TRIM_STEP, trimStep, trimToCount } from '@/src/chat/conversation/history-limits'
import { message, own } from '../messages'

const conversation = (length: number, fields = {}) => ({ ...createConversation('peer:bob', 1), length, readTo: length, ...fields })

describe('a limit by count', () => {
  it.each([
    ['a few over it: nothing goes', conversation(1_000 + TRIM_STEP - 1), 0],
    ['many over it', conversation(1_500), 500],
    ['whole chunks of 20', conversation(1_519), 500],
    ['what went before does not count', conversation(1_500, { start: 400 }), 400],
    ['up to the first unread message', conversation(1_500, { unread: 1, readTo: 300 }), 300],
    ['up to the first that waits to be sent', conversation(1_500, { pending: [200, 900] }), 200],
    ['up to the chunk that a message is in which may not go', conversation(1_500, { pending: [219], unread: 1, readTo: 300 }), 200],
    ['never back', conversation(1_500, { start: 250, pending: [200] }), 250],
  ])('%s', (_what, given, start) => {
    const trimmed = trimToCount(given, 1_000)
    expect(trimmed.start).toBe(start)
    if (start === given.start) expect(trimmed).toBe(given)
    expect(countOver([given], 1_000)).toBe(start - given.start)
  })
})

it('a step takes the oldest messages, as far as they may be deleted', () => {
  expect(trimStep(conversation(1_000)).start).toBe(TRIM_STEP)
  expect(trimStep(conversation(1_000, { pending: [50] })).start).toBe(40)
  expect(trimStep(conversation(50)).start).toBe(50)
})

it('the first unsent message is one that the user still wants to send', () => {
  const failed = (seq: number, reason: 'expired' | 'cancelled' | 'cancelled-late') => own(seq, { status: 'failed', failure: { reason } })
  expect(firstUnsent([message(0), failed(1, 'cancelled'), failed(2, 'cancelled-late'), failed(3, 'expired'), failed(4, 'expired')])).toBe(3)
  expect(firstUnsent([message(0), own(1, { status: 'failed' })])).toBe(1)
  expect(firstUnsent([message(0), own(1), own(2, { status: 'queued' })])).toBe(2)
  expect(firstUnsent([message(0), own(1), own(2, { status: 'delivered' })])).toBeUndefined()
})
