import { onUnmounted, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { closeKeyboard } from '@/src/platform/keyboard'
import { onPartMissing } from '@/src/platform/late-parts'
import { addPrivacyPopup, refusePrivacy } from '@/src/platform/privacy'
import { whileVisible } from './usePageVisible'

/** Whether the popup is shown. */
export type UsePrivacyPopupReturn = ComputedRef<boolean>

/**
 * The popup that a page shows before a private function of WeChat may run. Call it in the page, which is given whether it is `visible`. The popup's component is
 * created once it is needed: creating it costs a setData call. It comes with a subpackage. Without that the user cannot agree, so the function fails.
 */
export function usePrivacyPopup(visible: Readonly<ShallowRef<boolean>>): UsePrivacyPopupReturn {
  const isAsked = shallowRef(false)
  onUnmounted(
    addPrivacyPopup((isNow) => {
      if (isNow) closeKeyboard()
      isAsked.value = isNow
    }),
  )
  onUnmounted(onPartMissing(refusePrivacy))
  return whileVisible(visible, () => isAsked.value)
}
