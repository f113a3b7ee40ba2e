/**
 * A stored text: the value that was put, then one line with a checksum for each append, which counts as a whole or not at all. A line begins
 * with its line break, so that one torn by a crash does not damage the next.
 */
import { hash32 } from '@/src/chat/util/hash'
import { isJsonText, parseJsonText } from '@/src/chat/util/json-text'
import type { Listed } from './kv/key-value'

/** A line that cancels the line before it, for a commit that failed halfway. */
const UNDO = '!'

/** Returns the text to append for `values`. */
export function lineOf(values: readonly unknown[]): string {
  return line(JSON.stringify(values))
}

/** Returns the text to append to cancel the last append. */
export function undoLine(): string {
  return line(UNDO)
}

function line(text: string): string {
  return `\n${checksum(text)} ${text}`
}

function checksum(text: string): string {
  return hash32(text).toString(36)
}

/** Whether the value that was put is complete, or none was. Otherwise the text is unreadable. */
export function isWhole(text: string | undefined): text is string {
  return text !== undefined && (text.startsWith('\n') || isJsonText(before(text)))
}

/** Reads a stored text. Undefined is an empty one. */
export function parseLines(text: string | undefined): Listed {
  if (text === undefined || text === '') return { value: undefined, appended: [], unreadable: 0 }
  const [first = '', ...lines] = text.split('\n')
  const value = parseJsonText(first)
  const appended: unknown[][] = []
  let unreadable = first !== '' && value === undefined ? 1 : 0
  for (const each of lines) {
    const space = each.indexOf(' ')
    const body = each.slice(space + 1)
    if (space <= 0 || each.slice(0, space) !== checksum(body)) {
      if (space === -1 || isTorn(body)) continue
      unreadable++
      // A place for the unreadable line, so that an undo after it cancels this line and no other.
      appended.push([])
    } else if (body === UNDO) appended.pop()
    else appended.push(parseJsonText(body) as unknown[])
  }
  return { value, appended: appended.flat(), unreadable }
}

/** Whether a crash cut the line off while it was written: a bracket or a quotation mark of its list is still open. Such a write was never acknowledged. */
function isTorn(body: string): boolean {
  if (body === '') return true
  let open = 0
  let isInText = false
  for (let i = 0; i < body.length; i++) {
    const character = body[i]
    if (isInText && character === '\\') i++
    else if (character === '"') isInText = !isInText
    else if (isInText) continue
    else if (character === '[' || character === '{') open++
    else if (character === ']' || character === '}') open--
  }
  return isInText || open > 0
}

/** The text before the first line break: the value that was put. */
function before(text: string): string {
  const end = text.indexOf('\n')
  return end === -1 ? text : text.slice(0, end)
}
