/** Calls `fn` with the height in px of the keyboard on the screen, 0 when it goes; the function it returns stops that. */
export function onKeyboardHeight(fn: (px: number) => void): () => void {
  // #ifdef H5
  const viewport = window.visualViewport
  // an old browser, which then moves the page by itself
  if (!viewport) return () => {}
  let last = 0
  const onResize = () => {
    // what the keyboard covers; zooming in shrinks the visible part too
    const px = Math.max(0, Math.round(window.innerHeight - viewport.height * viewport.scale))
    if (px !== last) fn((last = px))
  }
  viewport.addEventListener('resize', onResize)
  return () => viewport.removeEventListener('resize', onResize)
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

/** Closes the keyboard that a field with `hold-keyboard` leaves open. On H5 a press outside of a field does that by itself. */
export function closeKeyboard(): void {
  // #ifdef MP-WEIXIN
  // It fails where the keyboard went without an event.
  if (isOpen) wx.hideKeyboard({ fail: () => {} })
  // #endif
}
