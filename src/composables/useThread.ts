import { onUnmounted, watchEffect } from 'vue'
import type { ConversationId } from '@/src/chat/conversation'
import { useChatStore, type Thread } from '@/src/stores/chat'
import { usePageVisible } from './usePageVisible'

/** Opens a conversation for as long as the component that asks is there; what is on the screen is read. */
export function useThread(id: ConversationId): Thread {
  const chat = useChatStore()
  const visible = usePageVisible()
  const account = chat.account
  const thread = chat.openThread(id)
  watchEffect(() => {
    thread.visible = visible.value
    if (visible.value) void account?.markRead(id)
  })
  onUnmounted(() => account?.closeThread(thread))
  return thread
}
