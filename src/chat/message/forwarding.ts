/** The forwarded form of a message, and of several as one. */
import { RECORD_LIMITS, type RecordBody, type RecordEntry } from '@/src/kinds/record/spec'
import { kindOf, type MessageBody } from '@/src/kinds/registry'
import { MESSAGE_MAX_BYTES } from '../rtm-limits'
import { cutText, isBlank } from '../text/written-text'
import { EXCERPT_MAX_LENGTH, type Forwarded, type Profile } from './common-fields'
import { envelopeBytes } from './envelope'
import { shownBody, type Message } from './message'

/** The most conversations that messages are forwarded to at once. */
export const FORWARD_TARGETS_MAX = 9

/** Left free in the envelope of a record, for fields that every message can have, in bytes. */
const RECORD_SPARE_BYTES = 1_024

/** The forwarded content of a message: its words as they are now, without quote and mentions, and without the key of its file, which belongs to the message. */
export function forwardedBody(message: Message): MessageBody {
  const { raw: _whole, local: _key, ...body } = shownBody(message) as MessageBody & { readonly local?: string }
  return body as MessageBody
}

/** Whose words a message has: of one that was forwarded itself, those of its first author. */
export function forwardedFrom({ fwd, from, at }: Message): Forwarded {
  return fwd ?? { from, at }
}

/** Whether a message can carry `body` together with `fwd` and the profile of its sender. */
export function fitsForwarded(body: MessageBody, fwd: Forwarded, by: Profile | undefined): boolean {
  return envelopeBytes({ body, fwd, ...(by && { by }) }, 'rich') <= MESSAGE_MAX_BYTES
}

/**
 * Several messages as one. What does not fit is left out, and counted in `more`.
 * @param messages those that can be forwarded (forwardable.ts), one at least, in order
 * @param nameOf the shown name of a user
 */
export function recordOf(title: string, messages: readonly Message[], nameOf: (uid: string) => string): RecordBody {
  const entries = messages.slice(0, RECORD_LIMITS.entries).map((message) => entryOf(message, nameOf))
  const recordWith = (count: number): RecordBody => {
    const more = Math.min(RECORD_LIMITS.more, messages.length - count)
    return { kind: 'record', title: cutText(title, RECORD_LIMITS.title), entries: entries.slice(0, count), ...(more > 0 && { more }) }
  }
  let count = entries.length
  while (count > 1 && envelopeBytes({ body: recordWith(count) }, 'rich') > MESSAGE_MAX_BYTES - RECORD_SPARE_BYTES) count--
  return recordWith(count)
}

function entryOf(message: Message, nameOf: (uid: string) => string): RecordEntry {
  const { from, at } = message
  const body = shownBody(message)
  const name = nameOf(from)
  const text = body.kind === 'text' ? cutText(body.text, RECORD_LIMITS.text) : kindOf(body).excerpt(body, EXCERPT_MAX_LENGTH)
  return { name: cutText(isBlank(name) ? from : name, RECORD_LIMITS.name), at, kind: body.kind, text }
}
