import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMOJI_GROUPS, emojisOf, inTones } from '@/src/chat/emoji/emojis'
import { graphemeStart } from '@/src/chat/text/grapheme'

const emojis = EMOJI_GROUPS.flatMap((group) => emojisOf(group)).flatMap((emoji) => [emoji, ...inTones(emoji)])

/** The characters of `text`, deleted one by one from its end. */
function deleted(text: string): string[] {
  const found: string[] = []
  for (let end = text.length; end > 0; ) {
    const start = graphemeStart(text, end)
    found.unshift(text.slice(start, end))
    end = start
  }
  return found
}

describe('a backspace deletes', () => {
  it('each emoji of the table as one character', () => {
    for (const emoji of emojis) expect(deleted(`a${emoji}`)).toEqual(['a', emoji])
  })

  it.each([
    ['one letter', 'ab', ['a', 'b']],
    ['one Chinese character', '你好', ['你', '好']],
    ['a rare Chinese character', '𠮷野', ['𠮷', '野']],
    ['a letter with its accents', 'e\u0301\u0323x', ['e\u0301\u0323', 'x']],
    ['a line break of two characters', 'a\r\n', ['a', '\r\n']],
    ['half of a pair that is alone', 'a\ud83d', ['a', '\ud83d']],
    ['one flag of many', '🇨🇳🇺🇸🇯🇵', ['🇨🇳', '🇺🇸', '🇯🇵']],
    ['the letter that is left of a flag', '🇨🇳🇺', ['🇨🇳', '🇺']],
    ['a family, not its last member', '👨‍👩‍👧‍👦👦', ['👨‍👩‍👧‍👦', '👦']],
    ['a long run of flags', '🇨🇳'.repeat(40), Array.from({ length: 40 }, () => '🇨🇳')],
  ])('%s', (_what, text, characters) => {
    expect(deleted(text)).toEqual(characters)
  })

  it('nothing at the beginning', () => {
    expect(graphemeStart('👍', 0)).toBe(0)
    expect(graphemeStart('', 0)).toBe(0)
  })

  it('emojis one by one, in any row', () => {
    const part = fc.oneof(fc.constantFrom(...emojis), fc.constantFrom('a', '你', ' ', '\n', '1'))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        expect(deleted(parts.join(''))).toEqual(parts)
      }),
    )
  })

  it('always something, and less than a screen, of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (text) => {
        for (let end = text.length; end > 0; ) {
          const start = graphemeStart(text, end)
          expect(start).toBeLessThan(end)
          expect(end - start).toBeLessThanOrEqual(64)
          end = start
        }
      }),
    )
  })
})
