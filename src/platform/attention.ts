/** Whether the user looks at the app. In the mini program they do while a page of it is shown. On H5 a window may be visible but not in use. */

/** Whether the window has the focus now. Always true in the mini program. */
export function hasAttention(): boolean {
  // #ifdef H5
  return document.visibilityState === 'visible' && document.hasFocus()
  // #endif
  // #ifdef MP-WEIXIN
  return true
  // #endif
}

/** Calls `fn` when the window may have gained or lost the focus, as long as the page exists. */
export function onAttention(fn: (hasAttention: boolean) => void): void {
  // #ifdef H5
  for (const type of ['focus', 'blur']) window.addEventListener(type, () => fn(hasAttention()))
  document.addEventListener('visibilitychange', () => fn(hasAttention()))
  // Some WebViews never report the focus.
  for (const type of ['pointerdown', 'keydown']) window.addEventListener(type, () => fn(true), { capture: true, passive: true })
  // #endif
}
