/** The texts around the field of a composer, and how many bytes a message takes. */
import type { CommonFields } from '@/src/chat/message/common-fields'
import { envelopeBytes, type Wire } from '@/src/chat/message/envelope'
import { shownBody, type Message } from '@/src/chat/message/message'
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

/** About how many characters of the user's language fit into `bytes`; at least one if there are any bytes. */
export function characters(bytes: number): number {
  return Math.ceil(bytes / (locale.value === 'zh' ? HAN_BYTES : 1))
}
