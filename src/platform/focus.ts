/** The keyboard focus and Escape, on H5. The mini program has neither. */

/** Moves the focus to the first element inside `root` that matches `selector`, if the focus is inside `root`. */
export function moveFocus(root: unknown, selector: string): void {
  // #ifdef H5
  if (root instanceof Element && root.contains(document.activeElement)) root.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true })
  // #endif
}

// #ifdef H5
/** What Escape does, the newest last. */
const onEscapes: (() => void)[] = []

function escaped(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
  event.preventDefault()
  onEscapes[onEscapes.length - 1]?.()
}
// #endif

/** Calls `fn` for each press of Escape that nothing else has handled, until the returned function is called. Of several the last one counts. */
export function onEscape(fn: () => void): () => void {
  // #ifdef H5
  // An own function for each call: the same one may be registered twice.
  const run = () => fn()
  onEscapes.push(run)
  window.addEventListener('keydown', escaped)
  return () => {
    if (onEscapes.includes(run)) onEscapes.splice(onEscapes.indexOf(run), 1)
    if (onEscapes.length === 0) window.removeEventListener('keydown', escaped)
  }
  // #endif
  // #ifdef MP-WEIXIN
  return () => {}
  // #endif
}
