import { conversationKind, type Conversation, type Preview } from '@/src/chat/conversation/conversation'
import { RECALLED } from '@/src/chat/conversation/preview'
import { isolated } from '@/src/chat/text/written-text'
import { kindNamed, KINDS } from '@/src/kinds/registry'
import { t, type MessageKey } from '@/src/locales'
import { nameOf } from '../shared/identity'

const MARKS: Readonly<Record<Preview['status'], MessageKey | undefined>> = {
  queued: 'list.queued',
  sending: 'list.sending',
  failed: 'list.failed',
  cancelled: 'list.cancelled',
  ok: undefined,
}

/**
 * A conversation's last message for the list of the user `me`: in a channel with the author's name, with a mark if it is not sent. A channel that the user
 * has left says so first. `isSuspended`: the channel receives no messages for now.
 */
export function previewText(conversation: Conversation, me: string, isSuspended: boolean): string {
  const { preview, left } = conversation
  const channel = left ? `[${t('list.left')}] ` : isSuspended ? `[${t('list.suspended')}] ` : ''
  if (preview?.kind === RECALLED) return channel + recalledText(preview.from, me)
  const text = preview ? (kindNamed(preview.kind) ?? KINDS.unsupported).line(preview.text, t) : ''
  if (!preview || text === '') return channel.trimEnd()
  const mark = MARKS[preview.status]
  const author = conversationKind(conversation.id) === 'channel' ? `${preview.from === me ? t('list.you') : nameOf(preview.from)}: ` : ''
  const before = `${channel}${mark ? `[${t(mark)}] ` : ''}${author}`
  // Alone it has its own direction. Behind the app's own words it is part of their line.
  return before === '' ? text : before + isolated(text)
}

/** The line in place of a recalled message of this author. */
export function recalledText(from: string, me: string): string {
  return from === me ? t('thread.recalled.own') : t('thread.recalled', { name: nameOf(from) })
}
