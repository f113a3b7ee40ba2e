import { computed } from 'vue'
import { displayId } from '@/src/chat/names'
import { t } from '@/src/locales'
import { chooseAction, confirm, toast } from '@/src/platform/dialogs'
import { toLogin } from '@/src/platform/pages'
import { setTabText } from '@/src/platform/tab-bar'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore, type LanguageChoice } from '@/src/stores/settings'

const LANGUAGES: readonly LanguageChoice[] = ['system', 'zh', 'en']

/** The page about oneself. */
export function useMe() {
  const chat = useChatStore()
  const settings = useSettingsStore()

  async function chooseLanguage(): Promise<void> {
    const index = await chooseAction(LANGUAGES.map((language) => t(`me.language.${language}`)))
    const choice = index === undefined ? undefined : LANGUAGES[index]
    if (!choice) return
    settings.setLanguage(choice)
    void uni.setNavigationBarTitle({ title: t('title.me') })
    setTabText(0, t('tab.conversations'))
    setTabText(1, t('tab.me'))
  }

  function explainConnection(): void {
    const { kind, gatewayUrl, appId } = chat.backend
    toast(kind === 'local' ? gatewayUrl : appId)
  }

  /** Nothing is lost by it, so it asks only while something waits to be sent. */
  async function logOut(): Promise<void> {
    const pending = chat.account?.pendingCount() ?? 0
    if (pending > 0 && !(await isSure(pending))) return
    await chat.signOut()
    toLogin()
  }

  function isSure(pending: number): Promise<boolean> {
    return confirm({
      title: t('me.logout.title'),
      text: t('me.logout.pending', { count: pending }),
      confirmText: t('me.logout.confirm'),
      cancelText: t('common.cancel'),
    })
  }

  return {
    uid: computed(() => chat.me),
    name: computed(() => displayId(chat.me)),
    backend: computed(() => t(`me.backend.${chat.backendName ?? 'local'}`)),
    connection: computed(() => t(`connection.state.${chat.connection.state}`)),
    language: computed(() => t(`me.language.${settings.language}`)),
    chooseLanguage,
    explainConnection,
    logOut,
  }
}
