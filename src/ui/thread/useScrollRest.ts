/** Whether a list is being scrolled: by a finger, a wheel or what is left of a fling. Nothing may pull at it meanwhile. */
import { onUnmounted } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'

/** So long after the last movement, in ms, a list is at rest. */
export const REST_MS = 100

/** `onRest` is called each time the list has come to rest. */
export function useScrollRest(onRest: () => void) {
  let movedAt = 0
  let hasFinger = false
  let cancelLook: Cancel | undefined
  let waiting: (() => void)[] = []

  function isAtRest(): boolean {
    return !hasFinger && clock.now() - movedAt >= REST_MS
  }

  function look(): void {
    cancelLook = undefined
    if (hasFinger) return
    if (!isAtRest()) return watchOn()
    answer()
    onRest()
  }

  function watchOn(): void {
    cancelLook ??= clock.after(Math.max(0, REST_MS - (clock.now() - movedAt)), look)
  }

  function answer(): void {
    for (const resolve of waiting.splice(0)) resolve()
  }

  onUnmounted(() => {
    cancelLook?.()
    answer()
    waiting = []
  })

  return {
    isAtRest,
    isTouched: () => hasFinger,
    /** Resolves when the list is at rest, or gone. */
    rest(): Promise<void> {
      if (isAtRest()) return Promise.resolve()
      watchOn()
      return new Promise((resolve) => void waiting.push(resolve))
    },
    moved(): void {
      movedAt = clock.now()
      watchOn()
    },
    touched(): void {
      hasFinger = true
    },
    released(): void {
      hasFinger = false
      watchOn()
    },
  }
}
