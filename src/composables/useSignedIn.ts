import { computed, watchEffect, type ComputedRef } from 'vue'
import { toLogin } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { usePageVisible } from './usePageVisible'

/** Whether somebody is logged in. A page in front while nobody is leads to the login page. */
export function useSignedIn(): ComputedRef<boolean> {
  const chat = useChatStore()
  const visible = usePageVisible()
  watchEffect(() => {
    if (visible.value && chat.phase === 'signed-out') toLogin()
  })
  return computed(() => chat.phase === 'signed-in')
}
