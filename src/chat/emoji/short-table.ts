/** The short form of the table of emojis, in which the build puts it into the mini program (scripts/vite/emoji-table.ts): 4 KB instead of 8. */

/** A character for each distance from the code point before it, -22 to 22 without 0. The table itself uses none of them. */
export const NEAR = '!%&()+,-./:;<=>?@[]^_abcdefhijklmnoqrsuvwxyz'
const HALF = NEAR.length / 2

/** Characters of one byte for two frequent ones of three: the selector of an emoji, and the joiner of several. */
export const SELECTOR = '~'
export const JOINER = '|'

/** The emojis above U+FFFF but for a few are in these two ranges. Each is written as a character of two bytes: from U+0100 on, and from U+0500 on. */
export const RANGES = [
  [0x1f300, 0x1f6ff, 0x100],
  [0x1f900, 0x1faff, 0x500],
] as const

/** Returns the table of a short form. */
export function fullTable(short: string): string {
  let last = 0
  return short.replace(/[\ud800-\udbff][\udc00-\udfff]|[!%&()+,\-./:-@[\]^_a-fh-oq-su-~\u0100-\u06ff]/g, (written) => {
    if (written === SELECTOR) return '\ufe0f'
    if (written === JOINER) return '\u200d'
    const code = written.codePointAt(0) ?? 0
    const near = NEAR.indexOf(written)
    if (near >= 0) last += near < HALF ? near - HALF : near - HALF + 1
    else if (code > 0xffff) last = code
    else last = code + (code < 0x500 ? 0x1f200 : 0x1f400)
    return String.fromCodePoint(last)
  })
}
