/**
 * A page that is hidden sends nothing to the screen: a mini program would copy every change to a view no one sees.
 * The page tells its components whether it is visible; what they show is followed only while it is.
 */
import { computed, inject, provide, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue'
import { onHide, onShow } from '@dcloudio/uni-app'
import { makeStores } from '@/src/stores/start'
import { lookAtDay } from '@/src/stores/today'

const PAGE_VISIBLE: InjectionKey<Readonly<ShallowRef<boolean>>> = Symbol('page-visible')

/**
 * Call once at the beginning of a page's setup: its components can then ask {@link usePageVisible}; the page itself uses what this
 * returns. `paintsFirst`: the page can do without the stores; for any other they are made now.
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

/** Whether the page this component stands on is in front. */
export function usePageVisible(): Readonly<ShallowRef<boolean>> {
  return inject(PAGE_VISIBLE, undefined) ?? shallowRef(true)
}

/**
 * Calls `act` only while the page is in front. WeChat tells of a tap with some delay: what it tells of once another page is in front was a second
 * tap, or one beside it, and would open a second page.
 */
export function inFront<Args extends unknown[]>(visible: Readonly<ShallowRef<boolean>>, act: (...args: Args) => unknown): (...args: Args) => void {
  return (...args) => {
    if (visible.value) act(...args)
  }
}

/**
 * What `source` gives, brought up to date only while the page is visible; once, when it becomes visible again. `isSame` tells
 * whether two values say the same: then the former stays, and nothing of it is drawn.
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
