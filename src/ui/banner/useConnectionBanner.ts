import { computed, type ComputedRef } from 'vue'
import type { Banner } from '@/src/chat/session/banner'
import { t, type MessageKey } from '@/src/locales'
import { useChatStore } from '@/src/stores/chat'
import { usePageVisible, whileVisible } from '../page/usePageVisible'

interface BannerView {
  readonly text: string
  readonly action: string
  readonly tone: string
}

/** A mini program runs only once on a device. */
let KICKED: MessageKey = 'connection.kicked'
// #ifdef H5
KICKED = 'connection.kicked.tab'
// #endif

const NOTHING: BannerView = { text: '', action: '', tone: '' }

/** The text and look of the banner, and its action. */
export interface UseConnectionBannerReturn {
  /** '' if there is no problem. */
  readonly text: ComputedRef<string>
  /** The label of the tap's action. '' for none. */
  readonly action: ComputedRef<string>
  readonly tone: ComputedRef<string>
  act(): void
}

/** The text of the banner, the same on every page. */
export function useConnectionBanner(): UseConnectionBannerReturn {
  const chat = useChatStore()
  const view = whileVisible(usePageVisible(), (): BannerView => {
    const banner: Banner = chat.banner
    switch (banner) {
      case 'connecting':
        return { text: t('connection.connecting'), action: '', tone: '' }
      case 'reconnecting':
        return { text: t('connection.unreachable'), action: '', tone: '' }
      case 'offline':
        return { text: t('connection.offline'), action: '', tone: 'is-warning' }
      case 'kicked':
        return { text: t(KICKED), action: t('connection.kicked.action'), tone: 'is-danger' }
      case 'token-expired':
        return { text: t('connection.token-expired'), action: t('connection.token-expired.action'), tone: 'is-danger' }
      case 'banned':
        return { text: t('connection.banned'), action: '', tone: 'is-danger' }
      case 'none':
        return NOTHING
    }
  })

  function act(): void {
    if (chat.banner === 'kicked') void chat.signInAgain()
    else if (chat.banner === 'token-expired') chat.signInWithNewToken()
  }

  return {
    text: computed(() => view.value.text),
    action: computed(() => view.value.action),
    tone: computed(() => view.value.tone),
    act,
  }
}
