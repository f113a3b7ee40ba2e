import { watchEffect, type ShallowRef } from 'vue'
import { onShow } from '@dcloudio/uni-app'
import { t, type MessageKey } from '@/src/locales'
import { setTabText } from '@/src/platform/tab-bar'
import { setUnreadBadge } from '@/src/platform/tab-badge'
import { useChatStore } from '@/src/stores/chat'
import { usePageTitle } from './usePageTitle'

/** A page of the tab bar: its title, the tabs' names in the language in use, and how many messages are unread. */
export function useTabPage(title: MessageKey, visible: Readonly<ShallowRef<boolean>>): void {
  const chat = useChatStore()
  usePageTitle(title)
  onShow(showTabs)
  watchEffect(() => {
    const count = chat.account?.book.unread.value ?? 0
    if (visible.value) setUnreadBadge(count)
  })

  function showTabs(): void {
    setTabText(0, t('tab.conversations'))
    setTabText(1, t('tab.me'))
    setUnreadBadge(chat.account?.book.unread.value ?? 0)
  }
}
