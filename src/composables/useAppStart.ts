import { useSettingsStore } from '@/src/stores/settings'
import { useChatStore } from '@/src/stores/chat'

/** What the app does once, when it starts: the language, then who is logged in. */
export function useAppStart(): () => void {
  useSettingsStore()
  const chat = useChatStore()
  return () => void chat.restore()
}
