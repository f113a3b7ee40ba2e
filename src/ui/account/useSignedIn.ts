import { computed, watchEffect, type ComputedRef, type ShallowRef } from 'vue'
import { toLogin } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { storeOnceMade } from '@/src/stores/start'

/** Whether a user is logged in. */
export type UseSignedInReturn = ComputedRef<boolean>

/** Whether a user is logged in. The current page goes to the login page if not. */
export function useSignedIn(visible: Readonly<ShallowRef<boolean>>): UseSignedInReturn {
  const chat = storeOnceMade(() => useChatStore())
  watchEffect(() => {
    if (chat.value?.phase === 'signed-out' && visible.value) toLogin()
  })
  return computed(() => chat.value?.phase === 'signed-in')
}

/** Whether a user is logged in and their conversations are loaded. */
export type UseKnownConversationsReturn = ComputedRef<boolean>

/** Whether a user is logged in and all their conversations are loaded: pages about a conversation need both. */
export function useKnownConversations(visible: Readonly<ShallowRef<boolean>>): UseKnownConversationsReturn {
  const chat = useChatStore()
  const signedIn = useSignedIn(visible)
  return computed(() => signedIn.value && chat.account?.conversations.isComplete.value === true)
}
