/**
 * Calls `fn` when WeChat could not download a component that is shown, or takes longer than 10 s, until the returned function is called. WeChat tries again
 * when the component is shown the next time. On H5 a part of the program is requested until it is there (src/chat/util/load-part.ts).
 */
export function onPartMissing(fn: () => void): () => void {
  // #ifdef MP-WEIXIN
  // Base library 2.24.3.
  if (typeof wx.onLazyLoadError !== 'function') return () => {}
  const listener = () => fn()
  wx.onLazyLoadError(listener)
  return () => wx.offLazyLoadError(listener)
  // #endif
  // #ifdef H5
  return () => {}
  // #endif
}
