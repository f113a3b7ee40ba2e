import { conversationKind, type ConversationId } from '@/src/chat/conversation/conversation'
import { t } from '@/src/locales'
import { chooseAction, confirm, toast } from '@/src/platform/dialogs'
import { useChatStore } from '@/src/stores/chat'
import { conversationName } from '../shared/identity'

/** The actions on a conversation of the list: pin, mute, delete. None if it has been deleted. */
export async function conversationMenu(id: ConversationId): Promise<void> {
  const chat = useChatStore()
  const conversation = chat.account?.conversations.ref(id)?.value
  if (!conversation) return
  const { pinned, muted } = conversation
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
    title: t(isChannel ? 'list.delete.title.channel' : 'list.delete.title', { name: conversationName(id) }),
    text: t(isChannel ? 'list.delete.channel' : 'list.delete.peer'),
    confirmText: t('common.delete'),
    cancelText: t('common.cancel'),
    danger: true,
  })
  if (isSure && !(await useChatStore().removeConversation(id))) toast(t('list.delete.failed'))
}
