/** What a backspace deletes: an emoji of several code points, a letter with its accents. Without Intl.Segmenter, which old phones do not have. */

/** How far back it looks, in UTF-16 units. The longest emoji has 15. */
const LOOK_BACK = 64

const CHARACTER = '(?:[\\ud800-\\udbff][\\udc00-\\udfff]|\\r\\n|[^])'
/** What belongs to the character before it: accents, variation selectors, the ring of a keycap, skin tones, the tags of a flag. */
const EXTENDER = '(?:[\\u0300-\\u036f]|[\\u20d0-\\u20ff]|[\\ufe00-\\ufe0f]|[\\ufe20-\\ufe2f]|\\ud83c[\\udffb-\\udfff]|\\udb40[\\udc00-\\udfff])'
const GRAPHEME = new RegExp(`${CHARACTER}${EXTENDER}*(?:\\u200d${CHARACTER}${EXTENDER}*)*\\u200d?`, 'g')
const REGIONAL = /^\ud83c[\udde6-\uddff]$/

/** Where the last character before `end` begins, in UTF-16 units. 0 at the beginning of `text`. */
export function graphemeStart(text: string, end: number): number {
  // Two of these letters are a flag, counted from the beginning of their run.
  let letters = 0
  while (REGIONAL.test(text.slice(Math.max(0, end - 2 * letters - 2), end - 2 * letters))) letters++
  if (letters > 0) return end - (letters % 2 === 0 ? 4 : 2)
  const last = text.slice(Math.max(0, end - LOOK_BACK), end).match(GRAPHEME)?.pop() ?? ''
  return end - last.length
}
