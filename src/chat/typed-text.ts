/** Text that the user types, before it goes anywhere. */
import { MESSAGE_MAX_BYTES } from './limits'

/** The most that a field takes, and a draft is kept of, in UTF-16 units. No message is as long; a paste that is longer is refused. */
export const FIELD_MAX_LENGTH = 4 * MESSAGE_MAX_BYTES

/** The most lines that a field takes. What a key costs a browser's text area grows with their square: some 80 ms here, 2 s at five times as many. */
export const FIELD_MAX_LINES = 3_000

/** Whether a field takes `text` in the place of `before`. What is shorter it always takes: only so can a text that is too long be cut. */
export function fitsField(text: string, before: string): boolean {
  if (text.length <= before.length) return true
  if (text.length > FIELD_MAX_LENGTH) return false
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines <= FIELD_MAX_LINES
}

/**
 * What draws nothing by itself: control characters, white space, Unicode's Default_Ignorable_Code_Point and the empty Braille
 * pattern. Inside a text they have their use, in an emoji for example.
 */
const UNSEEN = '[\\s\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3164\\ufeff\\uffa0\\ufff0-\\ufff8]|\\u034f|[\\u17b4\\u17b5]|[\\u180b-\\u180f]|[\\ufe00-\\ufe0f]|\\ud82f[\\udca0-\\udca3]|\\ud834[\\udd73-\\udd7a]|[\\udb40-\\udb43][\\udc00-\\udfff]'
const ALL_UNSEEN = new RegExp(UNSEEN, 'g')
const UNSEEN_BUT_SPACE = new RegExp(`(?! )(?:${UNSEEN})`)

/** Whether `text` has nothing in it that can be seen. */
export function isBlank(text: string): boolean {
  return text.replace(ALL_UNSEEN, '') === ''
}

/** The first character of `text` that cannot be seen and is no ordinary space, as `U+200B`; undefined where there is none. */
export function unseenCharacter(text: string): string | undefined {
  const [found] = UNSEEN_BUT_SPACE.exec(text) ?? []
  return found === undefined ? undefined : `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** `id` without the spaces at its ends, where it has some round something else; otherwise undefined. */
export function withoutEdgeSpaces(id: string): string | undefined {
  const bare = id.replace(/^ +| +$/g, '')
  return bare === '' || bare === id ? undefined : bare
}
