import { getCurrentInstance } from 'vue'
import { createPinia } from 'pinia'
import { launchPath } from '@/src/platform/launch'
import { isConversationsPage } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import { savedLaunchSnapshot, paintFirst } from '@/src/stores/start'
import { saveLaunchSnapshot } from '../conversations/save-launch-snapshot'
import { tellTokenOver } from './tell-token-over'
// #ifdef H5
import { askToLogIn } from '../account/login-question'
// #endif

/** Call it when the app is launched. */
export type UseAppStartReturn = () => void

/**
 * The start of the app: the language, then the logged-in user. If possible, all of it follows the first paint. Call it in the app's setup, and the returned
 * function when the app is launched.
 */
export function useAppStart(): UseAppStartReturn {
  const app = getCurrentInstance()?.appContext.app
  const first = isConversationsPage(launchPath()) ? savedLaunchSnapshot() : undefined
  if (!first) {
    openStores()
    return goOn
  }
  paintFirst(first, () => {
    openStores()
    goOn()
  })
  return () => {}

  function openStores(): void {
    app?.use(createPinia())
    // the language
    useSettingsStore()
  }

  function goOn(): void {
    saveLaunchSnapshot()
    tellTokenOver()
    const chat = useChatStore()
    // #ifdef H5
    const isReady = besideChat()
    void chat.restore(async (...question) => {
      // The question needs keyboard support.
      await isReady
      return askToLogIn(...question)
    })
    // #endif
    // #ifdef MP-WEIXIN
    void chat.restore()
    // #endif
  }
}

// #ifdef H5
/** Features that the first paint does without. They come over the network in files of their own. */
async function besideChat(): Promise<void> {
  try {
    const [{ followKeys }, { tellNews }, { keepStorage }] = await Promise.all([import('@/src/platform/keyboard-use'), import('./tell-news'), import('./keep-storage')])
    followKeys()
    tellNews()
    keepStorage()
  } catch {
    // The network was lost while they were loading.
    window.addEventListener('online', () => void besideChat(), { once: true })
  }
}
// #endif
