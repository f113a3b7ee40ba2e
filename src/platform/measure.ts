/** Positions on the screen: the platform's selector queries and intersection observers, as promises and functions. */
import { nextTick, type ComponentPublicInstance } from 'vue'
import { clock } from '@/src/chat/time/clock'

/** A rectangle on the screen in px, from the top of the window. */
export interface Rect {
  readonly top: number
  readonly height: number
}

/** A rectangle with its left edge, from the left of the window, px. */
export interface Box extends Rect {
  readonly left: number
  readonly width: number
}

/** The bottom of a rectangle, px. 0 for none. */
export function bottomOf(place: Rect | undefined): number {
  return place ? place.top + place.height : 0
}

/** A scroll container: its scroll offset, in px. */
export interface ScrollOffset {
  readonly scrollTop: number
  readonly scrollHeight: number
}

/** The rectangles of the elements in `component` that match each selector, in document order, all measured at once. */
export function rectsOf(component: ComponentPublicInstance, selectors: readonly string[]): Promise<Box[][]> {
  return new Promise((resolve) => {
    const query = uni.createSelectorQuery().in(component)
    queryRects(query, selectors, resolve)
    query.exec()
  })
}

/** The visible part of the page on H5, without what a keyboard covers. Undefined in the mini program, which does not tell. */
export function visibleArea(): Box | undefined {
  // #ifdef H5
  const { offsetTop = 0, offsetLeft = 0, width = innerWidth, height = innerHeight } = window.visualViewport ?? {}
  return { top: offsetTop, left: offsetLeft, width, height }
  // #endif
  // #ifdef MP-WEIXIN
  return undefined
  // #endif
}

/** A scroll container and its content, all measured at once. */
export interface ScrollLayout extends ScrollOffset {
  readonly frame: Rect
  /** For each of the selectors. */
  readonly rects: readonly (readonly Rect[])[]
}

/** The viewport and scroll offset of `scroller`. Undefined if nothing has a size, as on a page without layout. */
export function scrollLayoutOf(component: ComponentPublicInstance, scroller: string, selectors: readonly string[]): Promise<ScrollLayout | undefined> {
  return new Promise((resolve) => {
    const query = uni.createSelectorQuery().in(component)
    let found: Rect[][] = []
    queryRects(query, [scroller, ...selectors], (rects) => (found = rects))
    query.select(scroller).scrollOffset((nodes) => {
      const [offset] = asArray(nodes)
      const [[frame] = [], ...rects] = found
      if (!offset || !frame || frame.height === 0) return resolve(undefined)
      resolve({ scrollTop: offset.scrollTop ?? 0, scrollHeight: offset.scrollHeight ?? 0, frame, rects })
    })
    query.exec()
  })
}

/** The wait on a page without frames, such as a hidden tab, ms. */
const FRAME_MAX_MS = 100

/**
 * Resolves once the latest changes are laid out. Measuring earlier would force a browser to do the layout inside the task that made them, which is then too
 * long for a frame. In the mini program measuring waits by itself.
 */
export function laidOut(): Promise<void> {
  // #ifdef H5
  return new Promise((resolve) => {
    const cancel = clock.after(FRAME_MAX_MS, resolve)
    requestAnimationFrame(() => {
      cancel()
      // After the frame, which begins with this callback.
      clock.after(0, resolve)
    })
  })
  // #endif
  // #ifndef H5
  return Promise.resolve()
  // #endif
}

/** Resolves once the view of the mini program has the earlier data of `component`: it answers a query after that. */
export async function dataTaken(component: ComponentPublicInstance): Promise<void> {
  await nextTick()
  await rectsOf(component, ['.asked-about-nothing'])
}

/**
 * Calls `fn` when the element that matches `target` enters the container that matches `container`, or the area of `marginPx` below it, and when it leaves.
 * The returned function stops that.
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

/** Queries rectangles. `done` receives one list for each selector. */
function queryRects(query: UniApp.SelectorQuery, selectors: readonly string[], done: (rects: Box[][]) => void): void {
  const rects: Box[][] = []
  for (const selector of selectors) {
    query.selectAll(selector).boundingClientRect((nodes) => {
      rects.push(asArray(nodes).map(({ top = 0, height = 0, left = 0, width = 0 }) => ({ top, height, left, width })))
      if (rects.length === selectors.length) done(rects)
    })
  }
}

function asArray(found: UniApp.NodeInfo | UniApp.NodeInfo[] | null | undefined): UniApp.NodeInfo[] {
  if (!found) return []
  return Array.isArray(found) ? found : [found]
}
