import { onUnmounted, shallowRef } from 'vue'
import { openPrivacyContract } from '@/src/platform/ask'
import { closeKeyboard } from '@/src/platform/keyboard'
import { addPrivacyPopup } from '@/src/platform/privacy'
import { tellRefusal } from '../shared/refusal-text'
import { usePageVisible, whileVisible } from './usePageVisible'

/** Whether the popup is shown, and opening the privacy guideline in it. */
export type UsePrivacyPopupReturn = ReturnType<typeof usePrivacyPopup>

/** The popup that a page shows before a private function of WeChat may run. */
export function usePrivacyPopup() {
  const isAsked = shallowRef(false)
  const isShown = whileVisible(usePageVisible(), () => isAsked.value)
  onUnmounted(
    addPrivacyPopup((isNow) => {
      if (isNow) closeKeyboard()
      isAsked.value = isNow
    }),
  )

  async function readContract(): Promise<void> {
    const opened = await openPrivacyContract()
    if (!opened.ok) await tellRefusal('privacy.contract.refused', opened)
  }

  return { isShown, readContract }
}
