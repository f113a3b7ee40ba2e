import { computed, shallowRef, watch } from 'vue'
import { license, version } from '@/package.json'
import { displayId } from '@/src/chat/text/names'
import { sizeText } from '@/src/chat/text/storage-size'
import { t } from '@/src/locales'
import { chooseAction, confirm, inform, toast } from '@/src/platform/dialogs'
// #ifdef H5
import { askToNotify, notify, notifyPermission, type NotifyPermission } from '@/src/platform/notifications'
// #endif
import { openProfile, openStoragePage } from '@/src/platform/pages'
// #ifdef H5
import { isAttended } from '@/src/stores/attention'
// #endif
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore, type LanguageChoice, type ReturnKey, type ThemeChoice } from '@/src/stores/settings'
import { nameOf } from '../shared/identity'
import { countText } from '../shared/number-text'
import { inFront, usePageVisible } from '../page/usePageVisible'
import { nameTabPage } from '../page/useTabPage'

const LANGUAGES: readonly LanguageChoice[] = ['system', 'zh', 'en']
const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark']
const RETURN_KEYS: readonly ReturnKey[] = ['send', 'line']

/** The texts of the page, and the actions of its items. */
export type UseMeReturn = ReturnType<typeof useMe>

/** The page about the logged-in user. */
export function useMe() {
  const chat = useChatStore()
  const settings = useSettingsStore()

  const backend = computed(() => t(`me.backend.${chat.backendName ?? 'local'}`))
  const visible = usePageVisible()
  /** Also undefined if storage does not answer. The page about storage shows that. */
  const used = shallowRef<number>()
  watch(visible, (isVisible) => isVisible && void measure(), { immediate: true })

  async function measure(): Promise<void> {
    used.value = (await chat.storageUsage())?.bytes
  }

  async function chooseLanguage(): Promise<void> {
    const index = await chooseAction(LANGUAGES.map((language) => t(`me.language.${language}`)))
    const choice = index === undefined ? undefined : LANGUAGES[index]
    if (!choice) return
    settings.setLanguage(choice)
    nameTabPage('title.me')
  }

  async function chooseTheme(): Promise<void> {
    const index = await chooseAction(THEMES.map((theme) => t(`me.theme.${theme}`)))
    const choice = index === undefined ? undefined : THEMES[index]
    if (choice) settings.setTheme(choice)
  }

  async function chooseReturnKey(): Promise<void> {
    const index = await chooseAction(RETURN_KEYS.map((key) => t(`me.return-key.${key}`)))
    const choice = index === undefined ? undefined : RETURN_KEYS[index]
    if (choice) settings.setReturnKey(choice)
  }

  function switchReadMarks(): void {
    settings.setReadMarks(!settings.readMarks)
  }

  function switchTyping(): void {
    settings.setTyping(!settings.typing)
  }

  // #ifdef H5
  /** The browser's permission. The user may change it in the browser at any time. */
  const permission = shallowRef<NotifyPermission>('off')
  watch([visible, isAttended], () => (permission.value = notifyPermission()), { immediate: true })
  const isNotifying = computed(() => settings.notifies && permission.value === 'granted')

  /** Turns notifications on or off. Only this asks the user for the permission. */
  async function switchNotifications(): Promise<void> {
    if (isNotifying.value) return settings.setNotifies(false)
    const answer = await askToNotify()
    permission.value = answer
    // A first notification shows that they work.
    const isOn = answer === 'granted' && notify({ title: t('app.name'), text: t('me.notify.first'), tag: 'first' }, () => {})
    settings.setNotifies(isOn)
    if (answer === 'off') toast(t('me.notify.dismissed'))
    else if (!isOn) await inform(t('me.notify'), t(`me.notify.${answer === 'granted' ? 'unsupported' : answer}`), t('common.ok'))
  }
  // #endif

  function explainConnection(): void {
    const { kind, gatewayUrl, appId } = chat.backend
    toast(kind === 'local' ? gatewayUrl : appId)
  }

  /** Shows what this program is. */
  function explainApp(): Promise<void> {
    const { kind, gatewayUrl, appId } = chat.backend
    const address = kind === 'local' ? gatewayUrl : `App ID ${appId}`
    return inform(`${t('app.name')} ${version}`, t('me.about.text', { backend: backend.value, address, license }), t('common.ok'))
  }

  /** Asks first if messages wait to be sent, since they are not sent before the next login. The page then goes to the login. */
  async function logOut(): Promise<void> {
    const unsent = chat.account?.own.unsent ?? 0
    if (unsent === 0 || (await isSure(unsent))) await chat.signOut()
  }

  function isSure(unsent: number): Promise<boolean> {
    // Unsaved messages are in memory only.
    const isAtRisk = (chat.account?.conversations.problem.value ?? null) !== null
    const text = isAtRisk ? 'me.logout.at-risk' : 'me.logout.waiting'
    return confirm({
      title: t('me.logout.title'),
      text: countText(unsent === 1 ? `${text}.one` : text, unsent),
      confirmText: t('me.logout.confirm'),
      cancelText: t('common.cancel'),
      danger: isAtRisk,
    })
  }

  return {
    uid: computed(() => chat.me),
    id: computed(() => displayId(chat.me)),
    /** The name that others see. */
    name: computed(() => nameOf(chat.me)),
    backend,
    connection: computed(() => t(`connection.state.${chat.connection.state}`)),
    language: computed(() => t(`me.language.${settings.language}`)),
    theme: computed(() => t(`me.theme.${settings.theme}`)),
    returnKey: computed(() => t(`me.return-key.${settings.returnKey}`)),
    isMarking: computed(() => settings.readMarks),
    switchReadMarks,
    isTypingShown: computed(() => settings.typing),
    switchTyping,
    // #ifdef H5
    isNotifying,
    switchNotifications,
    // #endif
    version,
    storage: computed(() => (used.value === undefined ? '' : sizeText(used.value))),
    chooseLanguage,
    chooseTheme,
    chooseReturnKey,
    explainConnection,
    showProfile: inFront(visible, openProfile),
    showStorage: inFront(visible, openStoragePage),
    explainApp,
    logOut,
  }
}
