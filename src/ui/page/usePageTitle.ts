import { onShow } from '@dcloudio/uni-app'
import { t, type MessageKey } from '@/src/locales'
import { nameWayBack, setTitle } from '@/src/platform/pages'

/** Puts the title into the navigation bar each time the page is shown: pages.json knows one language only. */
export function usePageTitle(key: MessageKey): void {
  onShow(() => setPageTitle(key))
}

/** Puts the title into the navigation bar of the page in front. */
export function setPageTitle(key: MessageKey): void {
  setTitle(t(key))
  nameWayBack(t('common.back'))
}
