/** The keyboard focus and Escape, on H5. The mini program has neither. */

/** Moves the focus to the first element inside `root` that matches `selector`, if the focus is inside `root`. */
export function moveFocus(root: unknown, selector: string): void {
  // #ifdef H5
  if (root instanceof Element && root.contains(document.activeElement)) root.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true })
  // #endif
}

/** Calls `fn` for each press of Escape that nothing else has handled, until the returned function is called. */
export function onEscape(fn: () => void): () => void {
  // #ifdef H5
  const listener = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
    event.preventDefault()
    fn()
  }
  window.addEventListener('keydown', listener)
  return () => window.removeEventListener('keydown', listener)
  // #endif
  // #ifdef MP-WEIXIN
  return () => {}
  // #endif
}
