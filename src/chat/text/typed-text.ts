/** Text that the user types, before it goes anywhere. */
import { MESSAGE_MAX_BYTES } from '../rtm-limits'

/** The most that a field takes, and a draft is kept of, in UTF-16 units. No message is as long; a paste that is longer is refused. */
export const FIELD_MAX_LENGTH = 2 * MESSAGE_MAX_BYTES

/** The most lines that a field takes. What a key costs a browser's text area grows with their square: at five times as many it is seconds. */
export const FIELD_MAX_LINES = 2_500

/** Whether a field takes `text` in the place of `before`. What is shorter it always takes: only so can a text that is too long be cut. */
export function fitsField(text: string, before: string): boolean {
  if (text.length <= before.length) return true
  if (text.length > FIELD_MAX_LENGTH) return false
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines <= FIELD_MAX_LINES
}

/** What `after` has in the place where it differs from `before`: the key or the paste that made one of the other. '' where text was only deleted. */
export function insertedText(after: string, before: string): string {
  // By code points, so that no emoji is cut in two.
  const [to, from] = [[...after], [...before]]
  const shorter = Math.min(to.length, from.length)
  let start = 0
  while (start < shorter && to[start] === from[start]) start++
  let end = 0
  while (end < shorter - start && to[to.length - 1 - end] === from[from.length - 1 - end]) end++
  return to.slice(start, to.length - end).join('')
}

/** `id` without the spaces at its ends, where it has some round something else; otherwise undefined. */
export function withoutEdgeSpaces(id: string): string | undefined {
  const bare = id.replace(/^ +| +$/g, '')
  return bare === '' || bare === id ? undefined : bare
}
