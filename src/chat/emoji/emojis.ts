/**
 * Which texts are an emoji: those of the table, in one of its skin tones too. One emoji has one form here, whatever variation selectors it came with.
 * Without Unicode property escapes, which old phones do not know.
 */
import { utf8Length } from '../rtm-limits'
// #ifndef H5
import { EMOJI_TABLE } from './table'
// #endif

/** The groups, in the order of the table. */
export const EMOJI_GROUPS = ['people', 'animals', 'food', 'travel', 'activities', 'objects', 'symbols', 'flags'] as const
export type EmojiGroup = (typeof EMOJI_GROUPS)[number]

/** The longest emoji, in bytes of UTF-8: a couple with skin tones takes 35. */
const EMOJI_MAX_BYTES = 40

/** One entry of the table (see there): a country's code, or an emoji, whether it has skin tones, and the others that are made of it. */
const ENTRY = /[A-Z]{2}|(?:[\ud800-\udbff][\udc00-\udfff]|[^])\ufe0f?\u20e3?(?:\udb40[\udc00-\udfff])*(?:\u200d(?:[\ud800-\udbff][\udc00-\udfff]|[^])\ufe0f?)*t?[gp]?/g
const SELECTOR = /\ufe0f/g
/** The skin tones, light to dark. */
const TONES = ['\ud83c\udffb', '\ud83c\udffc', '\ud83c\udffd', '\ud83c\udffe', '\ud83c\udfff'] as const
const TONE = /\ud83c[\udffb-\udfff]/g
/** The first character of an emoji, whose selector is left out before a skin tone, and the rest. */
const FIRST = /^([\ud800-\udbff][\udc00-\udfff]|[^])\ufe0f?([^]*)$/
/** Two people, or the hands of two: the second has a skin tone too. */
const SECOND = /\u200d(?:\ud83d[\udc68\udc69]|\ud83e[\uddd1\udef2])$/
/** Emojis of two that exist only in two different skin tones. With one tone, another emoji of the table is used. */
const MIXED = ['👩‍🤝‍👩', '👩‍🤝‍👨', '👨‍🤝‍👨', '🧑‍❤️‍🧑', '🧑‍❤️‍💋‍🧑', '🫱‍🫲'] as const

interface Emojis {
  readonly groups: ReadonlyMap<EmojiGroup, readonly string[]>
  /** Those with skin tones, without one. */
  readonly toned: ReadonlySet<string>
  /** Those that are only there with two. */
  readonly mixed: ReadonlySet<string>
  /** By the emoji without selectors and skin tones. */
  readonly byBare: ReadonlyMap<string, string>
}

let table = ''
let known: Emojis | undefined
// #ifndef H5
table = EMOJI_TABLE
// #endif

/** Sets the table, on H5: it is in the file of the storage, without which nothing is read or received. */
export function useEmojiTable(text: string): void {
  table = text
  known = undefined
}

/** The emojis of a group, without skin tones. */
export function emojisOf(group: EmojiGroup): readonly string[] {
  return emojis().groups.get(group) ?? []
}

/** `emoji` in each skin tone, light to dark. None if it has no skin tones. */
export function inTones(emoji: string): string[] {
  return emojis().toned.has(emoji) ? TONES.map((tone) => toned(emoji, tone, tone)) : []
}

/** The emoji that `value` is, in its one form. Undefined for anything else. */
export function emojiOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || utf8Length(value) > EMOJI_MAX_BYTES) return undefined
  const { byBare, toned: all, mixed } = emojis()
  const bare = value.replace(SELECTOR, '')
  const emoji = byBare.get(bare.replace(TONE, ''))
  const [first, second = first] = bare.match(TONE) ?? []
  if (emoji === undefined || first === undefined || second === undefined) return mixed.has(emoji ?? '') ? undefined : emoji
  if (!all.has(emoji) && !(mixed.has(emoji) && first !== second)) return undefined
  const made = toned(emoji, first, second)
  return made.replace(SELECTOR, '') === bare ? made : undefined
}

function toned(emoji: string, first: string, second: string): string {
  const [, head = '', rest = ''] = FIRST.exec(emoji) ?? []
  return head + first + rest + (SECOND.test(rest) ? second : '')
}

/** The table, read on the first use. */
function emojis(): Emojis {
  known ??= parse()
  return known
}

function parse(): Emojis {
  const toned = new Set<string>()
  const read = (entry: string): string[] => {
    if (/[A-Z]/.test(entry)) return [flagOf(entry)]
    const emoji = entry.replace(/[tgp]+$/, '')
    const all = entry.endsWith('g') ? [emoji, `${emoji}\u200d♂️`, `${emoji}\u200d♀️`] : entry.endsWith('p') ? ['🧑', '👨', '👩'].map((person) => `${person}\u200d${emoji}`) : [emoji]
    if (/t[gp]?$/.test(entry)) for (const each of all) toned.add(each)
    return all
  }
  const lines = table.split('\n').map((line) => (line.match(ENTRY) ?? []).map(read).flat())
  return {
    groups: new Map(EMOJI_GROUPS.map((group, at) => [group, lines[at] ?? []])),
    toned,
    mixed: new Set(MIXED),
    byBare: new Map([...lines.flat(), ...MIXED].map((emoji) => [emoji.replace(SELECTOR, ''), emoji])),
  }
}

/** Two regional indicators, for the letters A to Z. */
function flagOf(country: string): string {
  return [...country].map((letter) => `\ud83c${String.fromCharCode(0xdde6 + letter.charCodeAt(0) - 65)}`).join('')
}
