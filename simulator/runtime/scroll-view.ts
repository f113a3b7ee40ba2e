/** <scroll-view>: scrolls and reports it in a browser. Node has no layout, so there it only reports the offsets it is given. */
import type { BuiltinComponent } from './fields'
import { domOf, type ViewElement } from './dom'
import { propertyOf } from './view-element'

/** The last value given to each scroll-view. WeChat scrolls only when the value changes. */
const lastTarget = new WeakMap<object, string>()
const lastTop = new WeakMap<object, unknown>()

/** `canAnchor`: the platform supports scroll anchoring, if a page asks for it. */
export function scrollViewDefinition(canAnchor: boolean): Record<string, unknown> {
  return {
    properties: {
      scrollX: Boolean,
      scrollY: Boolean,
      scrollTop: null,
      scrollLeft: null,
      scrollIntoView: String,
      scrollIntoViewOffset: Number,
      scrollWithAnimation: Boolean,
      upperThreshold: { type: Number, value: 50 },
      lowerThreshold: { type: Number, value: 50 },
      enhanced: Boolean,
      bounces: { type: Boolean, value: true },
      showScrollbar: { type: Boolean, value: true },
      fastDeceleration: Boolean,
      scrollAnchoring: Boolean,
      enableBackToTop: Boolean,
      enableFlex: Boolean,
      enablePassive: null,
      refresherEnabled: Boolean,
      refresherTriggered: Boolean,
      refresherBackground: String,
      type: String,
    },
    observers: {
      'scrollX, scrollY, enableFlex'(this: BuiltinComponent, x: boolean, y: boolean, flex: boolean) {
        const dom = domOf(this._$)
        if (!dom) return
        dom.style.overflowX = x ? 'auto' : 'hidden'
        dom.style.overflowY = y ? 'auto' : 'hidden'
        // A browser's keyboard scrolls it too.
        if (x || y) dom.tabIndex = 0
        if (flex) dom.style.display = 'flex'
      },
      scrollAnchoring(this: BuiltinComponent, wanted: boolean) {
        const dom = domOf(this._$)
        if (dom) dom.style.overflowAnchor = wanted && canAnchor ? 'auto' : 'none'
      },
      scrollTop(this: BuiltinComponent, top: unknown) {
        if (top === lastTop.get(this) || top === '' || top === null || top === undefined) return
        lastTop.set(this, top)
        afterLayout(() => scrollTo(this._$, { top: Number(top), animated: this.data['scrollWithAnimation'] === true }))
      },
      scrollIntoView(this: BuiltinComponent, id: string) {
        if (id === (lastTarget.get(this) ?? '')) return
        lastTarget.set(this, id)
        if (id) afterLayout(() => scrollIntoView(this._$, id, this.data['scrollWithAnimation'] === true))
      },
    },
    lifetimes: {
      attached(this: BuiltinComponent) {
        const dom = domOf(this._$)
        if (!dom) return
        if (this.data['scrollAnchoring'] !== true) dom.style.overflowAnchor = 'none'
        reportScrolling(this, dom)
      },
    },
  }
}

/** The result of `NodesRef.node()` for a scroll-view with `enhanced`. */
export function scrollViewContext(element: ViewElement): Record<string, unknown> {
  return {
    scrollTo: ({ top, left, animated = true }: { top?: number; left?: number; animated?: boolean }) => scrollTo(element, { top, left, animated }),
    scrollIntoView: (selector: string, { animated = true } = {}) => scrollIntoView(element, selector.replace(/^#/, ''), animated),
    scrollEnabled: true,
    bounces: propertyOf(element, 'bounces'),
    showScrollbar: propertyOf(element, 'showScrollbar'),
  }
}

/** Raises the scroll events on a host without layout. */
export function raiseScroll(element: ViewElement, to: 'top' | 'bottom' | number): void {
  const component = { triggerEvent: (name: string, detail: unknown) => element.triggerEvent(name, detail) }
  const scrollTop = typeof to === 'number' ? to : 0
  component.triggerEvent('scroll', { scrollTop, scrollLeft: 0, scrollHeight: 0, scrollWidth: 0, deltaX: 0, deltaY: 0 })
  if (to === 'top') component.triggerEvent('scrolltoupper', { direction: 'top' })
  if (to === 'bottom') component.triggerEvent('scrolltolower', { direction: 'bottom' })
}

function reportScrolling(component: BuiltinComponent, dom: HTMLElement): void {
  let top = dom.scrollTop
  let left = dom.scrollLeft
  let edge: 'upper' | 'lower' | undefined = 'upper'
  dom.addEventListener('scroll', () => {
    const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight } = dom
    component.triggerEvent('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX: left - scrollLeft, deltaY: top - scrollTop })
    const upwards = scrollTop < top
    top = scrollTop
    left = scrollLeft
    const { upperThreshold, lowerThreshold } = component.data as { upperThreshold: number; lowerThreshold: number }
    const reached = scrollTop <= upperThreshold && upwards ? 'upper' : scrollTop + clientHeight >= scrollHeight - lowerThreshold ? 'lower' : undefined
    if (reached && reached !== edge) component.triggerEvent(`scrollto${reached}`, { direction: reached === 'upper' ? 'top' : 'bottom' })
    edge = reached
  })
}

function scrollTo(element: ViewElement, { top, left, animated }: { top?: number; left?: number; animated: boolean }): void {
  domOf(element)?.scrollTo({ top, left, behavior: animated ? 'smooth' : 'instant' })
}

/** Finds the id in the scroll-view's own component only, as WeChat does: not in nested components. */
function scrollIntoView(element: ViewElement, id: string, animated: boolean): void {
  const dom = domOf(element)
  const target = element.ownerShadowRoot?.getElementById(id)
  const targetDom = target && domOf(target)
  if (!dom || !targetDom) return
  const offset = Number(propertyOf(element, 'scrollIntoViewOffset') ?? 0)
  const top = dom.scrollTop + targetDom.getBoundingClientRect().top - dom.getBoundingClientRect().top + offset
  dom.scrollTo({ top, behavior: animated ? 'smooth' : 'instant' })
}

/** By then the rest of the same setData is applied, and not drawn yet. */
function afterLayout(run: () => void): void {
  void Promise.resolve().then(run)
}
