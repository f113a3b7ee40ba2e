import { computed, watchEffect, type ComputedRef, type ShallowRef } from 'vue'
import { toLogin } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'

/** Whether somebody is logged in. A page in front while nobody is leads to the login page. */
export function useSignedIn(visible: Readonly<ShallowRef<boolean>>): ComputedRef<boolean> {
  const chat = useChatStore()
  watchEffect(() => {
    if (visible.value && chat.phase === 'signed-out') toLogin()
  })
  return computed(() => chat.phase === 'signed-in')
}

/** Whether somebody is logged in and all their conversations are known: what a page about one of them needs. */
export function useKnownConversations(visible: Readonly<ShallowRef<boolean>>): ComputedRef<boolean> {
  const chat = useChatStore()
  const signedIn = useSignedIn(visible)
  return computed(() => signedIn.value && chat.account?.book.isComplete.value === true)
}
