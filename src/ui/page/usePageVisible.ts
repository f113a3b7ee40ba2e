/**
 * A hidden page must not send anything to the view: a mini program would copy every change to a view that is not visible. The page provides to its components
 * whether it is visible, and they update only while it is.
 */
import { computed, inject, provide, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue'
import { onHide, onShow } from '@dcloudio/uni-app'
import { makeStores } from '@/src/stores/start'
import { lookAtDay } from '@/src/stores/today'

const PAGE_VISIBLE: InjectionKey<Readonly<ShallowRef<boolean>>> = Symbol('page-visible')

/**
 * Call it once at the beginning of a page's setup. Its components then call {@link usePageVisible}; the page itself uses the result. `paintsFirst`: the page
 * is painted before the stores exist. For other pages they are created now.
 */
export function providePageVisible({ paintsFirst = false } = {}): Readonly<ShallowRef<boolean>> {
  if (!paintsFirst) makeStores()
  const visible = shallowRef(true)
  onShow(() => {
    lookAtDay()
    visible.value = true
  })
  onHide(() => {
    visible.value = false
  })
  provide(PAGE_VISIBLE, visible)
  return visible
}

/** Whether the page is in front. */
export type UsePageVisibleReturn = Readonly<ShallowRef<boolean>>

/** Whether the page of this component is in front. */
export function usePageVisible(): UsePageVisibleReturn {
  return inject(PAGE_VISIBLE, undefined) ?? shallowRef(true)
}

/**
 * Calls `act` only while the page is in front. WeChat reports taps late: one that arrives once another page is in front was a second or stray tap, and would
 * open a second page.
 */
export function inFront<Args extends unknown[]>(visible: Readonly<ShallowRef<boolean>>, act: (...args: Args) => unknown): (...args: Args) => void {
  return (...args) => {
    if (visible.value) act(...args)
  }
}

/**
 * The value of `source`, updated only while the page is visible, and once when it becomes visible again. `isSame`: whether two values are equal. The old one
 * then stays, so nothing is rendered.
 */
export function whileVisible<Value>(visible: Readonly<ShallowRef<boolean>>, source: () => Value, isSame: (a: Value, b: Value) => boolean = Object.is): ComputedRef<Value> {
  let shown: { readonly value: Value } | undefined
  return computed(() => {
    if (shown && !visible.value) return shown.value
    const value = source()
    if (!shown || !isSame(shown.value, value)) shown = { value }
    return shown.value
  })
}
