/** A phone runs in one page at a time: two programs would overwrite each other's disk. */

/**
 * Resolves once this page owns the phone, until the page ends. `onTaken` is called if another page owns it; this page then waits. Browsers offer locks to
 * secure addresses only (HTTPS, this machine): elsewhere nothing is checked.
 */
export function ownPhone(uid: string, onTaken: () => void): Promise<void> {
  // absent with --lan
  if (!('locks' in navigator)) return Promise.resolve()
  const channel = new BroadcastChannel(`phone ${uid}`)
  let isOwner = false
  channel.onmessage = ({ data }) => {
    if (data === 'whose?' && isOwner) channel.postMessage('mine')
    if (data === 'mine' && !isOwner) onTaken()
  }
  return new Promise((resolve, reject) => {
    const holding = navigator.locks.request(`phone ${uid}`, () => {
      isOwner = true
      resolve()
      return new Promise(() => undefined)
    })
    holding.catch(reject)
    channel.postMessage('whose?')
  })
}
