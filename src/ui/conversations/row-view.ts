import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import type { RowView } from '@/src/chat/start/launch-snapshot'
import { badgeCount } from '@/src/chat/text/badge-count'
import { isolated } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { useChatStore } from '@/src/stores/chat'
import { today } from '@/src/stores/today'
import { clockText } from '../shared/clock-text'
import { avatarOf, conversationName } from '../shared/identity'
import { previewText } from './preview-text'

/** What the row of a conversation says now. While that of one that was deleted goes, only the name stands. */
export function rowView(id: ConversationId): RowView {
  const chat = useChatStore()
  const conversation = chat.account?.conversations.summary(id)?.value
  const { unread = 0, pinned = false, muted = false } = conversation ?? {}
  const draft = conversation?.left ? undefined : conversation?.draft
  const isParked = conversationKind(id) === 'channel' && chat.channelView(conversationTarget(id)).value.state === 'parked'
  return {
    id,
    title: conversationName(id),
    ...avatarOf(id),
    isDraft: draft !== undefined,
    preview: draft !== undefined ? ` ${isolated(draft)}` : conversation ? previewText(conversation, chat.me, isParked) : '',
    time: conversation ? clockText(conversation.preview?.at ?? conversation.at, today.value, 'short') : '',
    unread: muted ? '' : badgeCount(unread),
    unreadLabel: unread === 0 ? '' : t('list.unread', { count: unread }),
    pinned,
    muted,
  }
}

/** Whether two rows say the same. */
export function isSameRow(a: RowView, b: RowView): boolean {
  return a.id === b.id && a.isDraft === b.isDraft && a.preview === b.preview && a.time === b.time && a.unread === b.unread && a.unreadLabel === b.unreadLabel && a.pinned === b.pinned && a.muted === b.muted && a.title === b.title
}
