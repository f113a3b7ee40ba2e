/** The facts about a file that a message carries, and their checks. The bytes are in a store, and the message has their address (docs/WIRE.md). */
import type { Fields } from '@/src/kinds/kind'
import { isBlank, oneLine } from '../text/written-text'
import { isCount } from '../util/checks'
import { httpsHost } from '../util/web-address'

/** What the store says of a file. It counts, whatever the sender said. */
export interface StoredFile {
  /** A path on the file server of the reader's own backend, `/f/…`, or an https address. */
  readonly url: string
  readonly mime: string
  readonly bytes: number
  /** 64 hex digits. */
  readonly sha256: string
  /** Pixels. */
  readonly width?: number
  readonly height?: number
  readonly ms?: number
}

export type UploadKind = 'image' | 'voice' | 'video' | 'file'

/** A file on this device that must be uploaded before its message can be sent. */
export interface Upload {
  /** The key of the file on this device. */
  readonly local: string
  readonly kind: UploadKind
  readonly mime: string
  readonly name: string
}

/** All fields that a message with a file can have. */
export interface MediaFields extends Required<StoredFile> {
  /** A thumbhash in base64. */
  readonly thumb: string
  /** The loudness of a voice over its time: a digit of base 32 each. */
  readonly levels: string
  /** The name of a file, in the form of {@link cleanFileName}. */
  readonly name: string
  /** A caption. Never blank. */
  readonly text: string
}

/** The maximum lengths, UTF-16 units. */
const MAX_LENGTH = { url: 1_000, mime: 100, thumb: 36, name: 200, text: 1_000 } as const
const BYTES_MAX = 2 ** 40
const PIXELS_MAX = 100_000
const MS_MAX = 24 * 60 * 60_000

/** Each returns the value, '' for an optional one that says nothing, or undefined if it is malformed. */
const READ: { readonly [Name in keyof MediaFields]: (value: unknown) => MediaFields[Name] | undefined } = {
  url: (value) => textOf(value, MAX_LENGTH.url, (url) => /^\/f\/[\w-]{22}$/.test(url) || httpsHost(url) !== undefined),
  mime: (value) => textOf(value, MAX_LENGTH.mime, (mime) => /^[a-z0-9][!#$&+.^_a-z0-9-]*\/[a-z0-9][!#$&+.^_a-z0-9-]*$/.test(mime)),
  bytes: (value) => numberOf(value, BYTES_MAX),
  sha256: (value) => textOf(value, 64, (digits) => /^[0-9a-f]{64}$/.test(digits)),
  width: (value) => numberOf(value, PIXELS_MAX),
  height: (value) => numberOf(value, PIXELS_MAX),
  ms: (value) => numberOf(value, MS_MAX),
  thumb: (value) => textOf(value, MAX_LENGTH.thumb, (hash) => /^[A-Za-z0-9+/]{4,36}={0,2}$/.test(hash)),
  levels: (value) => textOf(value, 32, (levels) => /^[0-9a-v]+$/.test(levels)),
  name: (value) => cleanFileName(textOf(value, MAX_LENGTH.name) ?? ''),
  text(value) {
    const text = textOf(value, MAX_LENGTH.text)
    return text !== undefined && isBlank(text) ? '' : text
  },
}

/** Copies these fields out of what a message, a record or a store has. Undefined if one is malformed, or if one of `needed` is absent. */
export function readFields<Needed extends keyof MediaFields, Optional extends keyof MediaFields = never>(
  fields: Fields,
  needed: readonly Needed[],
  optional: readonly Optional[] = [],
): (Pick<MediaFields, Needed> & Partial<Pick<MediaFields, Optional>>) | undefined {
  const found: Partial<Record<keyof MediaFields, string | number>> = {}
  for (const name of [...needed, ...optional]) {
    if (fields[name] === undefined && (optional as readonly string[]).includes(name)) continue
    const value = READ[name](fields[name])
    if (value === undefined) return undefined
    if (value !== '') found[name] = value
  }
  return found as Pick<MediaFields, Needed> & Partial<Pick<MediaFields, Optional>>
}

/** The name of a file: on one line, without control and direction characters and without `/` and `\`. Undefined if nothing of it is visible. */
export function cleanFileName(name: string): string | undefined {
  const clean = oneLine(name.replace(/[/\\\u061c\u200e\u200f]/g, ''))
  return isBlank(clean) ? undefined : clean
}

function textOf(value: unknown, maxLength: number, isValid: (text: string) => boolean = () => true): string | undefined {
  return typeof value === 'string' && value.length <= maxLength && isValid(value) ? value : undefined
}

/** A whole number from 1 to `max`. */
function numberOf(value: unknown, max: number): number | undefined {
  return isCount(value) && value >= 1 && value <= max ? value : undefined
}
