/** The texts around the field of a composer, and how many bytes a message takes. */
import { REVISION_MAX } from '@/src/chat/message/message-changes'
import { encodeAmendment } from '@/src/chat/message/amendment'
import { commonFieldsOf, type CommonFields } from '@/src/chat/message/common-fields'
import { encodedBytes, envelopeBytes, MESSAGE_ID_LENGTH, type Wire } from '@/src/chat/message/envelope'
import { shownBody, type Message } from '@/src/chat/message/message'
import { utf8Length } from '@/src/chat/rtm-limits'
import { isolated } from '@/src/chat/text/written-text'
import { locale, t } from '@/src/locales'
import type { Composing } from '@/src/stores/chat/send/composing'
import { nameOf } from '../shared/identity'

/** UTF-8 bytes of a Chinese character. */
const HAN_BYTES = 3

/** The words of a text message as they are shown. */
export function textOf(message: Message): string {
  const body = shownBody(message)
  return body.kind === 'text' ? body.text : ''
}

/** The line above the field. '' for none. */
export function aboutText(composing: Composing): string {
  if (composing.mode === 'new') return ''
  if (composing.mode === 'edit') return t('thread.editing')
  const { from, text } = composing.quote
  return t('thread.quoting', { name: nameOf(from), text: isolated(text) })
}

/** The bytes that quote, mentions and profile take beside the text. */
export function bytesBeside(common: CommonFields, wire: Wire): number {
  if (Object.keys(common).length === 0) return 0
  const body = { kind: 'text', text: '' } as const
  return envelopeBytes({ body, ...common }, wire) - envelopeBytes({ body }, wire)
}

/**
 * The bytes that an edit of an own message takes beside its text, compared with a text message: in an envelope of its own, or in that of the message, if that
 * has not gone yet.
 */
export function bytesBesideEdit(message: Message, mentions: readonly string[] | undefined): number {
  const { mentions: _former, ...common } = commonFieldsOf(message) ?? {}
  const named = mentions && { mentions }
  const id = '-'.repeat(MESSAGE_ID_LENGTH)
  const envelope = encodeAmendment('edit', id, message, { edit: { rev: REVISION_MAX - 1, at: message.at, id, text: '', ...named } }, message.from) ?? ''
  return Math.max(utf8Length(envelope) - encodedBytes('', 'rich'), bytesBeside({ ...common, ...named }, 'rich'))
}

/** About how many characters of the user's language fit into `bytes`; at least one if there are any bytes. */
export function characters(bytes: number): number {
  return Math.ceil(bytes / (locale.value === 'zh' ? HAN_BYTES : 1))
}
