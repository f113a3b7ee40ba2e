import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { characterEnd, cleanText, closeBidi, cutText, oneLine, shownText } from '@/src/chat/text'

describe('cleanText', () => {
  it.each([
    ['plain', 'plain'],
    ['tab\tand\nline', 'tab\tand\nline'],
    ['a\u202egnp.exe', 'agnp.exe'],
    ['\u2066a\u2069\u202ab\u202c', 'ab'],
    ['a\u0000b\u001bc\u007fd\u0085e\r', 'abcde'],
    ['مرحبا 👋🏽', 'مرحبا 👋🏽'],
    ['\ud800a\udc00', '\ufffda\ufffd'],
  ])('%j becomes %j', (text, expected) => {
    expect(cleanText(text)).toBe(expected)
  })

  it('leaves no control and no lone surrogate in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- control characters are what it is about
        expect(cleanText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
        expect(() => encodeURIComponent(cleanText(text))).not.toThrow()
      }),
    )
  })
})

describe('oneLine', () => {
  it('collapses white space of every kind', () => {
    expect(oneLine('  a\r\n\tb\u2028c\u3000 d ')).toBe('a b c d')
    expect(oneLine('a\u0000\u202e')).toBe('a')
    expect(oneLine('a \u2067 b\rc')).toBe('a b c')
    expect(oneLine(' \n ')).toBe('')
  })
})

describe('closeBidi', () => {
  it.each([
    ['plain', 'plain'],
    ['\u202eabc', '\u202eabc\u202c'],
    ['\u202eabc\u202c', '\u202eabc\u202c'],
    ['\u2067abc', '\u2067abc\u2069'],
    ['\u202a\u2066\u202bx', '\u202a\u2066\u202bx\u202c\u2069\u202c'],
    // closing the isolate closes what was opened in it, and nothing outside
    ['\u202a\u2066\u202bx\u2069', '\u202a\u2066\u202bx\u2069\u202c'],
    // a pop within an isolate does not reach outside
    ['\u202e\u2066\u202c', '\u202e\u2066\u202c\u2069\u202c'],
    ['\u202c\u2069\u202ex', '\u202c\u2069\u202ex\u202c'],
    // a paragraph ends it by itself
    ['\u202eabc\ndef', '\u202eabc\ndef'],
    ['\u202eabc\n\u202ddef', '\u202eabc\n\u202ddef\u202c'],
  ])('%j becomes %j', (text, expected) => {
    expect(closeBidi(text)).toBe(expected)
  })

  it('only adds, and once', () => {
    const marked = fc.string({ unit: fc.constantFrom('a', '\n', '\u202a', '\u202c', '\u202e', '\u2066', '\u2067', '\u2069') })
    fc.assert(
      fc.property(marked, (text) => {
        expect(closeBidi(text).startsWith(text)).toBe(true)
        expect(closeBidi(closeBidi(text))).toBe(closeBidi(text))
      }),
    )
  })
})

describe('shownText', () => {
  it.each([
    ['两行\n\t"quoted" \\', '两行\n\t"quoted" \\'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['a\u0000\u0001b\u007f\u0085', 'ab'],
    ['\u202eabc', '\u202eabc\u202c'],
    ['\ud800x👍', '\ufffdx👍'],
  ])('%j is shown as %j', (text, expected) => {
    expect(shownText(text)).toBe(expected)
  })

  const LARGEST = 32_768
  it.each([
    ['letters', 'x'.repeat(LARGEST)],
    ['characters', '好'.repeat(LARGEST / 3)],
    ['pairs', '👍'.repeat(LARGEST / 4)],
    ['lines', 'eleven chars\n'.repeat(LARGEST / 13)],
  ])('a message of nothing but %s is shown whole', (_what, text) => {
    expect(shownText(text)).toBe(text)
  })

  it('twenty of them fit into what is handed to the screen at once, whatever is in them', () => {
    const units = fc.constantFrom('"', '\\', '\n', '\u0001', '\ud800', '\u202e', '\u2066', '👍', '好', 'a', '\u0301')
    const text = fc.tuple(units, units, fc.nat({ max: LARGEST })).map(([a, b, at]) => a.repeat(at) + b.repeat(LARGEST - at))
    fc.assert(
      fc.property(text, (text) => {
        const shown = shownText(text)
        expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(1024 * 1024 / 20 - 256)
        expect(() => encodeURIComponent(shown)).not.toThrow()
      }),
      { numRuns: 200 },
    )
  })
})

describe('cutText', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one too many', 11, 'one too ma…'],
    ['abc👍def', 5, 'abc…'],
    ['abc👍def', 6, 'abc👍…'],
    ['ab👨‍👩‍👧‍👦c', 8, 'ab…'],
    ['ab👍🏽cdef', 6, 'ab…'],
    ['ab🇨🇳cdef', 5, 'ab…'],
    ['abe\u0301fgh', 4, 'ab…'],
    ['ab❤️cdef', 4, 'ab…'],
    ['a' + '\u0301'.repeat(100), 10, '…'],
  ])('%j at %i becomes %j', (text, max, expected) => {
    expect(cutText(text, max)).toBe(expected)
  })

  it('never exceeds the limit and never splits a surrogate pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (text, max) => {
        const cut = cutText(text, max)
        expect(cut.length).toBeLessThanOrEqual(max)
        expect(() => encodeURIComponent(cut)).not.toThrow()
        expect(cut === text || text.startsWith(cut.slice(0, -1))).toBe(true)
      }),
    )
  })
})

describe('characterEnd', () => {
  it('moves on in any text, and not past its end', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('\u200d', '\u0301', '\ud83d', 'a', '🇨') })), (text) => {
        for (let at = 0; at < text.length; at = characterEnd(text, at)) expect(characterEnd(text, at)).toBeGreaterThan(at)
        expect(characterEnd(text, Math.max(0, text.length - 1))).toBeLessThanOrEqual(text.length)
      }),
    )
  })
})
