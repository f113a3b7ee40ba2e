import { isBlank, lineOf, oneLine } from '@/src/chat/text/written-text'
import { isCount, isRecord, isTime } from '@/src/chat/util/checks'
import type { Fields, KindBody, MessageKind } from '../kind'

/** The maximum lengths, UTF-16 units, the maximum number of entries, and the greatest number of messages that are left out. */
export const RECORD_LIMITS = { title: 100, name: 64, text: 1_000, entries: 50, more: 1_000 } as const

/** Several messages that were forwarded as one: what they said when they were forwarded, on the word of the forwarder. */
export interface RecordBody extends KindBody {
  readonly kind: 'record'
  /** Never blank. */
  readonly title: string
  /** One at least, in the order of their conversation. */
  readonly entries: readonly RecordEntry[]
  /** The number of messages that did not fit in. Absent if all did. */
  readonly more?: number
}

export interface RecordEntry {
  /** The name of the author. Never blank. */
  readonly name: string
  /** ms since 1970. */
  readonly at: number
  /** The name of the message's kind, which a reader may not know. */
  readonly kind: string
  /** An excerpt of the message: of a text with its line breaks. '' for none. */
  readonly text: string
}

export const record: MessageKind<RecordBody> = {
  name: 'record',
  fields: ['title', 'entries', 'more'],
  decode: read,
  encode: written,
  plain,
  parse: read,
  // A time and the name of a kind have some 30 units.
  weight: ({ title, entries }) => entries.reduce((sum, { name, text }) => sum + name.length + text.length + 30, title.length),
  excerpt: ({ title }, maxLength) => lineOf(title, maxLength),
  line: (_excerpt, t) => t('record.line'),
  copyText: plain,
  searchText: plain,
}

function read({ title, entries, more }: Fields): RecordBody | undefined {
  if (!isWords(title, RECORD_LIMITS.title)) return undefined
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > RECORD_LIMITS.entries || !entries.every(isEntry)) return undefined
  if (more !== undefined && (!isCount(more) || more === 0 || more > RECORD_LIMITS.more)) return undefined
  return { kind: 'record', ...written({ kind: 'record', title, entries, ...(more !== undefined && { more }) }) }
}

/** The fields that it has. Those of a record on the disk and of an envelope are the same. */
function written({ title, entries, more }: RecordBody): Omit<RecordBody, 'kind' | 'raw'> {
  return { title, entries: entries.map(({ name, at, kind, text }) => ({ name, at, kind, text })), ...(more !== undefined && { more }) }
}

/** Its words: the title, then each entry with the name of its author. */
function plain({ title, entries }: RecordBody): string {
  return [oneLine(title), ...entries.filter(({ text }) => !isBlank(text)).map(({ name, text }) => `${oneLine(name)}: ${text}`)].join('\n')
}

function isEntry(value: unknown): value is RecordEntry {
  if (!isRecord(value)) return false
  const { name, at, kind, text } = value
  return isWords(name, RECORD_LIMITS.name) && isTime(at) && typeof kind === 'string' && /^[!-~]{1,64}$/.test(kind) && typeof text === 'string' && text.length <= RECORD_LIMITS.text
}

/** Whether it is a text that can be seen, of at most `maxLength`. */
function isWords(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength && !isBlank(value)
}
