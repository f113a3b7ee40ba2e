/**
 * Calls `fn` with how much of the page's lower end the keyboard on the screen covers, px, 0 when it goes; the function it returns stops that.
 * On an iPhone the browser also moves the page up behind its upper edge, by as much as `above`: both together are the keyboard's height.
 */
export function onKeyboardHeight(fn: (px: number, above?: number) => void): () => void {
  // #ifdef H5
  const viewport = window.visualViewport
  // an old browser, which then moves the page by itself
  if (!viewport) return () => {}
  let last = { px: 0, above: 0 }
  const look = () => {
    const now = coveredBy(viewport)
    if (now.px === last.px && now.above === last.above) return
    last = now
    fn(now.px, now.above)
  }
  lookAtViewport = look
  // A page that is moved up and keeps its size tells of a scroll alone.
  for (const type of ['resize', 'scroll']) viewport.addEventListener(type, look)
  return () => {
    if (lookAtViewport === look) lookAtViewport = () => {}
    for (const type of ['resize', 'scroll']) viewport.removeEventListener(type, look)
  }
  // #endif
  // #ifdef MP-WEIXIN
  const listener = ({ height }: { height: number }) => {
    isOpen = height > 0
    fn(height)
  }
  wx.onKeyboardHeightChange(listener)
  // without its listener, offKeyboardHeightChange would remove those of every page
  return () => wx.offKeyboardHeightChange(listener)
  // #endif
}

/** Whether a keyboard was on the screen when it last changed, while {@link onKeyboardHeight} was listening. */
let isOpen = false

/**
 * To be called when the field has lost the focus; calls `gone` where its keyboard has gone with it. Some Android phones tell of that by no other
 * event, and Safari may leave the page where the keyboard had moved it.
 */
export function fieldLeft(gone: () => void): void {
  // #ifdef MP-WEIXIN
  isOpen = false
  gone()
  // #endif
  // #ifdef H5
  window.scrollTo(window.scrollX, 0)
  lookAtViewport()
  // #endif
}

/** Keeps `px` at the upper end of the page on H5 free, which the browser has moved out of sight (`--viewport-above` of the style sheets). */
export function keepAboveFree(px: number): void {
  // #ifdef H5
  document.documentElement.style.setProperty('--viewport-above', `${px}px`)
  // #endif
}

// #ifdef H5
let lookAtViewport = () => {}

/** Zooming in shrinks and moves the visible part too: that is no keyboard. */
function coveredBy({ height, scale, offsetTop = 0 }: VisualViewport): { px: number; above: number } {
  const covered = Math.max(0, Math.round(window.innerHeight - height * scale))
  const above = scale > 1 ? 0 : Math.min(covered, Math.max(0, Math.round(offsetTop)))
  return { px: covered - above, above }
}
// #endif

/** Closes the keyboard that a field with `hold-keyboard` leaves open. On H5 a press outside of a field does that by itself. */
export function closeKeyboard(): void {
  // #ifdef MP-WEIXIN
  // It fails where the keyboard went without an event.
  if (isOpen) wx.hideKeyboard({ fail: () => {} })
  // #endif
}
