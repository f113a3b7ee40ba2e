/**
 * The wire format: what stands in the `text` of an RTM message. docs/WIRE.md describes it for other programs.
 * Rich: one JSON object. Plain: the bare text, as any RTM program sends it.
 */
import { parseJsonText } from '../util/json-text'
import { MESSAGE_MAX_BYTES, isValidId, utf8Length } from '../rtm-limits'

export type Wire = 'rich' | 'plain'

/** The version this client writes, and the newest it reads. */
export const ENVELOPE_VERSION = 1

/** The length of the ids this client gives its messages, in ASCII characters that JSON does not escape. */
export const MESSAGE_ID_LENGTH = 21

/** How many ids one receipt holds at most: with the longest ids it still fits into one message. */
export const RECEIPT_MAX_IDS = 200

/** The longest excerpt of a quoted message, in UTF-16 units. */
export const QUOTE_TEXT_MAX_LENGTH = 200

/** Refers to an earlier message of the conversation by its author and id; `text` is an excerpt, '' when there is none. */
export interface Quote {
  readonly id: string
  readonly from: string
  readonly text: string
}

export interface TextEnvelope {
  readonly kind: 'text'
  readonly id: string
  readonly text: string
  readonly quote?: Quote
  /** It may have been sent before, perhaps long ago: a reader looks further back for it than its recent messages. */
  readonly again?: true
}
/** Which of the other side's messages are durable on this device (`delivered`) and which were seen (`read`), by id. */
export interface ReceiptEnvelope {
  readonly kind: 'receipt'
  readonly id: string
  readonly delivered?: readonly string[]
  readonly read?: readonly string[]
}
export type OutgoingEnvelope = TextEnvelope | ReceiptEnvelope

/** `raw` is the whole envelope as it came. It is kept where this version does not show all of it, for a later one that does. */
export type DecodedEnvelope =
  /** No envelope: to be shown as the text it is. */
  | { readonly kind: 'plain'; readonly text: string }
  | (TextEnvelope & { readonly raw?: string })
  | Required<ReceiptEnvelope>
  /** An envelope this client cannot read, with something in it that a person would miss: shown as a neutral line. */
  | { readonly kind: 'unsupported'; readonly id: string; readonly raw: string }
  /** An envelope that changes another message, in a way that this client cannot show: kept, never shown. */
  | { readonly kind: 'amendment'; readonly id: string; readonly raw: string }
  /** An envelope that is nothing by itself, such as typing: never shown. */
  | { readonly kind: 'control'; readonly id: string }

/** `message` as the text of an RTM message. Plain mode has no control messages, so it takes texts only. */
export function encode(message: TextEnvelope, wire: Wire): string
export function encode(message: OutgoingEnvelope, wire: 'rich'): string
export function encode(message: OutgoingEnvelope, wire: Wire): string {
  if (wire === 'plain' && message.kind === 'text') return isEnvelopeBehindSpaces(message.text) ? ` ${message.text}` : message.text
  const { id, kind, ...body } = message
  return JSON.stringify({ v: ENVELOPE_VERSION, id, kind, ...body })
}

/** What `text` says. Never throws: whatever is no envelope is plain text. */
export function decode(text: string): DecodedEnvelope {
  if (text.startsWith(' ') && isEnvelopeBehindSpaces(text)) return { kind: 'plain', text: text.slice(1) }
  return readEnvelope(text) ?? { kind: 'plain', text }
}

/** A text that reads as an envelope goes with one space more in front of it in plain mode, and comes out with one less. */
function isEnvelopeBehindSpaces(text: string): boolean {
  let start = 0
  while (text[start] === ' ') start++
  return readEnvelope(text.slice(start)) !== undefined
}

type Json = Readonly<Record<string, unknown>>

function readEnvelope(text: string): DecodedEnvelope | undefined {
  const json = readObject(text)
  if (json === undefined) return undefined
  const { v, id, kind } = json
  if (!Number.isInteger(v) || (v as number) < 1 || !isToken(id) || !isToken(kind)) return undefined
  return v === ENVELOPE_VERSION ? readBody(kind, id, json, text) : readUnknown(kind, id, json, text)
}

function readObject(text: string): Json | undefined {
  if (!text.startsWith('{') || !text.endsWith('}') || text.length > MESSAGE_MAX_BYTES) return undefined
  return parseJsonText(text) as Json | undefined
}

/** The fields of a text that this version shows or follows. */
const TEXT_FIELDS = ['v', 'id', 'kind', 'quiet', 'text', 'again']

function readBody(kind: string, id: string, json: Json, raw: string): DecodedEnvelope {
  switch (kind) {
    case 'text': {
      if (typeof json.text !== 'string') return { kind: 'unsupported', id, raw }
      const quote = readQuote(json.quote)
      const holdsMore = Object.keys(json).some((field) => !TEXT_FIELDS.includes(field))
      return { kind, id, text: json.text, ...(quote && { quote }), ...(json.again === true && { again: true as const }), ...(holdsMore && { raw }) }
    }
    case 'receipt':
      return { kind, id, delivered: readIds(json.delivered), read: readIds(json.read) }
    case 'typing':
      return { kind: 'control', id }
    default:
      return AMENDMENTS.includes(kind) ? { kind: 'amendment', id, raw } : readUnknown(kind, id, json, raw)
  }
}

/** The kinds that change another message. Without knowing how, there is nothing to show. */
const AMENDMENTS = ['edit', 'recall', 'reaction']

/** `media` and everything newer: shown as a neutral line, unless the sender says that it is nothing to be shown. */
function readUnknown(kind: string, id: string, json: Json, raw: string): DecodedEnvelope {
  if (json.quiet !== true) return { kind: 'unsupported', id, raw }
  return AMENDMENTS.includes(kind) ? { kind: 'amendment', id, raw } : { kind: 'control', id }
}

function readQuote(value: unknown): Quote | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, from, text = '' } = value as Json
  if (!isToken(id) || !isValidId(from) || typeof text !== 'string' || text.length > QUOTE_TEXT_MAX_LENGTH) return undefined
  return { id, from, text }
}

function readIds(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, RECEIPT_MAX_IDS).filter(isToken) : []
}

/** An id or a kind: 1 to 64 printable ASCII characters, no space. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]{1,64}$/.test(value)
}

const EMPTY_TEXT_BYTES = encode({ kind: 'text', id: '-'.repeat(MESSAGE_ID_LENGTH), text: '', again: true }, 'rich').length

/**
 * How many bytes a text takes on the wire at most, also when it is sent again, of MESSAGE_MAX_BYTES. Builds no string, so
 * that the composer can ask on each key.
 */
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
