/** Whether the device has a network. `true` says nothing of the server; only `false` can be relied on. */

/** Calls `fn` when the network goes or comes; the function it returns stops that. */
export function onNetworkChange(fn: (online: boolean) => void): () => void {
  // #ifdef H5
  const onOnline = () => fn(true)
  const onOffline = () => fn(false)
  window.addEventListener('online', onOnline)
  window.addEventListener('offline', onOffline)
  return () => {
    window.removeEventListener('online', onOnline)
    window.removeEventListener('offline', onOffline)
  }
  // #endif
  // #ifdef MP-WEIXIN
  const listener = (result: { isConnected: boolean }) => fn(result.isConnected)
  uni.onNetworkStatusChange(listener)
  return () => uni.offNetworkStatusChange(listener)
  // #endif
}

/** Whether there is a network now; where that cannot be told, true, since a try costs nothing. */
export function isOnline(): Promise<boolean> {
  // #ifdef H5
  return Promise.resolve(navigator.onLine)
  // #endif
  // #ifdef MP-WEIXIN
  return new Promise((resolve) => {
    uni.getNetworkType({ success: ({ networkType }) => resolve(networkType !== 'none'), fail: () => resolve(true) })
  })
  // #endif
}
