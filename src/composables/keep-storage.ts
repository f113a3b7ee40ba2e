import { effectScope, watch } from 'vue'
import { askToKeep } from '@/src/platform/persistence'
import { useChatStore } from '@/src/stores/chat'

/** H5: asks the browser to keep what is stored, once there is a conversation. Call it once: it goes on whatever page is shown. */
export function keepStorage(): void {
  const chat = useChatStore()
  effectScope(true).run(() =>
    watch(
      () => {
        const book = chat.phase === 'signed-in' ? chat.account?.book : undefined
        return book !== undefined && !book.isClosed.value && book.order.value.length > 0
      },
      (hasSomething) => hasSomething && void askToKeep(),
    ),
  )
}
