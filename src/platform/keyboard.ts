/**
 * Calls `fn` with the height of the page's lower end that the on-screen keyboard covers, px; 0 when it closes. The returned function stops that. On an iPhone
 * the browser also moves the page up, by `above`: both together are the keyboard's height.
 */
export function onKeyboardHeight(fn: (px: number, above?: number) => void): () => void {
  // #ifdef H5
  const viewport = window.visualViewport
  // An old browser, which moves the page itself.
  if (!viewport) return () => {}
  let last = { px: 0, above: 0 }
  const look = () => {
    const now = coveredBy(viewport)
    if (now.px === last.px && now.above === last.above) return
    last = now
    fn(now.px, now.above)
  }
  lookAtViewport = look
  // A page that moves up without a change of size sends only a scroll event.
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
  // Without its listener, offKeyboardHeightChange would remove the listeners of all pages.
  return () => wx.offKeyboardHeightChange(listener)
  // #endif
}

/** Whether a keyboard was on the screen at its last change, while {@link onKeyboardHeight} was listening. */
let isOpen = false

/**
 * Call it when the field has lost the focus. Calls `gone` if its keyboard has closed with it. Some Android phones send no other event, and Safari may leave
 * the page where the keyboard had moved it.
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

/** Keeps `px` at the upper end of the page on H5 free, because the browser has moved them out of sight (`--viewport-above` in the style sheets). */
export function keepAboveFree(px: number): void {
  // #ifdef H5
  document.documentElement.style.setProperty('--viewport-above', `${px}px`)
  // #endif
}

// #ifdef H5
let lookAtViewport = () => {}

/** Zooming in shrinks and moves the visible part too, without a keyboard. */
function coveredBy({ height, scale, offsetTop = 0 }: VisualViewport): { px: number; above: number } {
  const covered = Math.max(0, Math.round(window.innerHeight - height * scale))
  const above = scale > 1 ? 0 : Math.min(covered, Math.max(0, Math.round(offsetTop)))
  return { px: covered - above, above }
}
// #endif

/** Closes the panel that is shown in the place of the keyboard, if there is one. */
let inItsPlace: (() => void) | undefined

/** Tells that something is shown in the place of the keyboard, for example a panel. {@link closeKeyboard} calls `close`, once. Undefined: nothing is. */
export function showInPlaceOfKeyboard(close: (() => void) | undefined): void {
  inItsPlace = close
}

/** Closes the keyboard in any case: a panel takes its place. */
export function hideKeyboard(): void {
  // #ifdef MP-WEIXIN
  // It fails if no keyboard is open.
  wx.hideKeyboard({ fail: () => {} })
  // #endif
}

/**
 * Closes a panel that is shown in the place of the keyboard, and the keyboard that a field with `hold-keyboard` leaves open. On H5 the browser does so when the user
 * presses outside of a field.
 */
export function closeKeyboard(): void {
  const close = inItsPlace
  inItsPlace = undefined
  close?.()
  // #ifdef MP-WEIXIN
  // It fails if the keyboard has closed without an event.
  if (isOpen) wx.hideKeyboard({ fail: () => {} })
  // #endif
}
