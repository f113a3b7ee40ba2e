import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NoticeBody } from '@/src/kinds/notice/spec'
import { NOTICE_NAMES_MAX, NOTICE_WINDOW_MS, gather, gathersInto, type MemberEvent } from '@/src/kinds/notice/gather'
import { message, notice } from '../chat/messages'

/** `+carol` joined, `-carol` left. */
function event(word: string): MemberEvent {
  return { kind: word.startsWith('+') ? 'joined' : 'left', uid: word.slice(1) }
}
function gathered(...words: string[]): NoticeBody | undefined {
  return words.map(event).reduce<NoticeBody | undefined>(gather, undefined)
}
const body = (joined: string[], left: string[], joinedCount = joined.length, leftCount = left.length) => ({ kind: 'notice', joined, left, joinedCount, leftCount })

describe('gather', () => {
  it.each<[string[], ReturnType<typeof body>]>([
    [['+carol'], body(['carol'], [])],
    [['-carol'], body([], ['carol'])],
    [['+carol', '+dave', '-erin'], body(['carol', 'dave'], ['erin'])],
    // The last event counts.
    [['+carol', '-carol'], body([], ['carol'])],
    [['-carol', '+carol'], body(['carol'], [])],
    [['+carol', '-carol', '+carol', '-carol'], body([], ['carol'])],
    [['+carol', '+dave', '-carol'], body(['dave'], ['carol'])],
    // Reported twice.
    [['+carol', '+carol'], body(['carol'], [])],
    // More than the named ones.
    [['+a', '+b', '+c', '+d', '+e'], body(['a', 'b', 'c'], [], 5)],
    [['+a', '+b', '+c', '+d', '-a'], body(['b', 'c'], ['a'], 3)],
    [['+__proto__', '-constructor'], body(['__proto__'], ['constructor'])],
  ])('%j', (words, expected) => {
    expect(gathered(...words)).toEqual(expected)
  })

  it('returns the same notice if nothing is new', () => {
    const before = gathered('+carol')
    expect(gather(before, event('+carol'))).toBe(before)
  })

  it('counts exactly while every user has one event, however many there are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 30 }), fc.infiniteStream(fc.boolean()), (uids, joins) => {
        const events = uids.map((uid): MemberEvent => ({ kind: joins.next().value ? 'joined' : 'left', uid }))
        const notice = events.reduce<NoticeBody | undefined>(gather, undefined)
        const names = (kind: MemberEvent['kind']) => events.filter((one) => one.kind === kind).map(({ uid }) => uid)
        expect(notice).toEqual(body(names('joined').slice(0, NOTICE_NAMES_MAX), names('left').slice(0, NOTICE_NAMES_MAX), names('joined').length, names('left').length))
      }),
    )
  })

  it('knows the state of each user while there are few', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('+a', '-a', '+b', '-b', '+c', '-c'), { minLength: 1, maxLength: 30 }), (words) => {
        const last = new Map(words.map((word) => [word.slice(1), word.startsWith('+')]))
        const notice = gathered(...words)
        expect(new Set(notice?.joined)).toEqual(new Set([...last].filter(([, isIn]) => isIn).map(([uid]) => uid)))
        expect(new Set(notice?.left)).toEqual(new Set([...last].filter(([, isIn]) => !isIn).map(([uid]) => uid)))
        expect(notice).toMatchObject({ joinedCount: notice?.joined.length, leftCount: notice?.left.length })
      }),
    )
  })
})

describe('gathersInto', () => {
  it.each([
    [notice(3, { at: 1_000 }), 1_000, true],
    [notice(3, { at: 1_000 }), 1_000 + NOTICE_WINDOW_MS - 1, true],
    [notice(3, { at: 1_000 }), 1_000 + NOTICE_WINDOW_MS, false],
    [notice(3, { at: 1_000 }), 999, false],
    [message(3, { at: 1_000 }), 1_000, false],
    [undefined, 1_000, false],
  ])('%j at %i: %s', (last, now, expected) => {
    expect(gathersInto(last, now)).toBe(expected)
  })
})
