import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AVATAR_COLORS, avatarColor, displayId, initial } from '@/src/chat/text/names'

describe('initial', () => {
  it.each([
    ['alice', 'A'],
    ['Bob', 'B'],
    ['42', '4'],
    ['__proto__', '_'],
    ['..', '.'],
    [' carol', 'C'],
    ['小明', '小'],
    ['👨‍👩‍👧 family', '👨‍👩‍👧'],
    ['e\u0301milie', 'E\u0301'],
    ['\u202eevil', 'E'],
    ['', '?'],
    ['   ', '?'],
    ['\u200b\ufeff', '?'],
  ])('of %j is %j', (id, expected) => {
    expect(initial(id)).toBe(expected)
  })
})

describe('avatarColor', () => {
  it('is one of the colours, for any id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        expect(avatarColor(id)).toBeGreaterThanOrEqual(0)
        expect(avatarColor(id)).toBeLessThan(AVATAR_COLORS)
        expect(Number.isInteger(avatarColor(id))).toBe(true)
      }),
    )
  })

  it('stays the same from version to version', () => {
    expect(['alice', 'bob', 'carol', '__proto__', 'general'].map(avatarColor)).toEqual([3, 2, 6, 5, 7])
  })

  it('uses all colours for similar ids', () => {
    const used = new Set(Array.from({ length: 64 }, (_, i) => avatarColor(`user${i}`)))
    expect(used.size).toBe(AVATAR_COLORS)
  })
})

describe('displayId', () => {
  it.each([
    ['alice', 'alice'],
    ['a:b', 'a:b'],
    ['100%', '100%'],
    ['anna maria', 'anna maria'],
    ['alice ', 'alice␣'],
    [' alice', '␣alice'],
    ['a  b', 'a␣␣b'],
    [' ', '␣'],
    ['a\u202eb', 'ab'],
    ['a\nb\n', 'a␣b␣'],
    ['a\tb', 'a␣b'],
    ['a\u2028b', 'a␣b'],
    ['', '?'],
    ['\u200b', '?'],
    ['x'.repeat(70), `${'x'.repeat(63)}…`],
  ])('of %j is %j', (id, expected) => {
    expect(displayId(id)).toBe(expected)
  })

  it('tells any two legal ids apart', () => {
    const id = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 6 })
    fc.assert(fc.property(id, id, (a, b) => void expect(displayId(a) === displayId(b)).toBe(a === b)))
  })
})
