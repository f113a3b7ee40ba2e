import { onUnmounted, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { openPrivacyContract } from '@/src/platform/ask'
import { closeKeyboard } from '@/src/platform/keyboard'
import { addPrivacyPopup } from '@/src/platform/privacy'
import { tellRefusal } from '../shared/refusal-text'
import { whileVisible } from './usePageVisible'

/** Whether the popup is shown. */
export type UsePrivacyPopupReturn = ComputedRef<boolean>

/**
 * The popup that a page shows before a private function of WeChat may run. Call it in the page, which is given whether it is `visible`. The popup's component is
 * created once it is needed: creating it costs a setData call.
 */
export function usePrivacyPopup(visible: Readonly<ShallowRef<boolean>>): UsePrivacyPopupReturn {
  const isAsked = shallowRef(false)
  onUnmounted(
    addPrivacyPopup((isNow) => {
      if (isNow) closeKeyboard()
      isAsked.value = isNow
    }),
  )
  return whileVisible(visible, () => isAsked.value)
}

/** Opens the privacy guideline. Shows why if it cannot. */
export async function readPrivacyContract(): Promise<void> {
  const opened = await openPrivacyContract()
  if (!opened.ok) await tellRefusal('privacy.contract.refused', opened)
}
