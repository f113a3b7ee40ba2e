/** The last message of a conversation, as the list shows it. */
import { kindNamed, kindOf } from '@/src/kinds/registry'
import type { Conversation, Preview } from './conversation'
import { isRecalled, isCancelled, shownBody, type Message, type MessageStatus } from '../message/message'

/** The longest preview, in UTF-16 units. */
export const PREVIEW_MAX_LENGTH = 60

/** The `kind` of the preview of a recalled message: not the name of a kind. */
export const RECALLED = 'recalled'

/** A message as one line of the list. */
export function preview(message: Message): Preview {
  const { seq, from, status, failure } = message
  if (isRecalled(message)) return { from, kind: RECALLED, text: '', status: 'ok', seq }
  const body = shownBody(message)
  return { from, kind: body.kind, text: kindOf(body).excerpt(body, PREVIEW_MAX_LENGTH), status: isCancelled(failure) ? 'cancelled' : previewStatus(status), seq }
}

function previewStatus(status: MessageStatus): Preview['status'] {
  return status === 'queued' || status === 'sending' || status === 'failed' ? status : 'ok'
}

/** Whether the preview shows this own message. Without a seq only where that is certain: it is the last one, or the last that waits and the list says so. */
export function isPreviewOf({ length, pending }: Conversation, shown: Preview, { seq }: Message): boolean {
  if (shown.seq !== undefined) return shown.seq === seq
  return seq === length - 1 || ((shown.status === 'queued' || shown.status === 'sending') && pending.every((other) => other <= seq))
}

/** `conversation` with the seq of its preview's message, which a row of an earlier version does not have. `newest`: the end of its log. */
export function withPreviewSeq(conversation: Conversation, newest: readonly Message[]): Conversation {
  const { preview: shown, length } = conversation
  if (shown === null || shown.seq !== undefined || kindNamed(shown.kind)?.isSystem) return conversation
  const message = [...newest].reverse().find(({ body }) => !kindOf(body).isSystem)
  const isEnd = newest[newest.length - 1]?.seq === length - 1
  return message && isEnd ? { ...conversation, preview: { ...shown, seq: message.seq } } : conversation
}

/** `conversation` without the words of a message that is recalled in its log: the program may have ended before its row was saved. */
export function withRecalledPreview(conversation: Conversation, messages: readonly Message[]): Conversation {
  const shown = conversation.preview
  const message = shown && shown.kind !== RECALLED ? messages.find(({ seq }) => seq === shown.seq) : undefined
  return message && isRecalled(message) ? { ...conversation, preview: preview(message) } : conversation
}
