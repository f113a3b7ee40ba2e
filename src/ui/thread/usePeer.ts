import { computed, type ComputedRef } from 'vue'
import { t } from '@/src/locales'
import { useChatStore } from '@/src/stores/chat'

/** The peer's state in the current language: online, unreachable or offline. '' while it is unknown. */
export type UsePeerReturn = ComputedRef<string>

/** Whether a peer is online, as a word. '' if the backend does not know. */
export function usePeer(uid: string): UsePeerReturn {
  const chat = useChatStore()
  const state = chat.peerState(uid)
  return computed(() => {
    if (chat.connection.state !== 'CONNECTED') return ''
    if (state.value === 'ONLINE') return t('thread.online')
    if (state.value === 'UNREACHABLE') return t('thread.unreachable')
    return state.value === 'OFFLINE' ? t('thread.offline') : ''
  })
}
