import { computed, onUnmounted, shallowRef } from 'vue'
import { navBarMetrics, onWindowResize } from '@/src/platform/window'
import { usePageVisible, whileVisible } from '../page/usePageVisible'

/** The width of a button of the bar, px. */
const BUTTON_PX = 44

/** Two `style` values: of the bar, and of the text in its middle. */
export type UseNavBarReturn = ReturnType<typeof useNavBar>

/**
 * The layout of the app's own navigation bar beside WeChat's capsule, as styles. It follows a turn of the device. `buttons`: how many there are on the right.
 */
export function useNavBar(buttons: number) {
  const visible = usePageVisible()
  const measured = shallowRef(navBarMetrics())
  onUnmounted(onWindowResize(() => (measured.value = navBarMetrics())))
  const metrics = whileVisible(visible, () => measured.value, (a, b) => a.top === b.top && a.right === b.right)

  return {
    bar: computed(() => `padding-top:${metrics.value.top}px;padding-right:${metrics.value.right}px`),
    /** Centred on the screen, as far as the buttons on both sides allow. */
    middle: computed(() => {
      const inset = Math.max(BUTTON_PX, metrics.value.right + buttons * BUTTON_PX)
      return `left:${inset}px;right:${inset}px`
    }),
  }
}
