import { getCurrentInstance, onMounted, onUnmounted } from 'vue'
import { conversationKind, conversationTarget, type Conversation, type ConversationId } from '@/src/chat/conversation'
import { avatarColor, displayId, initial } from '@/src/chat/names'
import { t } from '@/src/locales'
import { chooseAction, confirm, toast } from '@/src/platform/dialogs'
import { openThread } from '@/src/platform/pages'
import { onContextMenu } from '@/src/platform/press'
import { useChatStore } from '@/src/stores/chat'
import { clockText } from './clock-text'
import { previewText } from './preview-text'
import { usePageVisible, whileVisible } from './usePageVisible'

const UNREAD_MAX = 99

/** What a row says; what is '' is not drawn. */
interface RowView {
  readonly id: ConversationId
  readonly title: string
  readonly letter: string
  readonly tone: string
  /** A draft stands in place of the last message. */
  readonly isDraft: boolean
  readonly preview: string
  readonly time: string
  /** '' also for a muted conversation, of which a dot says that something is unread. */
  readonly unread: string
  readonly unreadLabel: string
  readonly pinned: boolean
  readonly muted: boolean
}

/** One row of the conversation list, followed while the page is visible: what it says, and what a tap and a long press do. */
export function useConversationRow(conversation: () => ConversationId) {
  const chat = useChatStore()
  const row = whileVisible(
    usePageVisible(),
    (): RowView => rowView(conversation(), chat.account?.book.summary(conversation())?.value, chat.me, isParked(conversation())),
    // A page that is shown again draws those rows only that have changed.
    isSame,
  )

  function isParked(id: ConversationId): boolean {
    return conversationKind(id) === 'channel' && chat.channelView(conversationTarget(id)).value.state === 'parked'
  }

  async function menu(): Promise<void> {
    const id = conversation()
    const { pinned, muted } = row.value
    switch (await chooseAction([t(pinned ? 'list.unpin' : 'list.pin'), t(muted ? 'list.unmute' : 'list.mute'), t('list.delete')])) {
      case 0:
        return chat.account?.setPinned(id, !pinned)
      case 1:
        return chat.account?.setMuted(id, !muted)
      case 2:
        return remove(id)
    }
  }

  async function remove(id: ConversationId): Promise<void> {
    const isChannel = conversationKind(id) === 'channel'
    const isSure = await confirm({
      title: t(isChannel ? 'list.delete.title.channel' : 'list.delete.title', { name: displayId(conversationTarget(id)) }),
      text: t(isChannel ? 'list.delete.channel' : 'list.delete.peer'),
      confirmText: t('common.delete'),
      cancelText: t('common.cancel'),
      danger: true,
    })
    if (isSure && !(await chat.removeConversation(id))) toast(t('list.delete.failed'))
  }

  const instance = getCurrentInstance()
  let stopContextMenu = () => {}
  onMounted(() => {
    stopContextMenu = onContextMenu(instance?.proxy?.$el, '.row', () => void menu())
  })
  onUnmounted(() => stopContextMenu())

  return { row, open: () => openThread(conversation()), menu }
}

/** Without a summary, while the row of a conversation that was deleted goes, only the name stands. */
function rowView(id: ConversationId, conversation: Conversation | undefined, me: string, isParked: boolean): RowView {
  const target = conversationTarget(id)
  const { unread = 0, pinned = false, muted = false } = conversation ?? {}
  const draft = conversation?.left ? undefined : conversation?.draft
  return {
    id,
    title: displayId(target),
    letter: conversationKind(id) === 'channel' ? '#' : initial(target),
    tone: `tone-${avatarColor(id)}`,
    isDraft: draft !== undefined,
    preview: draft !== undefined ? ` ${draft}` : conversation ? previewText(conversation, me, isParked) : '',
    time: conversation ? clockText(conversation.at, Date.now(), 'short') : '',
    unread: unread === 0 || muted ? '' : unread > UNREAD_MAX ? `${UNREAD_MAX}+` : String(unread),
    unreadLabel: unread === 0 ? '' : t('list.unread', { count: unread }),
    pinned,
    muted,
  }
}

function isSame(a: RowView, b: RowView): boolean {
  return a.id === b.id && a.isDraft === b.isDraft && a.preview === b.preview && a.time === b.time && a.unread === b.unread && a.unreadLabel === b.unreadLabel && a.pinned === b.pinned && a.muted === b.muted && a.title === b.title
}
