// Puts the table of emojis into the mini program in its short form (src/chat/emoji/short-table.ts): the main package holds it.
import type { Plugin } from 'vite'
import { fullTable, JOINER, NEAR, RANGES, SELECTOR } from '../../src/chat/emoji/short-table'
import { EMOJI_TABLE } from '../../src/chat/emoji/table'

const TABLE = '/src/chat/emoji/table.ts'

/**
 * Returns the short form of a table.
 * @throws Error if the table cannot be made of it again
 */
export function shortTable(table: string): string {
  const half = NEAR.length / 2
  let last = 0
  const short = [...table].map((character) => {
    if (character === '\ufe0f') return SELECTOR
    if (character === '\u200d') return JOINER
    const code = character.codePointAt(0) ?? 0
    if (code <= 0xffff) return character
    const distance = code - last
    last = code
    if (distance !== 0 && Math.abs(distance) <= half) return NEAR[distance < 0 ? distance + half : distance + half - 1]
    const range = RANGES.find(([from, to]) => code >= from && code <= to)
    return range ? String.fromCharCode(code - range[0] + range[2]) : character
  })
  const text = short.join('')
  if (fullTable(text) !== table) throw new Error(`${TABLE} has characters that its short form does not have (src/chat/emoji/short-table.ts)`)
  return text
}

/** The table is known by the end of its path: a folder with a name that the builders would misread is built through a link. */
export function emojiTable({ platform }: { readonly platform: string | undefined }): Plugin {
  return {
    name: 'rtm:emoji-table',
    enforce: 'pre',
    load(id) {
      if (platform !== 'mp-weixin' || !id.endsWith(TABLE)) return undefined
      return `import { fullTable } from './short-table'\nexport const EMOJI_TABLE = fullTable(${JSON.stringify(shortTable(EMOJI_TABLE))})\n`
    },
  }
}
