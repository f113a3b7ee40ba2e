import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { EMOJIS_MAX, KEPT_MAX, KEPT_OWN_MAX, OWN_EMOJIS_MAX, REACTORS_MAX, REVISION_MAX, joined, parseChanges, shownReactions, type MessageChanges, type Reaction } from '@/src/chat/message/message-changes'
import { mayAmend, parseAmendment } from '@/src/chat/message/amendment'

const stamp = fc.record({ rev: fc.nat({ max: 3 }), at: fc.nat({ max: 3 }), id: fc.constantFrom('a', 'b', 'c') })
const change: fc.Arbitrary<MessageChanges> = fc.oneof(
  stamp.map((each): MessageChanges => ({ edit: { ...each, text: `${each.rev} ${each.at} ${each.id}` } })),
  stamp.map((each): MessageChanges => ({ recall: each })),
  fc
    .record({ stamp, by: fc.constantFrom('ann', 'ben', '__proto__'), emoji: fc.constantFrom('👍', '❤️', '1️⃣') })
    // One id is one envelope: what it says follows from it.
    .map(({ stamp: each, by, emoji }): MessageChanges => ({ reactions: [{ ...each, by, emoji, on: (each.rev + each.at) % 2 === 0 }] })),
  fc.constant<MessageChanges>({ deleted: true }),
)
const all = (changes: readonly MessageChanges[]) => changes.reduce<MessageChanges | undefined>(joined, undefined)
const reaction = (by: string, emoji: string, more: Partial<Reaction> = {}): MessageChanges => ({ reactions: [{ rev: 1, at: 1, id: 'r', by, emoji, on: true, ...more }] })

describe('changes of a message', () => {
  it('end in one state in any order, joined one by one or in groups, and however often', () => {
    const changes = fc.array(change, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(changes, fc.infiniteStream(fc.nat()), fc.nat(), (given, random, cut) => {
        const shuffled = [...given, ...given].map((each) => [random.next().value, each] as const).sort(([a], [b]) => a - b).map(([, each]) => each)
        const at = 1 + (cut % shuffled.length)
        const [first, second] = [all(shuffled.slice(0, at)), all(shuffled.slice(at))]
        expect(all(shuffled)).toEqual(all(given))
        expect(second ? joined(first, second) : first).toEqual(all(given))
      }),
      { numRuns: 2_000 },
    )
  })

  it('stay the same object if nothing changes', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (given) => {
        const state = all(given)!
        for (const each of given) expect(joined(state, each)).toBe(state)
        expect(joined(state, state)).toBe(state)
      }),
    )
  })

  it('are decided by revision, then by time, then by id', () => {
    const edit = (rev: number, at: number, id: string): MessageChanges => ({ edit: { rev, at, id, text: id } })
    expect(joined(edit(2, 0, 'a'), edit(1, 9, 'z'))).toEqual(edit(2, 0, 'a'))
    expect(joined(edit(1, 2, 'a'), edit(1, 1, 'z'))).toEqual(edit(1, 2, 'a'))
    expect(joined(edit(1, 1, 'a'), edit(1, 1, 'b'))).toEqual(edit(1, 1, 'b'))
  })

  const emojis = Array.from({ length: EMOJIS_MAX + 5 }, (_, n) => String.fromCodePoint(0x1f600 + n))
  const users = (count: number) => Array.from({ length: count }, (_, n) => `user${String(n).padStart(4, '0')}`)
  const shown = (given: readonly MessageChanges[]) => shownReactions(all(given) ?? {})

  it('keep within their limits the same reactions in any order', () => {
    const own = emojis.map((emoji) => reaction('ann', emoji))
    const given = [...own, ...users(REACTORS_MAX + 5).map((by) => reaction(by, emojis[0]!))]
    const kept = all(given)?.reactions ?? []
    expect(kept.filter(({ by }) => by === 'ann').map(({ emoji }) => emoji)).toEqual(emojis.slice(0, KEPT_OWN_MAX))
    expect(all([...given].reverse())?.reactions).toEqual(kept)
    expect(shown(given)).toEqual(shown([...given].reverse()))
    expect(shown(given).map(({ emoji }) => emoji)).toEqual(emojis.slice(0, OWN_EMOJIS_MAX))
    expect(shown(given)[0]?.by).toHaveLength(REACTORS_MAX)
  })

  it('never hold more than a number of reactions, in any order', () => {
    const given = users(KEPT_MAX / KEPT_OWN_MAX + 5).map((by): MessageChanges => ({ reactions: emojis.slice(0, KEPT_OWN_MAX).map((emoji) => ({ rev: 1, at: 1, id: 'r', by, emoji, on: true })) }))
    const kept = all(given)
    expect(kept?.reactions).toHaveLength(KEPT_MAX)
    expect(all([...given].reverse())).toEqual(kept)
  })

  it('end in one state at their limits too, joined one by one or in groups', () => {
    const many = fc.array(fc.tuple(fc.constantFrom('ann', 'ben', 'cid'), fc.nat({ max: emojis.length - 1 }), stamp), { minLength: 60, maxLength: 120 })
    fc.assert(
      fc.property(many, fc.nat(), (tuples, cut) => {
        const given = tuples.map(([by, n, each]) => reaction(by, emojis[n]!, { ...each, on: (each.rev + each.at) % 2 === 0 }))
        const at = 1 + (cut % (given.length - 1))
        expect(joined(all(given.slice(at)), all(given.slice(0, at))!)).toEqual(all(given))
        expect(all([...given].reverse())).toEqual(all(given))
      }),
      { numRuns: 100 },
    )
  })

  it('show what others reacted, however many emojis one user adds', () => {
    const last = emojis.at(-1)!
    const flood = emojis.slice(0, -1).map((emoji) => reaction('mallory', emoji))
    for (const given of [[reaction('bob', last), ...flood, reaction('carol', last)], [...flood, reaction('bob', last), reaction('carol', last)]]) {
      expect(shown(given).find(({ emoji }) => emoji === last)?.by).toEqual(['bob', 'carol'])
      expect(shown(given).filter(({ by }) => by.includes('mallory'))).toHaveLength(OWN_EMOJIS_MAX)
    }
  })

  it('show of too many emojis those that most users have', () => {
    const last = emojis.at(-1)!
    const flood = emojis.slice(0, -1).map((emoji, n) => reaction(`sock${Math.floor(n / OWN_EMOJIS_MAX)}`, emoji))
    const given = [...flood, reaction('bob', last), reaction('carol', last)]
    expect(shown(given)).toHaveLength(EMOJIS_MAX)
    expect(shown(given).find(({ emoji }) => emoji === last)?.by).toEqual(['bob', 'carol'])
  })

  it('free a place when one is removed', () => {
    const own = emojis.slice(0, 6).map((emoji) => reaction('ann', emoji))
    expect(shown([...own, reaction('ann', emojis[0]!, { rev: 2, on: false })]).map(({ emoji }) => emoji)).toEqual(emojis.slice(1, 6))
  })

  it('come back from a disk, and nothing else does', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (given) => {
        const state = all(given)!
        expect(parseChanges(JSON.parse(JSON.stringify(state)))).toEqual(state)
      }),
    )
    fc.assert(fc.property(fc.anything(), (value) => void parseChanges(value)))
    for (const wrong of [undefined, null, [], 'x', {}, { edit: { rev: 1, at: 1, id: 'e' } }, { recall: { rev: -1, at: 1, id: 'e' } }, { deleted: 1 }, { reactions: [{ rev: 1, at: 1, id: 'r', by: 'ann', emoji: 'OK', on: true }] }]) {
      expect(parseChanges(wrong), JSON.stringify(wrong)).toBeUndefined()
    }
    expect(parseChanges({ edit: 7, recall: { rev: 1, at: 1, id: 'c' } })).toEqual({ recall: { rev: 1, at: 1, id: 'c' } })
  })
})

it('puts each reaction that comes back from a disk in its place once', () => {
  const reactions = Array.from({ length: 200 }, (_, n): Reaction => ({ rev: 1, at: 1, id: 'r', by: `user${String(n).padStart(4, '0')}`, emoji: '👍', on: true }))
  // The first call builds the table of emojis.
  parseChanges({ reactions })
  const places = vi.spyOn(Map.prototype, 'set')
  try {
    expect(parseChanges({ reactions: [...reactions].reverse() })).toEqual({ reactions })
    expect(places.mock.calls.length).toBeLessThanOrEqual(2 * reactions.length)
  } finally {
    places.mockRestore()
  }
})

describe('an envelope that changes a message', () => {
  const envelope = (kind: string, more: object = {}) => JSON.stringify({ v: 1, id: 'x1', kind, target: { id: 'm1' }, rev: 3, at: 5, quiet: true, ...more })
  const named = { rev: 3, at: 5, id: 'x1' }

  it.each<[string, string, MessageChanges]>([
    ['an edit', envelope('edit', { text: 'new' }), { edit: { ...named, text: 'new' } }],
    ['an edit with mentions', envelope('edit', { text: 'new', mentions: ['ann', '', 7, '*'] }), { edit: { ...named, text: 'new', mentions: ['ann', '*'] } }],
    ['a recall', envelope('recall'), { recall: named }],
    ['a reaction', envelope('reaction', { emoji: '👍', on: false, by: 'mallory' }), { reactions: [{ ...named, by: 'bob', emoji: '👍', on: false }] }],
  ])('%s is read', (_what, raw, changes) => {
    expect(parseAmendment(raw, 'bob')).toEqual({ target: { from: 'bob', id: 'm1' }, changes })
  })

  it('names the author of its target, else its sender is', () => {
    expect(parseAmendment(envelope('recall', { target: { from: 'ann', id: 'm1' } }), 'bob')).toMatchObject({ target: { from: 'ann', id: 'm1' } })
  })

  it('is kept whole if it holds more than this version knows', () => {
    const raw = envelope('edit', { text: 'new', style: 'bold' })
    expect(parseAmendment(raw, 'bob')).toMatchObject({ changes: { edit: { text: 'new', raw } } })
  })

  it('of a later version waits for that version', () => {
    expect(parseAmendment('{"v":2,"id":"x1","kind":"recall","quiet":true}', 'bob')).toBe('later')
  })

  it.each([
    envelope('edit'),
    envelope('edit', { text: 7 }),
    envelope('recall', { rev: REVISION_MAX }),
    envelope('recall', { rev: 0.5 }),
    envelope('recall', { rev: -1 }),
    envelope('recall', { at: '5' }),
    envelope('recall', { id: 'with space' }),
    envelope('recall', { target: 'm1' }),
    envelope('recall', { target: { id: '' } }),
    envelope('recall', { target: { id: 'm1', from: 'not/*valid' } }),
    envelope('reaction', { emoji: 'ok', on: true }),
    envelope('reaction', { emoji: '👍'.repeat(11), on: true }),
    envelope('reaction', { emoji: '👍' }),
    envelope('unknown'),
    'no json',
    '[]',
  ])('is nothing if it is malformed: %s', (raw) => {
    expect(parseAmendment(raw, 'bob')).toBeUndefined()
  })

  it('counts only from the author for the words and the recall, and from everyone for a reaction', () => {
    const edit = { edit: { ...named, text: 'x' } }
    expect([mayAmend(edit, 'bob', 'bob'), mayAmend(edit, 'mallory', 'bob')]).toEqual([true, false])
    expect([mayAmend({ recall: named }, 'bob', 'bob'), mayAmend({ recall: named }, 'mallory', 'bob')]).toEqual([true, false])
    expect(mayAmend(reaction('mallory', '👍'), 'mallory', 'bob')).toBe(true)
  })
})
