import { effectScope, watch } from 'vue'
import { t } from '@/src/locales'
import { inform } from '@/src/platform/dialogs'
import { useChatStore } from '@/src/stores/chat'

/** Tells the user, once, that the token server returns expired tokens. Call it once. It works whatever page is shown. */
export function tellTokenOver(): void {
  const chat = useChatStore()
  effectScope(true).run(() => watch(() => chat.tokensOver, () => void inform(t('token-over.title'), t('token-over.text'), t('common.ok'))))
}
