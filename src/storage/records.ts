/**
 * Writes and reads the records of storage (docs/STORAGE.md). A disk can return text that is cut short, garbled or of a later version, so
 * every field is checked and copied; malformed records are left out and counted.
 */
import { conversationTarget, type Conversation, type Preview, parseConversationId } from '@/src/chat/conversation/conversation'
import { readDraftAbout, type DraftAbout } from '@/src/chat/conversation/draft'
import { utf8Length } from '@/src/chat/rtm-limits'
import { isSameMessage, withoutErased, type Message, type MessageStatus } from '@/src/chat/message/message'
import { joined, parseChanges, type MessageChanges } from '@/src/chat/message/message-changes'
import { commonFieldsOf, readCommonFields, type CommonFields } from '@/src/chat/message/common-fields'
import { decode } from '@/src/chat/message/envelope'
import { isCount, isOneOf, isRecord, isStrings, isTime } from '@/src/chat/util/checks'
import type { Fields } from '@/src/kinds/kind'
import { kindNamed, type MessageBody } from '@/src/kinds/registry'
import { parseConversation } from './conversation-record'
import { parseFailure } from './failure-record'
import type { AmendmentStep } from './history/waiting-amendments'
import type { Listed } from './kv/key-value'
import { pageOf } from './keys'

/**
 * `v` of the records. 1: pages, drafts and single conversations of the first release. 2: the index. 3: changes of messages, {@link amendRecord}.
 * Each version reads the earlier ones, and does not touch a history whose index is of a later version.
 */
export const FORMAT_VERSION = 3
const FIRST_VERSION = 1

/** The messages of one page of a log, by their `seq`. */
export interface Page {
  readonly messages: ReadonlyMap<number, Message>
  /** Number of its records that are torn, garbled or of an unknown form. */
  readonly unreadable: number
  /** Number of its records: many more than its messages if these have changed often. */
  readonly records: number
  /** Approximate size of its records on the device. */
  readonly bytes: number
}

/** Bytes that a record takes on the device beside its text: a checksum and separators. */
const RECORD_OVERHEAD = 12

/** Returns about how many bytes a record takes on the device. 0 if it is undefined. */
export function sizeOf(record: unknown): number {
  return record === undefined ? 0 : utf8Length(String(JSON.stringify(record))) + RECORD_OVERHEAD
}

/** Reads a conversation of format 1, which had a key for each. Undefined if it is malformed. */
export function parseConversationRecord(value: unknown): Conversation | undefined {
  const stored = versioned(value)?.conversation
  return isRecord(stored) ? parseConversation({ start: 0, pinned: false, muted: false, ...stored }) : undefined
}

/** The record that replaces a page and everything appended to it. */
export function pageRecord(messages: ReadonlyMap<number, Message>): unknown {
  return { v: FORMAT_VERSION, messages: [...messages.values()].sort((a, b) => a.seq - b.seq) }
}

/** The record appended for a message: the whole message, or only status and failure if its body and its mentions are unchanged. */
export function messageRecord(message: Message, former: Message | undefined): unknown {
  const { seq, status, failure } = message
  const isChange = former !== undefined && isSameMessage(former, message) && isSameBody(former.body, message.body) && former.at === message.at && isSame(former.mentions, message.mentions)
  return isChange ? { seq, status, ...(failure && { failure }) } : { message }
}

/** The record appended for a change of a message. */
export function amendRecord(seq: number, amend: MessageChanges): unknown {
  return { seq, amend }
}

/** An unchanged body is the same object unless the message was read from the disk in between, so most calls compare no text. */
function isSameBody(a: MessageBody, b: MessageBody): boolean {
  return a.kind === b.kind && isSame(a, b)
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** Reads page number `page` of a log. The last record of a message wins; its changes are merged, whether before or after that record. */
export function parsePage({ value, appended, unreadable }: Listed, page: number): Page {
  const messages = new Map<number, Message>()
  const early = new Map<number, MessageChanges>() // of messages whose record comes later
  let damaged = unreadable
  const add = (candidate: unknown) => {
    const message = parseMessage(candidate)
    if (!message || pageOf(message.seq) !== page) return void damaged++
    const former = messages.get(message.seq)
    // A crash can leave a message that nothing counts. Another one takes its place, and has none of its changes.
    const amended = isSameMessage(former, message) ? former?.amended : early.get(message.seq)
    early.delete(message.seq)
    messages.set(message.seq, withoutErased(amended ? { ...message, amended: joined(amended, message.amended ?? {}) } : message))
  }
  const amend = ({ seq, amend: change }: Fields) => {
    const amended = parseChanges(change)
    if (!amended || !isCount(seq) || pageOf(seq) !== page) return void damaged++
    const message = messages.get(seq)
    if (message) messages.set(seq, withoutErased({ ...message, amended: joined(message.amended, amended) }))
    else early.set(seq, joined(early.get(seq), amended))
  }
  const base = value === undefined ? [] : versioned(value)?.messages
  if (Array.isArray(base)) base.forEach(add)
  else damaged++
  for (const record of appended) {
    if (isRecord(record) && 'message' in record) add(record.message)
    else if (isRecord(record) && 'amend' in record) amend(record)
    else add(changed(record, messages))
  }
  const records = [...(Array.isArray(base) ? (base as unknown[]) : []), ...appended]
  return { messages, unreadable: damaged, records: records.length, bytes: records.reduce<number>((sum, record) => sum + sizeOf(record ?? null), 0) }
}

function changed(record: unknown, messages: ReadonlyMap<number, Message>): unknown {
  if (!isRecord(record) || !isCount(record.seq)) return undefined
  const former = messages.get(record.seq)
  if (!former) return undefined
  const { failure: _failure, ...rest } = former
  return { ...rest, status: record.status, ...(record.failure === undefined ? {} : { failure: record.failure }) }
}

/** A conversation in the index. */
export interface IndexRow {
  readonly conversation: Conversation
  /** Approximate size of its messages on the device. */
  readonly bytes: number
  /** ms since 1970 of its oldest message, by which the conversation with the oldest of all is found. */
  readonly since: number
}

/** Assumed size of a message whose size was not stored or is lost. */
export const BYTES_PER_MESSAGE = 250

/** Bits in `flags` of a row. */
const LEFT = 1
const PINNED = 2
const MUTED = 4

/** A row as an array without field names, since a start can read a thousand of them. Draft, actions, and what else is known are last, if there are any. */
export function rowRecord({ conversation, bytes, since }: IndexRow): unknown {
  const { id, length, start, at, unread, readTo, pending, left, pinned, muted, preview, draft, shownTo, actions, by, mentioned, markFrom } = conversation
  const flags = (left ? LEFT : 0) | (pinned ? PINNED : 0) | (muted ? MUTED : 0)
  const shown = preview && [preview.from === conversationTarget(id) ? 1 : preview.from, preview.kind, preview.text, preview.status, ...shownRecord(preview, shownTo)]
  const marks = by || mentioned || markFrom !== undefined ? [{ by, mentioned, markFrom }] : []
  const last = marks.length > 0 ? [draft ?? '', actions ?? [], ...marks] : actions ? [draft ?? '', actions] : draft === undefined ? [] : [draft]
  return [id, length, start, at, unread, readTo, flags, pending, shown, bytes, since, ...last]
}

/** The times that the list and the thread show, if they differ from the row's `at`, and the seq of the preview's message. */
function shownRecord(preview: Preview, shownTo: number | undefined): readonly unknown[] {
  if (preview.seq !== undefined) return [preview.at ?? null, shownTo ?? null, preview.seq]
  if (shownTo !== undefined) return [preview.at ?? null, shownTo]
  return preview.at === undefined ? [] : [preview.at]
}

export function parseRow(value: unknown): IndexRow | undefined {
  if (!Array.isArray(value)) return undefined
  const [id, length, start, at, unread, readTo, flags, pending, shown, bytes, since, draft, actions, marks] = value as unknown[]
  if (!isCount(flags) || !isCount(bytes) || !isTime(since)) return undefined
  const [from, kind, text, status, previewAt, shownTo, seq] = Array.isArray(shown) ? (shown as unknown[]) : []
  const author = from === 1 && typeof id === 'string' ? id.slice(id.indexOf(':') + 1) : from
  const preview = shown === null ? null : { from: author, kind, text, status, at: previewAt, seq }
  const bits = { left: (flags & LEFT) > 0, pinned: (flags & PINNED) > 0, muted: (flags & MUTED) > 0 }
  const conversation = parseConversation({ id, length, start, at, unread, readTo, pending, preview, ...bits, draft: draft === '' ? undefined : draft, shownTo, actions, marks })
  return conversation && { conversation, bytes, since }
}

/** The current generation of the index, and its number of pages. */
export interface IndexMeta {
  readonly generation: number
  readonly pages: number
}

/** {@link IndexMeta} as read from the device. */
export interface StoredMeta extends IndexMeta {
  /** The latest format version that records of this history can have. */
  readonly version: number
}

export function metaRecord({ generation, pages }: IndexMeta): unknown {
  return { v: FORMAT_VERSION, generation, pages }
}

/** `newer`: a later version of this client wrote it. Undefined if it is missing or malformed. */
export function parseMeta(value: unknown): StoredMeta | 'newer' | undefined {
  if (!isRecord(value)) return undefined
  if (isCount(value.v) && value.v > FORMAT_VERSION) return 'newer'
  const { v, generation, pages } = value
  return isCount(v) && v > FIRST_VERSION && isCount(generation) && isCount(pages) ? { generation, pages, version: v } : undefined
}

/** `names`: the damaged pages and generations that the user knows of. */
export function reportedRecord(names: readonly string[]): unknown {
  return { v: FIRST_VERSION, names }
}

export function parseReportedRecord(value: unknown): readonly string[] {
  const names = versioned(value)?.names
  return isStrings(names) ? names : []
}

/** The text of a composer, and what it holds besides. */
export interface StoredDraft {
  readonly text: string
  readonly about: DraftAbout
}

/** Undefined if there is nothing to store. */
export function draftRecord({ text, about }: StoredDraft): unknown {
  return text === '' && Object.keys(about).length === 0 ? undefined : { v: FIRST_VERSION, text, ...about }
}

export function parseDraftRecord(value: unknown): StoredDraft {
  const draft = versioned(value) ?? {}
  return { text: typeof draft.text === 'string' ? draft.text : '', about: readDraftAbout(draft) }
}

/** The record that replaces the list of waiting amendments. `foldedSince`: ms since 1970 of the first start of a version that folds them. */
export function amendmentsRecord(steps: readonly AmendmentStep[], foldedSince: number): unknown {
  return { v: FORMAT_VERSION, foldedSince, amendments: steps.map(stepRecord) }
}

/** The record appended to the list: it adds an amendment, removes one, or removes all of a conversation. */
export function stepRecord({ conversation, amendment, removed }: AmendmentStep): unknown {
  if (removed) return [conversation, removed.from, removed.id]
  return amendment ? [conversation, amendment.from, amendment.id, amendment.at, amendment.raw] : [conversation]
}

/** Reads the steps of the list, in order. Malformed ones are left out; a list of version 2 has no `foldedSince`. */
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
  if (record.length === 3) return { conversation, removed: { from, id: messageId } }
  if (!isTime(at) || typeof raw !== 'string') return undefined
  return { conversation, amendment: { from, id: messageId, at, raw } }
}

/** The record that says that the id index has all conversations. */
export function indexedRecord(): unknown {
  return { v: FIRST_VERSION, isComplete: true }
}

/** Reads which conversations of earlier versions the id index has: all, or those with these ids. */
export function indexedOf({ value, appended }: Listed): { readonly isComplete: boolean; readonly ids: readonly unknown[] } {
  return { isComplete: versioned(value)?.isComplete === true, ids: appended }
}

/** `value` if it is a record of a version that this one can read. */
function versioned(value: unknown): Fields | undefined {
  return isRecord(value) && isCount(value.v) && value.v >= FIRST_VERSION && value.v <= FORMAT_VERSION ? value : undefined
}

function parseMessage(value: unknown): Message | undefined {
  if (!isRecord(value)) return undefined
  const { seq, id, from, at, status } = value
  const stored = parseBody(value.body)
  const { body, common = readCommonFields(value) } = stored?.raw === undefined ? { body: stored } : readAgain(stored, stored.raw)
  if (!isCount(seq) || typeof id !== 'string' || typeof from !== 'string' || !isTime(at) || !body || !isOneOf(STATUSES, status)) return undefined
  const amended = value.amended === undefined ? undefined : parseChanges(value.amended)
  const message = { seq, id, from, at, body, status, ...(isTime(value.shownAt) && { shownAt: value.shownAt }), ...(isTime(value.wentAt) && { wentAt: value.wentAt }), ...(value.bare === true && { bare: true as const }), ...common, ...(amended && { amended }) }
  if (value.failure === undefined) return message
  const failure = parseFailure(value.failure)
  return failure && { ...message, failure }
}

/** Reads a body. One of an unknown kind is preserved unchanged; a damaged one is undefined. */
function parseBody(value: unknown): MessageBody | undefined {
  if (!isRecord(value) || typeof value.kind !== 'string') return undefined
  const kind = kindNamed(value.kind)
  const body = kind ? kind.parse(value) : { kind: 'unsupported' as const, record: value }
  if (body?.kind === 'unsupported' && body.record && kindNamed(body.record.kind)) return parseBody(body.record) ?? body
  return body && typeof value.raw === 'string' ? { ...body, raw: value.raw } : body
}

/** Reads again an envelope that an earlier version could not show whole, since this one may know the rest. */
function readAgain(body: MessageBody, raw: string): { readonly body: MessageBody; readonly common?: CommonFields | undefined } {
  const envelope = decode(raw)
  // A damaged envelope decodes as a plain text, which this is not.
  if (envelope.kind !== 'message' || envelope.id === undefined) return { body }
  return { body: envelope.body, common: commonFieldsOf(envelope) }
}

const STATUSES: readonly MessageStatus[] = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'received']
