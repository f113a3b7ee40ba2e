import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import type { ConversationRowView } from '@/src/chat/start/launch-snapshot'
import { badgeCount } from '@/src/chat/text/badge-count'
import { isolated } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { useChatStore } from '@/src/stores/chat'
import { today } from '@/src/stores/today'
import { clockText } from '../shared/clock-text'
import { avatarOf, conversationName } from '../shared/identity'
import { previewText } from './preview-text'

/** The current content of a conversation's row. While a deleted conversation leaves the list, only its name is shown. */
export function rowView(id: ConversationId): ConversationRowView {
  const chat = useChatStore()
  const conversation = chat.account?.conversations.ref(id)?.value
  const { unread = 0, pinned = false, muted = false } = conversation ?? {}
  const draft = conversation?.left ? undefined : conversation?.draft
  const isSuspended = conversationKind(id) === 'channel' && chat.channelView(conversationTarget(id)).value.state === 'suspended'
  return {
    id,
    title: conversationName(id),
    ...avatarOf(id),
    isDraft: draft !== undefined,
    preview: draft !== undefined ? ` ${isolated(draft)}` : conversation ? (conversation.mentioned ? `${t('list.mentioned')} ` : '') + previewText(conversation, chat.me, isSuspended) : '',
    time: conversation ? clockText(conversation.preview?.at ?? conversation.at, today.value, 'short') : '',
    unread: muted ? '' : badgeCount(unread),
    unreadLabel: unread === 0 ? '' : t('list.unread', { count: unread }),
    pinned,
    muted,
  }
}

/** Whether two rows have the same content. */
export function isSameRow(a: ConversationRowView, b: ConversationRowView): boolean {
  return a.id === b.id && a.isDraft === b.isDraft && a.preview === b.preview && a.time === b.time && a.unread === b.unread && a.unreadLabel === b.unreadLabel && a.pinned === b.pinned && a.muted === b.muted && a.title === b.title && a.letter === b.letter && a.picture === b.picture
}
