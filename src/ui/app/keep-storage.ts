import { effectScope, watch } from 'vue'
import { askToKeep } from '@/src/platform/persistence'
import { useChatStore } from '@/src/stores/chat'

/** H5: asks the browser to keep stored data once there is a conversation. Call it once. It works whatever page is shown. */
export function keepStorage(): void {
  const chat = useChatStore()
  effectScope(true).run(() =>
    watch(
      () => {
        const conversations = chat.phase === 'signed-in' ? chat.account?.conversations : undefined
        return conversations !== undefined && !conversations.isClosed.value && conversations.order.value.length > 0
      },
      (hasSomething) => hasSomething && void askToKeep(),
    ),
  )
}
