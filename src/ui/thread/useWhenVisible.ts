import { onUnmounted, watch, type Ref } from 'vue'

/** Resolves when the page is in front, or the component is gone. */
export type UseWhenVisibleReturn = () => Promise<void>

/** Call it in setup. The returned function resolves when the page is in front, or the component is gone. */
export function useWhenVisible(visible: Readonly<Ref<boolean>>): UseWhenVisibleReturn {
  const waiting: (() => void)[] = []
  let isGone = false
  const resolveAll = () => waiting.splice(0).forEach((resolve) => resolve())
  watch(visible, (isVisible) => isVisible && resolveAll())
  onUnmounted(() => {
    isGone = true
    resolveAll()
  })
  return () => (visible.value || isGone ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)))
}
