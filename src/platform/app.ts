/** Detects that the user returns to the app. */

/**
 * Calls `fn` each time the app is shown again. Returns a function that removes the listener. On H5: the tab comes to the front, or back from the browser's
 * page cache.
 */
export function onAppShow(fn: () => void): () => void {
  // #ifdef H5
  const onVisibility = () => {
    if (document.visibilityState === 'visible') fn()
  }
  const onPageShow = (event: PageTransitionEvent) => {
    if (event.persisted) fn()
  }
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('pageshow', onPageShow)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('pageshow', onPageShow)
  }
  // #endif
  // #ifdef MP-WEIXIN
  const listener = () => fn()
  wx.onAppShow(listener)
  return () => wx.offAppShow(listener)
  // #endif
}
