import { effectScope, watch } from 'vue'
import { t } from '@/src/locales'
import { inform } from '@/src/platform/dialogs'
import { useChatStore } from '@/src/stores/chat'

/** Tells the person once when the token server gives tokens that have run out. Call it once: it goes on whatever page is shown. */
export function tellTokenOver(): void {
  const chat = useChatStore()
  effectScope(true).run(() => watch(() => chat.tokensOver, () => void inform(t('token-over.title'), t('token-over.text'), t('common.ok'))))
}
