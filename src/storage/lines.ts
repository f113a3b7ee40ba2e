/**
 * Values appended to a text: one line for all that is appended at a time, with a checksum, so that it counts whole or not at
 * all. A line begins with the line break: one torn by a crash harms no later one. The text before the first line break is what
 * was put.
 */
import { hash32 } from '@/src/chat/util/hash'
import { isJsonText, parseJsonText } from '@/src/chat/util/json-text'
import type { Listed } from './kv/key-value'

/** Takes back the line before it, of a commit that failed halfway. */
const UNDO = '!'

/** The text to append for `values`. */
export function lineOf(values: readonly unknown[]): string {
  return line(JSON.stringify(values))
}

/** The text that takes back what was appended last. */
export function undoLine(): string {
  return line(UNDO)
}

function line(text: string): string {
  return `\n${checksum(text)} ${text}`
}

function checksum(text: string): string {
  return hash32(text).toString(36)
}

/** Whether a text can be read at all: what was put is whole, or nothing was. */
export function isWhole(text: string | undefined): text is string {
  return text !== undefined && (text.startsWith('\n') || isJsonText(before(text)))
}

/** What stands in a text; undefined is an empty one. */
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
      // a line behind it that takes it back takes back no other
      appended.push([])
    } else if (body === UNDO) appended.pop()
    else appended.push(parseJsonText(body) as unknown[])
  }
  return { value, appended: appended.flat(), unreadable }
}

/** Cut off by a crash while it was written, and so never acknowledged: of the list that it is, something is still open. */
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

function before(text: string): string {
  const end = text.indexOf('\n')
  return end === -1 ? text : text.slice(0, end)
}
