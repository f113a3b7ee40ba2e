/** Checks text that the user types, before it is sent. */
import { MESSAGE_MAX_BYTES } from '../rtm-limits'

/** The maximum length of a field and of a saved draft, in UTF-16 units. No message is as long. A longer paste is rejected. */
export const FIELD_MAX_LENGTH = 2 * MESSAGE_MAX_BYTES

/** The maximum number of lines of a field. The cost of a key in a browser's text area grows with their square: five times as many take seconds. */
export const FIELD_MAX_LINES = 2_500

/** Whether a field accepts `text` in place of `before`. It always accepts a shorter text: otherwise a text that is too long could not be cut. */
export function fitsField(text: string, before: string): boolean {
  if (text.length <= before.length) return true
  if (text.length > FIELD_MAX_LENGTH) return false
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines <= FIELD_MAX_LINES
}

/** The part of `after` that differs from `before`: the inserted key or paste. '' if text was only deleted. */
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

/** `id` without the spaces at its ends. Undefined if there are none, or nothing else. */
export function withoutEdgeSpaces(id: string): string | undefined {
  const bare = id.replace(/^ +| +$/g, '')
  return bare === '' || bare === id ? undefined : bare
}
