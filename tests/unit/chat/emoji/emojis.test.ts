import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMOJI_GROUPS, emojiOf, emojisOf, inTones } from '@/src/chat/emoji/emojis'
import { utf8Length } from '@/src/chat/rtm-limits'
import { EMOJI_VERSION, tableSource } from '../../../../scripts/emojis'

interface Listed {
  readonly emoji: string
  readonly emoji_version: string
  readonly skin_tone_support: boolean
  readonly skin_tone_support_unicode_version?: string
}

const require = createRequire(import.meta.url)
const listed = (JSON.parse(readFileSync(require.resolve('unicode-emoji-json/data-by-group.json'), 'utf8')) as { emojis: readonly Listed[] }[]).flatMap(({ emojis }) => emojis)
const inTable = EMOJI_GROUPS.flatMap((group) => emojisOf(group))
const TONES = ['🏻', '🏼', '🏽', '🏾', '🏿']

it('the table is the one that the script writes', () => {
  expect(readFileSync('src/chat/emoji/table.ts', 'utf8')).toBe(tableSource())
})

describe('the table', () => {
  it("has every emoji up to its version, in Unicode's order, and no newer one", () => {
    expect(inTable).toEqual(listed.filter(({ emoji_version }) => Number(emoji_version) <= EMOJI_VERSION).map(({ emoji }) => emoji))
    for (const { emoji } of listed.filter(({ emoji_version }) => Number(emoji_version) > EMOJI_VERSION)) expect([emoji, emojiOf(emoji)]).toEqual([emoji, undefined])
  })

  it('has its groups in order', () => {
    expect(EMOJI_GROUPS.map((group) => emojisOf(group)[0])).toEqual(['😀', '🐵', '🍇', '🌍', '🎃', '👓', '🏧', '🏁'])
    expect(emojisOf('people').slice(162, 165)).toEqual(['👋', '🤚', '🖐️'])
    expect(emojisOf('flags')).toContain('🇨🇳')
    expect(emojisOf('flags').at(-1)).toBe('🏴󠁧󠁢󠁷󠁬󠁳󠁿')
  })

  it('is within 40 bytes for each emoji, in every skin tone', () => {
    for (const emoji of inTable) for (const each of [emoji, ...inTones(emoji)]) expect(utf8Length(each)).toBeLessThanOrEqual(40)
  })
})

it('those that Unicode names have skin tones', () => {
  const wanted = listed.filter(({ emoji_version, skin_tone_support, skin_tone_support_unicode_version: since }) => Number(emoji_version) <= EMOJI_VERSION && skin_tone_support && Number(since) <= EMOJI_VERSION)
  expect(inTable.filter((emoji) => inTones(emoji).length > 0)).toEqual(wanted.map(({ emoji }) => emoji))
})

describe('skin tones', () => {
  it.each([
    ['👍', '👍🏽'],
    // The tone replaces the selector of the first character, others stay.
    ['✌️', '✌🏽'],
    ['🕵️‍♂️', '🕵🏽‍♂️'],
    ['🧑‍💻', '🧑🏽‍💻'],
    ['👩‍🦰', '👩🏽‍🦰'],
    // One character that is two people.
    ['👫', '👫🏽'],
    ['🤝', '🤝🏽'],
    // Two people.
    ['🧑‍🤝‍🧑', '🧑🏽‍🤝‍🧑🏽'],
    ['👩‍❤️‍💋‍👨', '👩🏽‍❤️‍💋‍👨🏽'],
  ])('of %s', (emoji, medium) => {
    expect(inTones(emoji)).toHaveLength(TONES.length)
    expect(inTones(emoji)[2]).toBe(medium)
    for (const each of inTones(emoji)) expect(emojiOf(each)).toBe(each)
  })

  it.each(['😀', '❤️', '👨‍👩‍👧', '👯', '🤼‍♀️', '🇨🇳', '1️⃣'])('%s has none', (emoji) => {
    expect(inTones(emoji)).toEqual([])
    expect(emojiOf(`${emoji}🏽`)).toBeUndefined()
  })

  it.each(['👩🏻‍🤝‍👩🏿', '👩🏽‍🤝‍👨🏻', '👨🏻‍🤝‍👨🏼', '🧑🏻‍❤️‍🧑🏿', '🧑🏿‍❤️‍💋‍🧑🏻', '🫱🏻‍🫲🏿', '🧑🏻‍🤝‍🧑🏿', '👩🏻‍❤️‍👩🏿'])('%s has two', (emoji) => {
    expect(emojiOf(emoji)).toBe(emoji)
    expect(emojiOf(emoji.replace(/\ufe0f/g, ''))).toBe(emoji)
    expect(emojiOf([...emoji].filter((character) => !TONES.includes(character)).join(''))).toBe(inTable.find((known) => known === [...emoji].filter((character) => !TONES.includes(character)).join('')))
  })

  it.each(['👍🏽🏽', '🏽👍', '🏽', '👍🏻🏿', '👩‍🤝‍👩', '👩🏽‍🤝‍👩🏽', '👩🏽‍🤝‍👩', '👩‍🤝‍👩🏽', '🧑🏽‍🤝‍🧑', '👩🏻‍❤️‍🏿👩', '🧑‍💻🏽', '🧑🏻‍🤝‍🧑🏿🏿'])('%s is not an emoji', (text) => {
    expect(emojiOf(text)).toBeUndefined()
  })
})

describe('a text is an emoji', () => {
  it('with or without its selectors, in one form', () => {
    expect([emojiOf('❤'), emojiOf('❤️')]).toEqual(['❤️', '❤️'])
    expect([emojiOf('☺'), emojiOf('✌🏽'), emojiOf('✌️🏽'), emojiOf('👍️')]).toEqual(['☺️', '✌🏽', '✌🏽', '👍'])
    expect([emojiOf('🏳️‍🌈'), emojiOf('🏳‍🌈'), emojiOf('1⃣'), emojiOf('1️⃣')]).toEqual(['🏳️‍🌈', '🏳️‍🌈', '1️⃣', '1️⃣'])
    for (const emoji of inTable) expect(emojiOf(emoji.replace(/\ufe0f/g, ''))).toBe(emoji)
  })

  it('and nothing else is', () => {
    for (const value of ['', ' ', 'ok', '1', '#', 'A', 't', 'CN', '👍👍', '👍 ', '👍t', '\u200d', '\ufe0f', '\ud83d', '中', '😀\n', '🇨', '🇨🇳🇨', '__proto__', 'constructor', 1, null, undefined, {}, ['👍']]) {
      expect([value, emojiOf(value)]).toEqual([value, undefined])
    }
    expect(emojiOf(`❤${'\ufe0f'.repeat(13)}`)).toBeUndefined()
  })

  it('for any text: once found, it is found as itself', () => {
    const part = fc.constantFrom(...TONES, '\u200d', '\ufe0f', '👩', '👨', '🤝', '❤', '👍', '🇨', '🇳', '\ud83d', 'a', '🏽')
    fc.assert(
      fc.property(fc.oneof(fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')), fc.constantFrom(...inTable)), (text) => {
        const found = emojiOf(text)
        if (found === undefined) return
        expect(emojiOf(found)).toBe(found)
        expect(found.replace(/\ufe0f/g, '')).toBe(text.replace(/\ufe0f/g, ''))
      }),
    )
  })
})
