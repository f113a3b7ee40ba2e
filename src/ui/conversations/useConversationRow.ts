import { getCurrentInstance, onMounted, onUnmounted } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { ConversationRowView } from '@/src/chat/start/launch-snapshot'
import { openThread } from '@/src/platform/pages'
import { onContextMenu } from '@/src/platform/press'
import { conversationMenu } from './conversation-menu'
import { isSameRow, rowView } from './row-view'
import { inFront, usePageVisible, whileVisible } from '../page/usePageVisible'

/** The row's content, and the handlers of a tap and a long press. */
export type UseConversationRowReturn = ReturnType<typeof useConversationRow>

/** One row of the conversation list, updated while the page is visible: its content, and the actions of a tap and a long press. */
export function useConversationRow(conversation: () => ConversationId) {
  const visible = usePageVisible()
  // A page that is shown again renders only the changed rows.
  const row = whileVisible(visible, (): ConversationRowView => rowView(conversation()), isSameRow)

  const menu = () => conversationMenu(conversation())
  const instance = getCurrentInstance()
  let stopContextMenu = () => {}
  onMounted(() => {
    stopContextMenu = onContextMenu(instance?.proxy?.$el, '.row', () => void menu())
  })
  onUnmounted(() => stopContextMenu())

  return { row, open: inFront(visible, () => openThread(conversation())), menu }
}
