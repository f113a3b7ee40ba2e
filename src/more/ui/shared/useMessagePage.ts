import { shallowRef } from 'vue'
import { onLoad } from '@dcloudio/uni-app'
import type { Words } from '@/src/locales'
import { backOrConversations } from '@/src/platform/pages'
import { useKnownConversations } from '@/src/ui/account/useSignedIn'
import { usePageTheme } from '@/src/ui/page/usePageTheme'
import { usePageTitle } from '@/src/ui/page/usePageTitle'
import { providePageVisible } from '@/src/ui/page/usePageVisible'
import type { MessageAddress } from '@/src/ui/shared/more-pages'
import { addressOf } from './usePageMessage'

/** The theme of the page, whether it can show its message, and the message's address once it is known. */
export type UseMessagePageReturn = ReturnType<typeof useMessagePage>

/** A page about one message. It goes back if its address names none. */
export function useMessagePage(title: Words) {
  const visible = providePageVisible()
  const theme = usePageTheme(visible)
  usePageTitle(title)
  const ready = useKnownConversations(visible)
  const address = shallowRef<MessageAddress>()

  onLoad((query) => {
    address.value = addressOf(query)
    if (!address.value) backOrConversations()
  })
  return { theme, ready, address }
}
