/** The composer and the list share a page: when one grows the other shrinks, and must react to it. */
import { inject, provide, shallowRef, watch, type InjectionKey, type ShallowRef } from 'vue'

const LAYOUT_CHANGES: InjectionKey<ShallowRef<number>> = Symbol('thread-layout')

/** Call it once in the page of a thread. */
export function provideThreadLayout(): void {
  provide(LAYOUT_CHANGES, shallowRef(0))
}

/** A counter of the changes of the list's height. Components that change it add 1. */
export type UseThreadLayoutReturn = ShallowRef<number>

/** Bumped each time the list's height has changed. */
export function useThreadLayout(): UseThreadLayoutReturn {
  return inject(LAYOUT_CHANGES, undefined) ?? shallowRef(0)
}

/** Elements that appear above the list reduce its height. `lines`: how many lines they show. */
export function takesFromThread(lines: () => number): void {
  const layout = useThreadLayout()
  watch(lines, () => layout.value++, { flush: 'post' })
}
