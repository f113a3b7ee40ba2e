import { getCurrentInstance, onMounted, onUnmounted } from 'vue'
import { holdPopup } from '@/src/platform/popup'

/** Call it in the setup of the component that shows a text to be selected. `close` is called when the user leaves it by a key. */
export function useTextSelection(close: () => void): void {
  const instance = getCurrentInstance()
  let release = () => {}
  onMounted(() => {
    release = holdPopup(instance?.proxy?.$el, { close, hangs: false })
  })
  onUnmounted(() => release())
}
