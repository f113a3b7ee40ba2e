import { computed, watch, watchEffect, type ShallowRef } from 'vue'
import { onShow } from '@dcloudio/uni-app'
import { badgeCount } from '@/src/chat/text/badge-count'
import { t, type MessageKey } from '@/src/locales'
import { setTabText } from '@/src/platform/tab-bar'
import { setUnreadBadge } from '@/src/platform/tab-badge'
import { useChatStore } from '@/src/stores/chat'
import { storeOnceMade } from '@/src/stores/start'
import { setPageTitle } from './usePageTitle'

/**
 * A page of the tab bar: its title, the tabs' names in the current language, and the unread count. All of it is outside of the page, and follows the first
 * paint.
 */
export function useTabPage(title: MessageKey, visible: Readonly<ShallowRef<boolean>>): void {
  const chat = storeOnceMade(() => useChatStore())
  const badge = computed(() => badgeCount(chat.value?.account?.conversations.unread.value ?? 0))
  onShow(showBars)
  watch(chat, showBars)
  watchEffect(() => {
    const text = badge.value
    if (chat.value && visible.value) setUnreadBadge(text)
  })

  function showBars(): void {
    if (!chat.value || !visible.value) return
    nameTabPage(title)
    setUnreadBadge(badge.value)
  }
}

/** The title of the current tab page and the names of the tabs, in the current language. */
export function nameTabPage(title: MessageKey): void {
  setPageTitle(title)
  setTabText(0, t('tab.conversations'))
  setTabText(1, t('tab.me'))
}
