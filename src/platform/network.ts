/** Whether the device has a network. `true` does not mean that the server can be reached; only `false` is certain. */

/** Calls `fn` when the network goes or comes back. The returned function stops that. */
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

/** Whether there is a network now. True if that is unknown, since trying to connect costs nothing. */
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
