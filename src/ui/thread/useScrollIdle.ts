/** Whether a list is being scrolled: by a finger, a wheel or a fling. The program must not scroll it at the same time. */
import { onUnmounted } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'

/** A list is idle this long after its last movement, ms. */
export const IDLE_MS = 100

/** Whether the list is idle, and the handlers of its touch and scroll events. */
export type UseScrollIdleReturn = ReturnType<typeof useScrollIdle>

/** Calls `onIdle` each time the list has become idle. */
export function useScrollIdle(onIdle: () => void) {
  let movedAt = 0
  let hasFinger = false
  let isHeld = false
  let cancelLook: Cancel | undefined
  let waiting: (() => void)[] = []

  function isIdle(): boolean {
    return !hasFinger && !isHeld && clock.now() - movedAt >= IDLE_MS
  }

  function look(): void {
    cancelLook = undefined
    if (hasFinger || isHeld) return
    if (!isIdle()) return watchOn()
    answer()
    onIdle()
  }

  function watchOn(): void {
    cancelLook ??= clock.after(Math.max(0, IDLE_MS - (clock.now() - movedAt)), look)
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
    isIdle,
    isTouched: () => hasFinger || isHeld,
    /** Resolves when the list is idle, or gone. */
    whenIdle(): Promise<void> {
      if (isIdle()) return Promise.resolve()
      watchOn()
      return new Promise((resolve) => void waiting.push(resolve))
    },
    onScroll(): void {
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
    /** Holds the list where it is, as a finger does, or lets it go. */
    hold(is: boolean): void {
      isHeld = is
      if (!is) watchOn()
    },
  }
}
