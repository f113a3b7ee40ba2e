import { describe, expect, it } from 'vitest'
import { isBlank, unseenCharacter } from '@/src/chat/text/written-text'
import { FIELD_MAX_LENGTH, FIELD_MAX_LINES, fitsField, insertedText, withoutEdgeSpaces } from '@/src/chat/text/typed-text'

describe('a blank text', () => {
  it.each([
    '', ' ', '\t\r\n', '\u00a0', '\u3000', '\u200b', '\ufeff', '\u2060', '\u200d\u200c', '\u00ad', '\u034f', '\u061c', '\u115f\u1160', '\u3164', '\uffa0', '\u17b4', '\u180b\u180e',
    '\u202a\u202c', '\u2066\u2069', '\u2800', '\ufe0f', '\u{e0001}\u{e007f}', '\u{e0100}', '\u{1d173}', '\u{1bca0}', '\u0000\u0007\u007f', ' \u200b\n\ufeff ',
  ])('%j has no visible character', (text) => {
    expect(isBlank(text)).toBe(true)
    expect(isBlank(`${text}.${text}`)).toBe(false)
  })

  it.each(['a', '。', '0', '👨‍👩‍👧', '❤️', '🏴\u{e0067}\u{e0062}\u{e007f}', '\u0301', '\ud800', '\udb40', '\ufffd', '\u200bא', '\\'])('%j is not blank', (text) => {
    expect(isBlank(text)).toBe(false)
  })

  it('may be as long as a field allows', () => {
    expect(isBlank(' \u200b'.repeat(65_536))).toBe(true)
    expect(isBlank(`${'\u{e0100}'.repeat(65_536)}x`)).toBe(false)
  })
})

it.each([
  ['bob', undefined], ['b ob ', undefined], ['bob\u200b', 'U+200B'], ['\u00a0bob', 'U+00A0'], ['b\tob', 'U+0009'], ['bob\u3000', 'U+3000'], ['bob\u{e0020}', 'U+E0020'], ['鲍勃', undefined],
])('the invisible character in %j is %s', (text, character) => {
  expect(unseenCharacter(text)).toBe(character)
})

it.each([
  ['bob ', 'bob'], ['  bob', 'bob'], [' b ob ', 'b ob'], ['bob', undefined], ['b ob', undefined], [' ', undefined], ['', undefined],
])('%j is %j without the spaces at its ends', (id, bare) => {
  expect(withoutEdgeSpaces(id)).toBe(bare)
})

it.each([
  ['x'.repeat(FIELD_MAX_LENGTH), '', true],
  ['x'.repeat(FIELD_MAX_LENGTH + 1), '', false],
  ['x'.repeat(FIELD_MAX_LENGTH + 1), 'x'.repeat(FIELD_MAX_LENGTH + 2), true],
  ['\n'.repeat(FIELD_MAX_LINES - 1), '', true],
  ['\n'.repeat(FIELD_MAX_LINES), '\n'.repeat(FIELD_MAX_LINES - 1), false],
  ['\n'.repeat(FIELD_MAX_LINES), '\n'.repeat(FIELD_MAX_LINES + 1), true],
])('a field accepts a text, or does not: case %#', (text, before, fits) => {
  expect(fitsField(text, before)).toBe(fits)
})

it.each([
  ['good night!', 'good night', '!'],
  ['good night', 'good night', ''],
  ['good nigh', 'good night', ''],
  ['a good night', 'good night', 'a '],
  ['good old night', 'good night', 'old '],
  ['lll', 'll', 'l'],
  ['晚安', 'wan an', '晚安'],
  ['again', '', 'again'],
  ['😁', '😀', '😁'],
  ['', 'good night', ''],
])('%j has over %j: %j', (after, before, inserted) => {
  expect(insertedText(after, before)).toBe(inserted)
})
