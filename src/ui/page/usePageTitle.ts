import { onShow } from '@dcloudio/uni-app'
import { t, type MessageKey, type Words } from '@/src/locales'
import { nameWayBack, setTitle } from '@/src/platform/pages'

/** Sets the title in the navigation bar each time the page is shown, since pages.json has one language only. */
export function usePageTitle(title: MessageKey | Words): void {
  onShow(() => setPageTitle(title))
}

/** Sets the title in the navigation bar of the current page. */
export function setPageTitle(title: MessageKey | Words): void {
  setTitle(t(title))
  nameWayBack(t('common.back'))
}
