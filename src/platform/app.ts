/** When the person comes to the app and when they turn away from it. Each function returns what removes its listener. */

/** Calls `fn` each time the app is shown again. On H5: the tab comes to the front, or back from the browser's page cache. */
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

/** Calls `fn` each time the app is hidden: it may be its last moment. On H5: the tab goes to the back or is left. */
export function onAppHide(fn: () => void): () => void {
  // #ifdef H5
  const onVisibility = () => {
    if (document.visibilityState === 'hidden') fn()
  }
  // iOS leaves a page without a change of visibility; where both come, the second call finds nothing left to do
  const onPageHide = () => fn()
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('pagehide', onPageHide)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('pagehide', onPageHide)
  }
  // #endif
  // #ifdef MP-WEIXIN
  const listener = () => fn()
  wx.onAppHide(listener)
  return () => wx.offAppHide(listener)
  // #endif
}
