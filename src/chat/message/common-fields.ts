/** The fields that a message of any kind can have beside its own (docs/WIRE.md). On the disk they have the same form. */
import type { Fields } from '@/src/kinds/kind'
import { emojiOf } from '../emoji/emojis'
import { isBlank, oneLine } from '../text/written-text'
import { isRecord, isTime } from '../util/checks'
import { isValidId, utf8Length } from '../rtm-limits'
import { isToken } from './token'

/** The maximum length of a quote's excerpt and of `alt`, in UTF-16 units. */
export const EXCERPT_MAX_LENGTH = 200
/** The maximum length of a shown name, in characters. */
export const NAME_MAX_LENGTH = 32
/** The maximum size of an avatar, in bytes of UTF-8. */
export const AVATAR_MAX_BYTES = 300
/** The maximum number of users that one message mentions. */
export const MENTIONS_MAX = 50
/** In `mentions`: everybody in the channel. */
export const EVERYBODY = '*'

/** How a sender wants to be shown. It says nothing about who they are: RTM names the sender. */
export interface Profile {
  /** On one line, without control characters. */
  readonly name?: string
  /** `emoji:😀`, or an https URL. */
  readonly avatar?: string
}

/** An earlier message of the conversation, which this one answers. */
export interface Quote {
  readonly id: string
  /** The user id of its author. */
  readonly from: string
  /** ms since 1970. Absent in a quote of an earlier version, as is `kind`. */
  readonly at?: number
  readonly kind?: string
  /** An excerpt, '' if there is none. */
  readonly text: string
}

/** Whose words a forwarded message has: only the forwarder says so. */
export interface Forwarded {
  readonly from: string
  /** ms since 1970. */
  readonly at: number
}

export interface CommonFields {
  readonly by?: Profile
  readonly quote?: Quote
  /** User ids, or {@link EVERYBODY}. Only channel messages have them. */
  readonly mentions?: readonly string[]
  readonly fwd?: Forwarded
}

/** The names of the fields in {@link CommonFields}, and `alt`, which is for clients that do not know the kind. */
export const COMMON_FIELDS: readonly string[] = ['by', 'quote', 'mentions', 'fwd', 'alt']

const READ_FIELDS = ['by', 'quote', 'mentions', 'fwd'] as const

/** Reads the common fields of an envelope or a record. Malformed ones are left out. Undefined if there are none. */
export function readCommonFields(json: Fields): CommonFields | undefined {
  // Most messages have at most one of them.
  if (json.by === undefined && json.quote === undefined && json.mentions === undefined && json.fwd === undefined) return undefined
  const by = readProfile(json.by)
  const quote = readQuote(json.quote)
  const mentions = readMentions(json.mentions)
  const fwd = readForwarded(json.fwd)
  if (!by && !quote && !mentions && !fwd) return undefined
  return { ...(by && { by }), ...(quote && { quote }), ...(mentions && { mentions }), ...(fwd && { fwd }) }
}

/** Whether none of the common fields of `json` was left out of what {@link readCommonFields} returned for it. */
export function isRead(json: Fields, common: CommonFields | undefined): boolean {
  return READ_FIELDS.every((field) => json[field] === undefined || common?.[field] !== undefined)
}

/** The common fields of a message, for its envelope or a copy. Undefined if it has none. */
export function commonFieldsOf({ by, quote, mentions, fwd }: CommonFields): CommonFields | undefined {
  if (!by && !quote && !mentions && !fwd) return undefined
  return { ...(by && { by }), ...(quote && { quote }), ...(mentions && { mentions }), ...(fwd && { fwd }) }
}

/** The fallback text of an envelope for clients that do not know its kind. Undefined if there is none. */
export function readAlt({ alt }: Fields): string | undefined {
  return typeof alt === 'string' && alt.length <= EXCERPT_MAX_LENGTH && !isBlank(alt) ? alt : undefined
}

/** Reads a profile. A name or avatar that is not allowed is left out; undefined if neither is left. */
export function readProfile(value: unknown): Profile | undefined {
  if (!isRecord(value)) return undefined
  const name = cleanName(value.name)
  const avatar = isAvatar(value.avatar) ? value.avatar : undefined
  return name === undefined && avatar === undefined ? undefined : { ...(name !== undefined && { name }), ...(avatar !== undefined && { avatar }) }
}

/** A name as it is shown: on one line, without control and direction characters. Undefined if nothing is left, or more than {@link NAME_MAX_LENGTH}. */
export function cleanName(value: unknown): string | undefined {
  // A character is at most two UTF-16 units. The characters that are removed may be as many again.
  if (typeof value !== 'string' || value.length > 4 * NAME_MAX_LENGTH) return undefined
  const name = oneLine(value).trim()
  return isBlank(name) || [...name].length > NAME_MAX_LENGTH ? undefined : name
}

export function isAvatar(value: unknown): value is string {
  if (typeof value !== 'string') return false
  if (value.startsWith(EMOJI_AVATAR)) return emojiOf(value.slice(EMOJI_AVATAR.length)) !== undefined
  return /^https:\/\/[!-~]+$/.test(value) && utf8Length(value) <= AVATAR_MAX_BYTES
}

/** The beginning of an avatar that is an emoji. */
export const EMOJI_AVATAR = 'emoji:'

function readQuote(value: unknown): Quote | undefined {
  if (!isRecord(value)) return undefined
  const { id, from, at, kind, text = '' } = value
  if (!isToken(id) || !isValidId(from) || typeof text !== 'string' || text.length > EXCERPT_MAX_LENGTH) return undefined
  if ((at !== undefined && !isTime(at)) || (kind !== undefined && !isToken(kind))) return undefined
  return { id, from, ...(at !== undefined && { at }), ...(kind !== undefined && { kind }), text }
}

/** Reads the list of mentioned users. Malformed entries are left out; undefined if none is left. */
export function readMentions(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const mentions = (value as unknown[]).slice(0, MENTIONS_MAX).filter((each): each is string => each === EVERYBODY || isValidId(each))
  return mentions.length > 0 ? mentions : undefined
}

function readForwarded(value: unknown): Forwarded | undefined {
  if (!isRecord(value)) return undefined
  const { from, at } = value
  return isValidId(from) && isTime(at) ? { from, at } : undefined
}
