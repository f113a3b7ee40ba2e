/** Whether the user looks at the app. In the mini program they do while a page of it is shown; a window on H5 may be seen and yet not be used. */

/** Whether the window has the focus now; true in the mini program. */
export function hasAttention(): boolean {
  // #ifdef H5
  return document.visibilityState === 'visible' && document.hasFocus()
  // #endif
  // #ifdef MP-WEIXIN
  return true
  // #endif
}

/** Calls `fn` when the window may have got the focus or lost it, as long as the page is there. */
export function onAttention(fn: (hasAttention: boolean) => void): void {
  // #ifdef H5
  for (const type of ['focus', 'blur']) window.addEventListener(type, () => fn(hasAttention()))
  document.addEventListener('visibilitychange', () => fn(hasAttention()))
  // Some WebViews never say that they have the focus.
  for (const type of ['pointerdown', 'keydown']) window.addEventListener(type, () => fn(true), { capture: true, passive: true })
  // #endif
}
