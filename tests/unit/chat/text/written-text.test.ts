import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { characterEnd, cleanText, closeBidi, cutText, foldedText, isBlank, isolated, lineOf, oneLine, shownText } from '@/src/chat/text/written-text'

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
    // Closing the isolate closes everything opened in it, and nothing outside.
    ['\u202a\u2066\u202bx\u2069', '\u202a\u2066\u202bx\u2069\u202c'],
    // A pop within an isolate does not reach outside.
    ['\u202e\u2066\u202c', '\u202e\u2066\u202c\u2069\u202c'],
    ['\u202c\u2069\u202ex', '\u202c\u2069\u202ex\u202c'],
    // A paragraph ends it by itself.
    ['\u202eabc\ndef', '\u202eabc\ndef'],
    ['\u202eabc\n\u202ddef', '\u202eabc\n\u202ddef\u202c'],
  ])('%j becomes %j', (text, expected) => {
    expect(closeBidi(text)).toBe(expected)
  })

  it('only adds, and only once', () => {
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
    ['a\u2028b\u2029c', 'a\nb\nc'],
    ['C:\\new\\\\x\\', 'C:\\new\\\\x\\'],
    ['&lt;b&gt; &amp;nbsp; <br>', '&lt;b&gt; &amp;nbsp; <br>'],
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

  it('twenty of them fit into one setData call, whatever their text', () => {
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

describe('isBlank', () => {
  const UNSEEN = ['', ' \t\n\u3000\u00a0', '\u200b', '\ufeff', '\u200d\u200c\u2060', '\u00ad', '\u034f\u061c', '\u115f\u1160\u3164\uffa0', '\u2800', '\ufe0f\u{e0100}\u{e0041}', '\u0000\u001b\u0085', '\u202e\u2067\u2069', '\u{1d173}', '\ufff9\ufffb', '\u2028\r\n']
  it.each([...UNSEEN, UNSEEN.join('')])('of %j is true', (text) => {
    expect(isBlank(text)).toBe(true)
  })

  it.each(['.', '\u200bx', '👩\u200d👧', '❤\ufe0f', '\u0301', '\ud800', '𠮷', '🇮🇱', 'ש'])('of %j is false', (text) => {
    expect(isBlank(text)).toBe(false)
    expect(isBlank(`${UNSEEN.join('')}${text}`)).toBe(false)
  })

  it('matches Unicode’s invisible characters', () => {
    const unseen = /[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}]/u
    for (let code = 0; code <= 0xe0fff; code++) {
      const character = String.fromCodePoint(code)
      if (unseen.test(character)) expect(isBlank(character), `U+${code.toString(16)}`).toBe(true)
      else if (isBlank(character)) expect([0x2800, 0xfff9, 0xfffa, 0xfffb], `U+${code.toString(16)}`).toContain(code)
    }
  })
})

describe('lineOf', () => {
  it.each([
    ['\u200b\ufeff', ''],
    ['a\n\tb', 'a b'],
    ['C:\\new', 'C:\\new'],
    ['1234567890123', '123456789…'],
    // The visible text comes late.
    [`${'\u200b'.repeat(30)}late`, 'late'],
    // The marks that give a line its direction stay.
    ['\u200f(a)', '\u200f(a)'],
  ])('of %j is %j', (text, expected) => {
    expect(lineOf(text, 10)).toBe(expected)
  })
})

describe('isolated', () => {
  it.each(['שלום', 'a: مرحبا', '\u200fa', 'ﻼ', '𐤀', '𞤀'])('puts %j between isolates', (text) => {
    expect(isolated(text)).toBe(`\u2068${text}\u2069`)
  })
  it.each(['', 'hello', '你好 👋🏽', 'Ωμέγα', 'हिन्दी', '한국어'])('leaves %j as it is', (text) => {
    expect(isolated(text)).toBe(text)
  })
})

describe('foldedText', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, n) => `line ${n}`).join('\n')
  it.each([
    ['of 39 lines', lines(39)],
    ['of 39 lines and a line break', `${lines(39)}\n`],
    ['of 3,999 characters', '好'.repeat(3_999)],
    ['of nothing', ''],
  ])('leaves a text %s whole', (_what, text) => {
    expect(foldedText(text)).toBeUndefined()
  })

  it.each([
    ['40 lines', lines(40)],
    ['2,500 lines', lines(2_500)],
    ['old line ends', lines(40).replace(/\n/g, '\r')],
    ['line separators', lines(40).replace(/\n/g, '\u2028')],
  ])('shows the first 20 lines of %s', (_what, text) => {
    expect(foldedText(text)).toBe(lines(20))
  })

  it.each(['a', '好', '👍', 'e\u0301', '👨‍👩‍👧‍👦', '🇮🇱'])('shows whole characters of a long line of %s', (character) => {
    const shown = foldedText(character.repeat(4_000)) ?? ''
    expect(shown.length).toBeGreaterThan(950)
    expect(shown.length).toBeLessThanOrEqual(1_000)
    expect(shown).toBe(character.repeat(shown.length / character.length))
  })

  it('closes what it leaves open', () => {
    expect(foldedText(`\u202e${'x'.repeat(5_000)}\u202c`)).toBe(`\u202e${'x'.repeat(999)}\u202c`)
  })

  it('is the beginning of the shown text, for any long text', () => {
    const unit = fc.constantFrom('a', '\n', '\u2028', '\u0001', '👍', '\u0301', 'ש', '\\')
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 80 }), fc.integer({ min: 1, max: 300 }), (units, times) => {
        const text = units.join('').repeat(times)
        const shown = foldedText(text)
        if (shown !== undefined) expect(shownText(text).startsWith(shown)).toBe(true)
        else expect(shownText(text).length).toBeLessThan(4_000)
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
  it('advances in any text, and not past its end', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('\u200d', '\u0301', '\ud83d', 'a', '🇨') })), (text) => {
        for (let at = 0; at < text.length; at = characterEnd(text, at)) expect(characterEnd(text, at)).toBeGreaterThan(at)
        expect(characterEnd(text, Math.max(0, text.length - 1))).toBeLessThanOrEqual(text.length)
      }),
    )
  })
})
