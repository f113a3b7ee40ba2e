import { conversationKind, type Conversation, type Preview } from '@/src/chat/conversation/conversation'
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
 * What the list shows of a conversation's last message to `me`: in a channel with the author's name, unsent ones marked. A
 * channel the person has left says so before it. `isParked`: nothing comes from this channel for now.
 */
export function previewText(conversation: Conversation, me: string, isParked: boolean): string {
  const { preview, left } = conversation
  const channel = left ? `[${t('list.left')}] ` : isParked ? `[${t('list.parked')}] ` : ''
  const text = preview ? (kindNamed(preview.kind) ?? KINDS.unsupported).line(preview.text, t) : ''
  if (!preview || text === '') return channel.trimEnd()
  const mark = MARKS[preview.status]
  const author = conversationKind(conversation.id) === 'channel' ? `${preview.from === me ? t('list.you') : nameOf(preview.from)}: ` : ''
  const before = `${channel}${mark ? `[${t(mark)}] ` : ''}${author}`
  // Alone it has its own direction; behind words of ours it is a part of their line.
  return before === '' ? text : before + isolated(text)
}
