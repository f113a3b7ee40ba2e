/**
 * The form in which things are stored, and how they are read back (docs/STORAGE.md). What a disk gives back may be cut short,
 * garbled or of a later version: it is checked field by field and built anew, and what does not hold is left out and counted.
 */
import { conversationTarget, type Conversation, type Preview, parseConversationId } from '@/src/chat/conversation/conversation'
import { utf8Length } from '@/src/chat/rtm-limits'
import type { Message, MessageStatus } from '@/src/chat/message/message'
import { joined, parseAmended, type Amended } from '@/src/chat/message/amended'
import { decode } from '@/src/chat/message/envelope'
import { isCount, isOneOf, isRecord, isStrings, isTime } from '@/src/chat/util/checks'
import type { Fields } from '@/src/kinds/kind'
import { kindNamed, type MessageBody } from '@/src/kinds/registry'
import { parseFailure } from './failure-record'
import type { AmendmentStep } from './history/waiting-amendments'
import type { Listed } from './kv/key-value'
import { pageOf } from './keys'

/**
 * `v` of the records. 1: pages and drafts of the first release, and its conversations, one record each. 2: the index. 3: a page may hold
 * changes of its messages, see {@link amendRecord}. Each version reads the forms before it. An index of a later version is left alone, with
 * all that belongs to it.
 */
export const FORMAT_VERSION = 3
const FIRST_VERSION = 1

/** The messages of one page of a log, by their `seq`. */
export interface Page {
  readonly messages: ReadonlyMap<number, Message>
  /** How many of its records are torn, garbled or of an unknown form. */
  readonly unreadable: number
  /** How many records it is made of: far more than messages, once they have changed often. */
  readonly records: number
  /** About how many bytes they take. */
  readonly bytes: number
}

/** What a record takes on the device beside its text: a checksum and what stands between. */
const RECORD_OVERHEAD = 12

export function sizeOf(record: unknown): number {
  return record === undefined ? 0 : utf8Length(String(JSON.stringify(record))) + RECORD_OVERHEAD
}

/** A conversation of the first format, which kept each under a key of its own. */
export function parseConversationRecord(value: unknown): Conversation | undefined {
  const stored = versioned(value)?.conversation
  return isRecord(stored) ? parseConversation({ start: 0, pinned: false, muted: false, ...stored }) : undefined
}

/** A rewritten page, in place of all that was appended to it. */
export function pageRecord(messages: ReadonlyMap<number, Message>): unknown {
  return { v: FORMAT_VERSION, messages: [...messages.values()].sort((a, b) => a.seq - b.seq) }
}

/** The record appended for a message: the whole message, or only status and failure if its body is unchanged. */
export function messageRecord(message: Message, former: Message | undefined): unknown {
  const { seq, status, failure } = message
  const isChange = former !== undefined && isSameBody(former.body, message.body) && former.id === message.id && former.from === message.from && former.at === message.at
  return isChange ? { seq, status, ...(failure && { failure }) } : { message }
}

/** The record appended for a change of a message. */
export function amendRecord(seq: number, amend: Amended): unknown {
  return { seq, amend }
}

/** Bodies that were not read from the disk in between are the same object. */
function isSameBody(a: MessageBody, b: MessageBody): boolean {
  return a === b || (a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b))
}

/** Page number `page` of a log. Of two records of one message the later counts; its changes are joined, wherever they are. */
export function parsePage({ value, appended, unreadable }: Listed, page: number): Page {
  const messages = new Map<number, Message>()
  /** Changes of messages whose record comes later. */
  const early = new Map<number, Amended>()
  let damaged = unreadable
  const take = (candidate: unknown) => {
    const message = parseMessage(candidate)
    if (!message || pageOf(message.seq) !== page) return void damaged++
    const amended = isSameMessage(messages.get(message.seq), message) ? messages.get(message.seq)?.amended : early.get(message.seq)
    messages.set(message.seq, amended ? { ...message, amended: joined(amended, message.amended ?? {}) } : message)
  }
  const amend = ({ seq, amend: change }: Fields) => {
    const amended = parseAmended(change)
    if (!amended || !isCount(seq) || pageOf(seq) !== page) return void damaged++
    const message = messages.get(seq)
    if (message) messages.set(seq, { ...message, amended: joined(message.amended, amended) })
    else early.set(seq, joined(early.get(seq), amended))
  }
  const base = value === undefined ? [] : versioned(value)?.messages
  if (Array.isArray(base)) base.forEach(take)
  else damaged++
  for (const record of appended) {
    if (isRecord(record) && 'message' in record) take(record.message)
    else if (isRecord(record) && 'amend' in record) amend(record)
    else take(changed(record, messages))
  }
  const records = [...(Array.isArray(base) ? (base as unknown[]) : []), ...appended]
  return { messages, unreadable: damaged, records: records.length, bytes: records.reduce<number>((sum, record) => sum + sizeOf(record ?? null), 0) }
}

/** A crash can leave a message that nothing counts. Another one takes its place, and has none of its changes. */
export function isSameMessage(former: Message | undefined, message: Message): boolean {
  return former !== undefined && former.id === message.id && former.from === message.from
}

function changed(record: unknown, messages: ReadonlyMap<number, Message>): unknown {
  if (!isRecord(record) || !isCount(record.seq)) return undefined
  const former = messages.get(record.seq)
  if (!former) return undefined
  const { failure: _failure, ...rest } = former
  return { ...rest, status: record.status, ...(record.failure === undefined ? {} : { failure: record.failure }) }
}

/** What the index holds of a conversation. */
export interface IndexRow {
  readonly conversation: Conversation
  /** About how many bytes its messages take. */
  readonly bytes: number
  /** ms since 1970 of the first message that is still there; tells which conversation holds the oldest. */
  readonly since: number
}

/** What a message takes about, where no count was kept or it is lost. */
export const BYTES_PER_MESSAGE = 250

/** In `flags` of a row. */
const LEFT = 1
const PINNED = 2
const MUTED = 4

/** A row as an array without names: a thousand of them are read at a start. The draft stands at its end, where there is one. */
export function rowRecord({ conversation, bytes, since }: IndexRow): unknown {
  const { id, length, start, at, unread, readTo, pending, left, pinned, muted, preview, draft, shownTo } = conversation
  const flags = (left ? LEFT : 0) | (pinned ? PINNED : 0) | (muted ? MUTED : 0)
  const shown = preview && [preview.from === conversationTarget(id) ? 1 : preview.from, preview.kind, preview.text, preview.status, ...shownRecord(preview, shownTo)]
  return [id, length, start, at, unread, readTo, flags, pending, shown, bytes, since, ...(draft === undefined ? [] : [draft])]
}

/** What the list and the thread show as times, where that is not the `at` of the row, and the seq of the preview's message. */
function shownRecord(preview: Preview, shownTo: number | undefined): readonly unknown[] {
  if (preview.seq !== undefined) return [preview.at ?? null, shownTo ?? null, preview.seq]
  if (shownTo !== undefined) return [preview.at ?? null, shownTo]
  return preview.at === undefined ? [] : [preview.at]
}

export function parseRow(value: unknown): IndexRow | undefined {
  if (!Array.isArray(value)) return undefined
  const [id, length, start, at, unread, readTo, flags, pending, shown, bytes, since, draft] = value as unknown[]
  if (!isCount(flags) || !isCount(bytes) || !isTime(since)) return undefined
  const [from, kind, text, status, previewAt, shownTo, seq] = Array.isArray(shown) ? (shown as unknown[]) : []
  const author = from === 1 && typeof id === 'string' ? id.slice(id.indexOf(':') + 1) : from
  const preview = shown === null ? null : { from: author, kind, text, status, at: previewAt, seq }
  const bits = { left: (flags & LEFT) > 0, pinned: (flags & PINNED) > 0, muted: (flags & MUTED) > 0 }
  const conversation = parseConversation({ id, length, start, at, unread, readTo, pending, preview, ...bits, draft, shownTo })
  return conversation && { conversation, bytes, since }
}

/** Which generation of the index counts, and how many pages it has. */
export interface IndexMeta {
  readonly generation: number
  readonly pages: number
}

/** {@link IndexMeta} as it is on the device. */
export interface StoredMeta extends IndexMeta {
  /** The version of the form that a history may have. */
  readonly version: number
}

export function metaRecord({ generation, pages }: IndexMeta): unknown {
  return { v: FORMAT_VERSION, generation, pages }
}

export function parseMeta(value: unknown): StoredMeta | 'newer' | undefined {
  if (!isRecord(value)) return undefined
  if (isCount(value.v) && value.v > FORMAT_VERSION) return 'newer'
  const { v, generation, pages } = value
  return isCount(v) && v > FIRST_VERSION && isCount(generation) && isCount(pages) ? { generation, pages, version: v } : undefined
}

/** `names`: what is damaged, and told. */
export function reportedRecord(names: readonly string[]): unknown {
  return { v: FIRST_VERSION, names }
}

export function parseReportedRecord(value: unknown): readonly string[] {
  const names = versioned(value)?.names
  return isStrings(names) ? names : []
}

export function draftRecord(text: string): unknown {
  return { v: FIRST_VERSION, text }
}

export function parseDraftRecord(value: unknown): string {
  const text = versioned(value)?.text
  return typeof text === 'string' ? text : ''
}

/** The list of waiting amendments, rewritten. `foldedSince`: ms since 1970 of the first start of a version that folds them. */
export function amendmentsRecord(steps: readonly AmendmentStep[], foldedSince: number): unknown {
  return { v: FORMAT_VERSION, foldedSince, amendments: steps.map(stepRecord) }
}

/** The record appended to the list: an amendment; or one that has gone; or all of a conversation that have gone. */
export function stepRecord({ conversation, amendment, folded }: AmendmentStep): unknown {
  if (folded) return [conversation, folded.from, folded.id]
  return amendment ? [conversation, amendment.from, amendment.id, amendment.at, amendment.raw] : [conversation]
}

/** The steps of the list, in order, without those that cannot be read. A list of version 2 has no `foldedSince`. */
export function amendmentsOf({ value, appended }: Listed): { readonly steps: AmendmentStep[]; readonly foldedSince: number | undefined } {
  const base = versioned(value)
  const records = [...(Array.isArray(base?.amendments) ? (base.amendments as unknown[]) : []), ...appended]
  return { steps: records.flatMap((record) => parseStep(record) ?? []), foldedSince: isTime(base?.foldedSince) ? base.foldedSince : undefined }
}

function parseStep(record: unknown): AmendmentStep | undefined {
  if (!Array.isArray(record)) return undefined
  const [id, from, messageId, at, raw] = record as unknown[]
  const conversation = parseConversationId(id)
  if (!conversation) return undefined
  if (record.length === 1) return { conversation }
  if (typeof from !== 'string' || typeof messageId !== 'string') return undefined
  if (record.length === 3) return { conversation, folded: { from, id: messageId } }
  if (!isTime(at) || typeof raw !== 'string') return undefined
  return { conversation, amendment: { from, id: messageId, at, raw } }
}

/** All conversations are in the id index. */
export function indexedRecord(): unknown {
  return { v: FIRST_VERSION, isComplete: true }
}

/** Which conversations of earlier versions are in the id index: all, or those named. */
export function indexedOf({ value, appended }: Listed): { readonly isComplete: boolean; readonly ids: readonly unknown[] } {
  return { isComplete: versioned(value)?.isComplete === true, ids: appended }
}

/** A record of a version that this one knows. */
function versioned(value: unknown): Fields | undefined {
  return isRecord(value) && isCount(value.v) && value.v >= FIRST_VERSION && value.v <= FORMAT_VERSION ? value : undefined
}

function parseConversation(value: unknown): Conversation | undefined {
  if (!isRecord(value)) return undefined
  const id = parseConversationId(value.id)
  const preview = parsePreview(value.preview)
  const { length, start, at, unread, readTo, pending, left, pinned, muted, draft, shownTo } = value
  if (!id || preview === undefined || !isCount(length) || !isCount(start) || !isTime(at) || !isCount(unread) || !isCount(readTo)) return undefined
  if (!Array.isArray(pending) || !pending.every(isCount)) return undefined
  if (typeof left !== 'boolean' || typeof pinned !== 'boolean' || typeof muted !== 'boolean') return undefined
  const conversation = { id, length, start, preview, at, unread, readTo, pending: [...pending], left, pinned, muted, ...(isTime(shownTo) && { shownTo }) }
  if (draft === undefined) return conversation
  return typeof draft === 'string' ? { ...conversation, draft } : undefined
}

/** Undefined when malformed; null is a conversation without a message. */
function parsePreview(value: unknown): Preview | null | undefined {
  if (value === null) return null
  if (!isRecord(value)) return undefined
  const { from, kind, text, status, at, seq } = value
  if (typeof from !== 'string' || typeof kind !== 'string' || typeof text !== 'string' || !isOneOf(PREVIEW_STATUSES, status)) return undefined
  return { from, kind, text, status, ...(isTime(at) && { at }), ...(isCount(seq) && { seq }) }
}

function parseMessage(value: unknown): Message | undefined {
  if (!isRecord(value)) return undefined
  const { seq, id, from, at, status } = value
  const body = parseBody(value.body)
  if (!isCount(seq) || typeof id !== 'string' || typeof from !== 'string' || !isTime(at) || !body || !isOneOf(STATUSES, status)) return undefined
  const amended = value.amended === undefined ? undefined : parseAmended(value.amended)
  const message = { seq, id, from, at, body, status, ...(isTime(value.shownAt) && { shownAt: value.shownAt }), ...(amended && { amended }) }
  if (value.failure === undefined) return message
  const failure = parseFailure(value.failure)
  return failure && { ...message, failure }
}

/** A body of a kind that this version does not know is kept as it is; a damaged one is undefined. */
function parseBody(value: unknown): MessageBody | undefined {
  if (!isRecord(value) || typeof value.kind !== 'string') return undefined
  const kind = kindNamed(value.kind)
  const body = kind ? kind.parse(value) : { kind: 'unsupported' as const, record: value }
  return body && readAgain(typeof value.raw === 'string' ? { ...body, raw: value.raw } : body)
}

/** A message that an earlier version could not show: this one may know its kind. */
function readAgain(body: MessageBody): MessageBody {
  if (body.kind !== 'unsupported') return body
  if (body.record) return (kindNamed(body.record.kind) ? parseBody(body.record) : undefined) ?? body
  const envelope = body.raw === undefined ? undefined : decode(body.raw)
  // An envelope that cannot be read any more is no text.
  return envelope?.kind === 'message' && envelope.id !== undefined ? envelope.body : body
}

const PREVIEW_STATUSES: readonly Preview['status'][] = ['queued', 'sending', 'failed', 'cancelled', 'ok']
const STATUSES: readonly MessageStatus[] = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'received']
