/** The composer and the list share a page: when one grows the other shrinks, and must hear of it. */
import { inject, provide, shallowRef, watch, type InjectionKey, type ShallowRef } from 'vue'

const LAYOUT_CHANGES: InjectionKey<ShallowRef<number>> = Symbol('thread-layout')

/** Call once in the page of a thread. */
export function provideThreadLayout(): void {
  provide(LAYOUT_CHANGES, shallowRef(0))
}

/** Counts up each time the list got another height. */
export function useThreadLayout(): ShallowRef<number> {
  return inject(LAYOUT_CHANGES, undefined) ?? shallowRef(0)
}

/** What comes and goes above the list takes its height from it. `lines`: how many lines of it are shown. */
export function takesFromThread(lines: () => number): void {
  const layout = useThreadLayout()
  watch(lines, () => layout.value++, { flush: 'post' })
}
