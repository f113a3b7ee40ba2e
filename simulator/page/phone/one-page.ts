/** A phone runs in one page at a time: two programs on one disk would write over each other. */

/**
 * Resolves once the phone is this page's, which it stays until the page ends. `onTaken` is called when another page has it: then
 * this one waits for its turn. Browsers offer locks to secure addresses only (HTTPS, this machine): elsewhere nothing is checked.
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
