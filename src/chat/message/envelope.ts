/**
 * The wire format: the `text` of an RTM message. docs/WIRE.md describes it for other programs.
 * Rich: one JSON object. Plain: the bare text, as any RTM program sends it.
 */
import type { Fields } from '@/src/kinds/kind'
import { kindNamed, kindOf, type MessageBody } from '@/src/kinds/registry'
import { cutText } from '../text/written-text'
import { parseJsonText } from '../util/json-text'
import { MESSAGE_MAX_BYTES, utf8Length } from '../rtm-limits'
import { COMMON_FIELDS, commonFieldsOf, EXCERPT_MAX_LENGTH, isRead, readAlt, readCommonFields, type CommonFields } from './common-fields'
import { isToken } from './token'

export type Wire = 'rich' | 'plain'

/** The version this client writes, and the newest it reads. */
export const ENVELOPE_VERSION = 1

/** The length of the ids this client gives its messages, in ASCII characters that JSON does not escape. */
export const MESSAGE_ID_LENGTH = 21

/** The maximum number of ids in one receipt: with the longest ids it still fits into one message. */
export const RECEIPT_MAX_IDS = 200

/** A message that users see. */
export interface MessageEnvelope extends CommonFields {
  readonly kind: 'message'
  /** Absent for a bare text, which has none. */
  readonly id?: string
  readonly body: MessageBody
  /** Whether it may be a resend, possibly of an old message: the receiver then looks for it beyond its recent messages. */
  readonly again?: true
}
/** Ids of the other side's messages that are durable on this device (`delivered`), and of those that were seen (`read`). */
export interface ReceiptEnvelope {
  readonly kind: 'receipt'
  readonly id: string
  readonly delivered?: readonly string[]
  readonly read?: readonly string[]
}

/** The sender is writing in this conversation. */
export interface TypingEnvelope {
  readonly kind: 'typing'
  readonly id: string
}

/** A message as it is sent. */
export type OutgoingMessage = MessageEnvelope & { readonly id: string }

export type DecodedEnvelope =
  | MessageEnvelope
  | Required<ReceiptEnvelope>
  | TypingEnvelope
  /** Changes another message: an edit, a recall or a reaction. It is stored with its target, and this version does not show it. */
  | { readonly kind: 'amendment'; readonly id: string; readonly raw: string }
  /** Of a later version. Nothing is shown or kept. */
  | { readonly kind: 'control'; readonly id: string }

/**
 * The text of the RTM message. Plain mode has no control messages.
 * @throws Error if the kind cannot be sent: ask {@link isSendable} first
 */
export function encode(envelope: OutgoingMessage, wire: Wire): string
export function encode(envelope: ReceiptEnvelope | TypingEnvelope, wire: 'rich'): string
export function encode(envelope: OutgoingMessage | ReceiptEnvelope | TypingEnvelope, wire: Wire): string {
  if (envelope.kind === 'typing') return JSON.stringify({ v: ENVELOPE_VERSION, ...envelope, quiet: true })
  if (envelope.kind === 'receipt') {
    const { id, kind, ...lists } = envelope
    return JSON.stringify({ v: ENVELOPE_VERSION, id, kind, ...lists })
  }
  const { id, body, again } = envelope
  const kind = kindOf(body)
  if (!isSendable(body, wire)) throw new Error(`${body.kind} cannot be sent as ${wire}`)
  if (wire === 'plain') return plainText(envelope)
  const head = { v: ENVELOPE_VERSION, id, kind: kind.name }
  const alt = kind.name === 'text' ? undefined : (kind.alt ?? kind.plain)?.(body)
  // The head is first, and no field of a kind replaces it.
  return JSON.stringify(Object.assign({ ...head }, kind.encode?.(body), head, alt && { alt: cutText(alt, EXCERPT_MAX_LENGTH) }, commonFieldsOf(envelope), again && { again }))
}

/** A message of plain mode: what it quotes is a line above it. */
function plainText({ body, quote }: OutgoingMessage): string {
  const words = kindOf(body).plain?.(body) ?? ''
  const text = quote ? `「${quote.from}：${quote.text}」\n${words}` : words
  return isEnvelopeBehindSpaces(text) ? ` ${text}` : text
}

/** Whether a message with this body can be sent over this wire. A file must have been uploaded. */
export function isSendable(body: MessageBody, wire: Wire): boolean {
  const kind = kindOf(body)
  return kind.encode !== undefined && (wire === 'rich' || kind.plain !== undefined) && !kind.upload?.(body)
}

/** Reads the text of an RTM message. Never throws: a text that is not an envelope is a bare text. */
export function decode(text: string): DecodedEnvelope {
  if (text.startsWith(' ') && isEnvelopeBehindSpaces(text)) return bareText(text.slice(1))
  return readEnvelope(text) ?? bareText(text)
}

function bareText(text: string): MessageEnvelope {
  return { kind: 'message', body: { kind: 'text', text } }
}

/** In plain mode a text that looks like an envelope is sent with an additional space in front. The receiver removes one. */
function isEnvelopeBehindSpaces(text: string): boolean {
  let start = 0
  while (text[start] === ' ') start++
  return readEnvelope(text.slice(start)) !== undefined
}

function readEnvelope(text: string): DecodedEnvelope | undefined {
  const json = readObject(text)
  if (json === undefined) return undefined
  const { v, id, kind } = json
  if (!Number.isInteger(v) || (v as number) < 1 || !isToken(id) || !isToken(kind)) return undefined
  return v === ENVELOPE_VERSION ? readFields(kind, id, json, text) : readUnknown(kind, id, json, text)
}

function readObject(text: string): Fields | undefined {
  if (!text.startsWith('{') || !text.endsWith('}') || text.length > MESSAGE_MAX_BYTES) return undefined
  return parseJsonText(text) as Fields | undefined
}

/** The fields of every message that this version supports. */
const MESSAGE_FIELDS: readonly string[] = ['v', 'id', 'kind', 'quiet', 'again', ...COMMON_FIELDS]

function readFields(name: string, id: string, json: Fields, raw: string): DecodedEnvelope {
  if (name === 'receipt') return { kind: 'receipt', id, delivered: readIds(json.delivered), read: readIds(json.read) }
  if (name === 'typing') return { kind: 'typing', id }
  if (AMENDMENTS.includes(name)) return { kind: 'amendment', id, raw }
  const kind = kindNamed(name)
  if (!kind?.decode) return readUnknown(name, id, json, raw)
  const body = kind.decode(json)
  if (!body) return unsupported(id, json, raw)
  const common = readCommonFields(json)
  const whole = hasOnly(json, kind.fields ?? []) && isRead(json, common) ? body : { ...body, raw }
  // Each incoming message is one of these: a copy with `...` would cost more than the rest of its reading.
  if (common === undefined && json.again !== true) return { kind: 'message', id, body: whole }
  return { kind: 'message', id, body: whole, ...common, ...(json.again === true && { again: true as const }) }
}

/** Whether an envelope has no fields but these and the common ones. */
function hasOnly(json: Fields, fields: readonly string[]): boolean {
  for (const field in json) if (!MESSAGE_FIELDS.includes(field) && !fields.includes(field)) return false
  return true
}

/** The kinds that change another message. A version that does not support them has nothing to show. */
const AMENDMENTS = ['edit', 'recall', 'reaction']

/** An unknown kind or version: shown as a neutral line, unless the sender says that nothing is to be shown. */
function readUnknown(kind: string, id: string, json: Fields, raw: string): DecodedEnvelope {
  if (json.quiet !== true) return unsupported(id, json, raw)
  return AMENDMENTS.includes(kind) ? { kind: 'amendment', id, raw } : { kind: 'control', id }
}

function unsupported(id: string, json: Fields, raw: string): MessageEnvelope {
  const alt = readAlt(json)
  return { kind: 'message', id, body: { kind: 'unsupported', raw, ...(alt !== undefined && { alt }) }, ...readCommonFields(json) }
}

function readIds(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, RECEIPT_MAX_IDS).filter(isToken) : []
}

/** `{"v":1,"id":"…","kind":"text","text":"","again":true}`, with an id of MESSAGE_ID_LENGTH. */
const EMPTY_TEXT_BYTES = 52 + MESSAGE_ID_LENGTH

/** The maximum size of a message on the wire, also of a resend, compared with MESSAGE_MAX_BYTES. */
export function envelopeBytes(message: CommonFields & { readonly body: MessageBody }, wire: Wire): number {
  const common = commonFieldsOf(message)
  if (message.body.kind === 'text' && !common) return encodedBytes(message.body.text, wire)
  return utf8Length(encode({ kind: 'message', id: '-'.repeat(MESSAGE_ID_LENGTH), body: message.body, ...common, again: true }, wire))
}

/** {@link envelopeBytes} of a text without common fields. Builds no string, so that the composer can call it on each key. */
export function encodedBytes(text: string, wire: Wire): number {
  if (wire === 'plain') return utf8Length(text) + (isEnvelopeBehindSpaces(text) ? 1 : 0)
  let escapes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22 || code === 0x5c) escapes += 1
    else if (code < 0x20) escapes += isShortEscape(code) ? 1 : 5
    else if (code >= 0xd800 && code < 0xe000) {
      if (code < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++
      // A lone surrogate: JSON.stringify writes `\ud800`, 6 bytes, where utf8Length counts 3.
      else escapes += 3
    }
  }
  return EMPTY_TEXT_BYTES + utf8Length(text) + escapes
}

/** \b \t \n \f \r take two characters in JSON, other control characters six (`\u0001`). */
function isShortEscape(code: number): boolean {
  return code >= 8 && code <= 13 && code !== 11
}
