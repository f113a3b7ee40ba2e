import { onUnmounted, watchEffect } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isAttended } from '@/src/stores/attention'
import { useChatStore, type Thread } from '@/src/stores/chat'
import { usePageVisible } from '../page/usePageVisible'

/** The open thread, which the composable closes. */
export type UseThreadReturn = Thread

/**
 * Opens a conversation for as long as the calling component exists, at the message `at` if given. Saves the read position when the page is closed or hidden.
 */
export function useThread(id: ConversationId, at?: number): UseThreadReturn {
  const chat = useChatStore()
  const visible = usePageVisible()
  const account = chat.account
  const thread = chat.openThread(id, at)
  watchEffect(() => {
    thread.visible = visible.value
    thread.isAttended = isAttended.value
    if (!visible.value) void account?.readMarks.save(id)
  })
  onUnmounted(() => account?.closeThread(thread))
  return thread
}
