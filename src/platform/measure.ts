/** Where things stand on the screen: the platform's selector queries and intersection observers, as promises and functions. */
import type { ComponentPublicInstance } from 'vue'

/** A place on the screen in px, from the top of the window. */
export interface Place {
  readonly top: number
  readonly height: number
}

/** A scroll container: how far it is scrolled, in px. */
export interface ScrollOffset {
  readonly scrollTop: number
  readonly scrollHeight: number
}

/** The places of all elements in `component` that match `selector`, in document order. */
export function placesOf(component: ComponentPublicInstance, selector: string): Promise<Place[]> {
  return new Promise((resolve) => {
    uni
      .createSelectorQuery()
      .in(component)
      .selectAll(selector)
      .boundingClientRect((found) => resolve(asArray(found).map(({ top = 0, height = 0 }) => ({ top, height }))))
      .exec()
  })
}

/** How far the element in `component` that matches `selector` is scrolled; undefined when there is none. */
export function scrollOffsetOf(component: ComponentPublicInstance, selector: string): Promise<ScrollOffset | undefined> {
  return new Promise((resolve) => {
    uni
      .createSelectorQuery()
      .in(component)
      .select(selector)
      .scrollOffset((found) => {
        const [offset] = asArray(found)
        resolve(offset && { scrollTop: offset.scrollTop ?? 0, scrollHeight: offset.scrollHeight ?? 0 })
      })
      .exec()
  })
}

/**
 * Calls `fn` when the element that matches `target` comes into the container that matches `container`, or within
 * `marginPx` below it, and when it goes. The function it returns stops that.
 */
export function observeVisible(
  component: ComponentPublicInstance,
  { container, target, marginPx }: { container: string; target: string; marginPx: number },
  fn: (visible: boolean) => void,
): () => void {
  const observer = uni.createIntersectionObserver(component, { thresholds: [0] })
  observer.relativeTo(container, { bottom: marginPx }).observe(target, ({ intersectionRatio }) => fn(intersectionRatio > 0))
  return () => observer.disconnect()
}

function asArray(found: UniApp.NodeInfo | UniApp.NodeInfo[] | null | undefined): UniApp.NodeInfo[] {
  if (!found) return []
  return Array.isArray(found) ? found : [found]
}
