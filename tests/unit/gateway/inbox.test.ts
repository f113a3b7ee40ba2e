import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Inbox } from '../../../gateway/inbox'
import { Waiting } from '../../../gateway/waiting'

const message = (text: string, from = 'alice') => ({ from, text, ts: 1 })
const texts = (inbox: Inbox) => inbox.entries().map((entry) => entry.message?.text)

describe('an inbox', () => {
  it('drops the oldest when it is full, and keeps the place of messages that are in the offline queue, without their text', () => {
    const inbox = new Inbox({ max: { messages: 2, bytes: 1_000_000 } })
    inbox.add(message('kept'), { key: '1', off: true })
    for (const text of ['1', '2', '3']) inbox.add(message(text))
    expect(inbox.entries().map((entry) => entry.message?.text)).toEqual([undefined, '2', '3'])
    expect([...inbox.keys()]).toEqual(['1'])
  })

  it('is limited in bytes, and always accepts one message', () => {
    const inbox = new Inbox({ max: { messages: 100, bytes: 1_000 } })
    inbox.add(message('x'.repeat(2_000)))
    expect(inbox.size).toBe(1)
    inbox.add(message('small'))
    expect(inbox.entries().map((entry) => entry.message?.text)).toEqual(['small'])
  })

  it('drops from the sender with most messages when it is full', () => {
    const inbox = new Inbox({ max: { messages: 100, bytes: 4_000 } })
    for (const text of ['1', '2', '3']) inbox.add(message(text, 'bob'))
    for (let i = 0; i < 30; i++) inbox.add(message(`m${i}`.padEnd(300, 'x'), 'mallory'))
    expect(texts(inbox).slice(0, 3)).toEqual(['1', '2', '3'])
    expect(texts(inbox).at(-1)).toMatch(/^m29/)
    const few = new Inbox({ max: { messages: 10, bytes: 100_000 } })
    for (const text of ['1', '2', '3']) few.add(message(text.padEnd(5_000, 'x'), 'bob'))
    for (let i = 0; i < 30; i++) few.add(message(`m${i}`, 'mallory'))
    expect(texts(few).map((text) => text?.trim().slice(0, 3).replaceAll('x', ''))).toEqual(['1', '2', '3', 'm23', 'm24', 'm25', 'm26', 'm27', 'm28', 'm29'])
  })

  it('keeps sent messages whose sender waits, up to a limit of their own, until they are acknowledged', () => {
    const shed: number[] = []
    const inbox = new Inbox({ max: { messages: 2, bytes: 100_000 }, sentMax: { messages: 3, bytes: 100_000 }, onShed: ({ mid }) => shed.push(mid) })
    const sent = ['1', '2', '3', '4'].map((text) => inbox.add(message(text), { isSent: true }))
    for (const text of ['5', '6', '7']) inbox.add(message(text))
    expect([texts(inbox), shed]).toEqual([['1', '2', '3', '6', '7'], [4, 5]])
    inbox.acknowledge(2)
    // Nothing waits for the answers any more.
    for (const entry of sent) inbox.settled(entry)
    inbox.trim()
    expect([texts(inbox), shed]).toEqual([['6', '7'], [4, 5, 1, 3]])
    expect(inbox.bytes).toBe(2 * (128 + 2))
  })

  it('keeps order, drops acknowledged messages and knows its size, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), text: fc.string({ maxLength: 50 }), kept: fc.boolean(), from: fc.constantFrom('bob', 'carol', 'dave'), isSent: fc.boolean() }),
      fc.record({ do: fc.constant('settle' as const), mid: fc.nat(40) }),
      fc.record({ do: fc.constant('acknowledge' as const), mid: fc.nat(40) }),
      fc.record({ do: fc.constant('keep' as const), mid: fc.nat(40) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const inbox = new Inbox({ max: { messages: 8, bytes: 4_000 }, sentMax: { messages: 4, bytes: 600 } })
        const acknowledged = new Set<number>()
        let keys = 0
        for (const action of steps) {
          if (action.do === 'add') inbox.add(message(action.text, action.from), { key: action.kept ? `k${keys++}` : undefined, isSent: action.isSent })
          if (action.do === 'acknowledge' && inbox.acknowledge(action.mid)) acknowledged.add(action.mid)
          const entry = action.do === 'keep' && inbox.entries().find(({ mid }) => mid === action.mid)
          if (entry) inbox.keep(entry, `k${keys++}`)
          const settled = action.do === 'settle' && inbox.entries().find(({ mid }) => mid === action.mid)
          if (settled) inbox.settled(settled)
          inbox.trim()

          const entries = inbox.entries()
          const mids = entries.map(({ mid }) => mid)
          expect(mids).toEqual([...mids].sort((a, b) => a - b))
          expect(mids.some((mid) => acknowledged.has(mid))).toBe(false)
          expect(entries.filter((entry) => entry.message).length).toBeLessThanOrEqual(8 + 4)
          expect(entries.every((entry) => entry.message || entry.key !== undefined)).toBe(true)
          expect(inbox.bytes).toBe(entries.reduce((sum, entry) => sum + 128 + 2 * (entry.message?.text.length ?? 0), 0))
          expect(inbox.keyedSize).toBe(inbox.keys().size)
        }
      }),
    )
  })
})

describe('the total of many inboxes', () => {
  it('is their sum, stays below its limit, and does not affect those with little', () => {
    const step = fc.record({ inbox: fc.nat(3), do: fc.constantFrom('add', 'acknowledge', 'keep', 'close'), length: fc.nat(400), mid: fc.nat(12), isSent: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const total = new Waiting(4_000)
        const inboxes = Array.from({ length: 4 }, () => new Inbox())
        for (const inbox of inboxes) inbox.countIn(total)
        const open = new Set(inboxes)
        let keys = 0
        for (const { inbox: index, do: action, length, mid, isSent } of steps) {
          const inbox = inboxes[index]!
          const entry = inbox.entries().find((other) => other.mid === mid)
          if (action === 'add') inbox.add(message('x'.repeat(length)), { isSent })
          if (action === 'acknowledge') inbox.acknowledge(mid)
          if (action === 'keep' && entry) inbox.keep(entry, `k${keys++}`)
          if (action === 'close' && length < 20) {
            inbox.close()
            open.delete(inbox)
          }
          expect(total.bytes).toBe([...open].reduce((sum, { bytes }) => sum + bytes, 0))
          const texts = [...open].reduce((sum, { textBytes }) => sum + textBytes, 0)
          expect(texts === 0 || total.bytes <= 4_000).toBe(true)
        }
      }),
    )
    const total = new Waiting(4_000)
    const [small, large] = [new Inbox(), new Inbox()]
    for (const inbox of [small, large]) inbox.countIn(total)
    small.add(message('small'))
    for (let i = 0; i < 20; i++) large.add(message('x'.repeat(400)))
    expect(small.size).toBe(1)
    expect(large.entries().at(-1)?.mid).toBe(20)
  })
})
