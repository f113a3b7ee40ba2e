import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SEEN_MAX, SeenMessages, seenKey } from '@/src/chat/message/duplicates'
import { notice, text } from '../messages'

const rich = (id: string) => ({ kind: 'message', id, body: { kind: 'text', text: 'hi' } }) as const
const plain = (words: string) => ({ kind: 'message', body: { kind: 'text', text: words } }) as const

describe('seenKey', () => {
  it('tells sender and id apart wherever the boundary is', () => {
    expect(seenKey('ab', rich('c'), 0)).not.toBe(seenKey('a', rich('bc'), 0))
    expect(seenKey('a', rich('1:b'), 0)).not.toBe(seenKey('a1:', rich('b'), 0))
    expect(seenKey('a:b', rich('c'), 0)).not.toBe(seenKey('a', rich('b:c'), 0))
    expect(seenKey('alice', rich('1'), 0)).not.toBe(seenKey('Alice', rich('1'), 0))
  })

  it('does not depend on the time of a message with an id', () => {
    expect(seenKey('bob', rich('1'), 1)).toBe(seenKey('bob', rich('1'), 2))
  })

  it('is the same for two messages only if sender and id are', () => {
    // One and the same string, cut in two places.
    const whole = fc.string({ unit: fc.constantFrom('a', '1', '2', ':'), minLength: 3, maxLength: 12 })
    fc.assert(
      fc.property(whole, fc.nat(), fc.nat(), (letters, a, b) => {
        const pair = (cut: number) => [letters.slice(0, cut), letters.slice(cut)] as const
        const [[from, id], [otherFrom, otherId]] = [pair(1 + (a % (letters.length - 1))), pair(1 + (b % (letters.length - 1)))]
        expect(seenKey(from, rich(id), 0) === seenKey(otherFrom, rich(otherId), 0)).toBe(from === otherFrom)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is the same for two bare texts only if sender, time and text are', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '1', ':', 'p'), minLength: 1, maxLength: 4 })
    const time = fc.nat({ max: 12 })
    fc.assert(
      fc.property(name, time, name, name, time, name, (from, ts, words, otherFrom, otherTs, otherWords) => {
        const same = from === otherFrom && ts === otherTs && words === otherWords
        expect(seenKey(from, plain(words), ts) === seenKey(otherFrom, plain(otherWords), otherTs)).toBe(same)
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not hold on to a large text', () => {
    expect(seenKey('bob', plain('x'.repeat(30_000)), 1).length).toBeLessThan(100)
  })
})

describe('SeenMessages', () => {
  it('recognises a message from the second time on', () => {
    const seen = new SeenMessages()
    expect(seen.add('a')).toBe(true)
    expect(seen.has('a')).toBe(true)
    expect(seen.add('a')).toBe(false)
  })

  it('remembers the most recent ones only', () => {
    const seen = new SeenMessages(3)
    for (const key of ['a', 'b', 'c', 'a', 'd']) seen.add(key)
    expect(['a', 'b', 'c', 'd'].filter((key) => seen.has(key))).toEqual(['a', 'c', 'd'])
  })

  it('has its own limit', () => {
    const seen = new SeenMessages()
    for (let i = 0; i <= SEEN_MAX; i++) seen.add(String(i))
    expect([seen.has('0'), seen.has('1'), seen.has(String(SEEN_MAX))]).toEqual([false, true, true])
  })

  it('recognises after a restart the messages of the log, received by either wire', () => {
    const seen = new SeenMessages()
    seen.addLogged([text(0, 'hello', { id: 'made-here', from: 'bob', at: 77 }), notice(1)])
    expect(seen.has(seenKey('bob', plain('hello'), 77))).toBe(true)
    expect(seen.has(seenKey('bob', plain('hello'), 78))).toBe(false)
    expect(seen.has(seenKey('carol', plain('hello'), 77))).toBe(false)
    // An id is looked for in the log itself.
    expect(seen.has(seenKey('bob', rich('made-here'), 99))).toBe(false)
  })
})
