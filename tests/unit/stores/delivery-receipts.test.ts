import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { decode, RECEIPT_MAX_IDS } from '@/src/chat/message/envelope'
import { errorOfCode } from '@/src/rtm/error-name'
import { DeliveryReceipts } from '@/src/stores/chat/send/delivery-receipts'
import { RateLimiter } from '@/src/stores/chat/send/rate-limiter'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function recorded(fail?: Error) {
  const sent: { peer: string; delivered: readonly string[] }[] = []
  const pace = new RateLimiter()
  const send = async (peer: string, text: string) => {
    const envelope = decode(text)
    if (envelope.kind !== 'receipt') throw new Error(`not a receipt: ${text}`)
    sent.push({ peer, delivered: envelope.delivered ?? [] })
    if (fail) throw fail
  }
  return { sent, pace, receipts: new DeliveryReceipts(send, () => pace.acquire()) }
}

test('receipts are gathered per peer, and a copy is acknowledged once', async () => {
  const { sent, receipts } = recorded()
  receipts.add('peer:alice', 'a1')
  receipts.add('peer:__proto__', 'p1')
  receipts.add('peer:alice', 'a2')
  receipts.add('peer:alice', 'a1')
  expect(sent).toEqual([])
  await vi.runAllTimersAsync()
  expect(sent).toEqual([
    { peer: 'alice', delivered: ['a1', 'a2'] },
    { peer: '__proto__', delivered: ['p1'] },
  ])
  receipts.add('peer:alice', 'a3')
  await vi.runAllTimersAsync()
  expect(sent.at(-1)).toEqual({ peer: 'alice', delivered: ['a3'] })
})

test('more than one envelope holds are split', async () => {
  const { sent, receipts } = recorded()
  for (let n = 0; n < RECEIPT_MAX_IDS + 1; n++) receipts.add('peer:alice', `m${n}`)
  await vi.runAllTimersAsync()
  expect(sent.map(({ delivered }) => delivered.length)).toEqual([RECEIPT_MAX_IDS, 1])
})

test('a receipt that RTM refuses does not keep the next from going', async () => {
  const { sent, receipts } = recorded(errorOfCode('peerMessage', 102, 'not logged in'))
  receipts.add('peer:alice', 'a1')
  receipts.add('peer:bob', 'b1')
  await vi.runAllTimersAsync()
  expect(sent.map(({ peer }) => peer)).toEqual(['alice', 'bob'])
})

test('a crowd that writes faster than the receipts’ rate is answered in turn: one receipt each, and one rate slot at a time', async () => {
  const { sent, pace } = recorded()
  let asked = 0
  let most = 0
  const receipts = new DeliveryReceipts(
    async (peer) => void sent.push({ peer, delivered: [] }),
    async () => {
      most = Math.max(most, ++asked)
      await pace.acquire()
      asked--
    },
  )
  for (let second = 0; second < 5; second++) {
    for (let n = 0; n < 300; n++) receipts.add(`peer:p${n}`, `m${second}`)
    await vi.advanceTimersByTimeAsync(1_000)
  }
  await vi.runAllTimersAsync()
  expect(most).toBe(1)
  expect(sent.length).toBeLessThan(5 * 300)
  expect(new Set(sent.map(({ peer }) => peer)).size).toBe(300)
})

test('nothing is sent once the account is closed', async () => {
  const { sent, receipts } = recorded()
  receipts.add('peer:alice', 'a1')
  receipts.stop()
  await vi.runAllTimersAsync()
  expect(sent).toEqual([])
})

test('receipts and messages share the rate of 180 per 3 s, and neither starves the other', async () => {
  const { sent, pace, receipts } = recorded()
  const order: string[] = []
  for (let n = 0; n < 179; n++) void pace.acquire()
  receipts.add('peer:alice', 'a1')
  receipts.add('peer:bob', 'b1')
  await vi.advanceTimersByTimeAsync(1_000)
  for (let n = 0; n < 3; n++) void pace.acquire().then(() => order.push(`message ${n}`))
  await vi.advanceTimersByTimeAsync(0)
  expect(sent.map(({ peer }) => peer)).toEqual(['alice'])
  expect(order).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(sent.map(({ peer }) => peer)).toEqual(['alice', 'bob'])
  expect(order).toEqual(['message 0', 'message 1', 'message 2'])
})
