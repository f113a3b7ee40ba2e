/** H5: which users are logged in in the tabs of this browser. A tab holds a Web Lock for its user, which ends with the tab, however it ends. */

let release = () => {}

/** Lets other tabs know that `uid` is logged in in this one, and no other user; undefined: no user is. */
export function holdLogin(uid: string | undefined): void {
  release()
  release = () => {}
  // Only secure contexts have locks: HTTPS and loopback.
  if (uid === undefined || !('locks' in navigator)) return
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  // Shared: two tabs of one user may be there for a moment. Refused where site data is blocked: then `isLoggedInElsewhere` cannot tell.
  navigator.locks.request(lockName(uid), { mode: 'shared' }, () => held).catch(release)
}

/** Whether `uid` is logged in in another tab. Undefined where the browser cannot tell. */
export async function isLoggedInElsewhere(uid: string): Promise<boolean | undefined> {
  if (!('locks' in navigator)) return undefined
  try {
    const { held = [] } = await navigator.locks.query()
    return held.some(({ name }) => name === lockName(uid))
  } catch {
    // Site data is blocked.
    return undefined
  }
}

function lockName(uid: string): string {
  return `logged-in/${uid}`
}
