/** The Escape key of H5. */
import { onUnmounted, watchEffect } from 'vue'
import { onEscape } from '@/src/platform/focus'

/** Calls `act` when Escape is pressed while `isWanted` holds. */
export function useEscape(isWanted: () => boolean, act: () => void): void {
  let stop: (() => void) | undefined
  watchEffect(() => {
    stop?.()
    stop = isWanted() ? onEscape(act) : undefined
  })
  onUnmounted(() => stop?.())
}
