/**
 * H5: which users are logged in in the tabs of this browser. A tab holds a Web Lock for its user, which ends with the tab, however it ends.
 * Where there are no locks (plain HTTP on a LAN address, blocked site data), tabs ask each other over a BroadcastChannel.
 */
import { clock, inTime } from '@/src/chat/time/clock'

/** How long a tab may take to answer that it has a user, ms. A later answer is missed: the user then counts as logged in in no other tab. */
const ANSWER_WITHIN_MS = 500

/** How long a page that is being left, as by a reload, may still hold its lock, ms. A lock held longer is another tab's. */
const RELEASE_WITHIN_MS = 300

/** How long the browser may take to list the held locks, ms. After that the tabs are asked. */
const QUERY_WITHIN_MS = 2_000

/** The messages between tabs. */
type Word = 'is anyone here' | 'yes'

let release = () => {}

/** Announces to other tabs that `uid` is logged in in this one, and no other user. Undefined: no user is. */
export function holdLogin(uid: string | undefined): void {
  release()
  release = () => {}
  if (uid === undefined) return
  const letGo = [answerFor(uid), holdLock(uid)]
  release = () => letGo.forEach((end) => end())
}

/** Whether `uid` is logged in in another tab. Undefined if the browser cannot tell. */
export async function isLoggedInElsewhere(uid: string): Promise<boolean | undefined> {
  if ('locks' in navigator) {
    try {
      return await isLocked(nameOf(uid))
    } catch {
      // Site data is blocked, and the other tabs have no locks either; or the browser does not answer.
    }
  }
  return isAnswered(uid)
}

/** Returns a function that ends it. */
function holdLock(uid: string): () => void {
  let end = () => {}
  if ('locks' in navigator) {
    const held = new Promise<void>((resolve) => {
      end = resolve
    })
    // Shared: two tabs of one user may exist for a moment. Rejected if site data is blocked.
    navigator.locks.request(nameOf(uid), { mode: 'shared' }, () => held).catch(end)
  }
  return end
}

/** Rejects if site data is blocked, or the browser does not answer. */
async function isLocked(name: string): Promise<boolean> {
  const { held = [] } = await inTime(clock, navigator.locks.query(), QUERY_WITHIN_MS)
  if (!held.some((lock) => lock.name === name)) return false
  const waiting = new AbortController()
  clock.after(RELEASE_WITHIN_MS, () => waiting.abort())
  return navigator.locks.request(name, { signal: waiting.signal }, () => false).catch(() => true)
}

/** Returns a function that ends it. */
function answerFor(uid: string): () => void {
  const channel = channelOf(uid)
  channel?.addEventListener('message', ({ data }) => {
    if (data === ('is anyone here' satisfies Word)) channel.postMessage('yes' satisfies Word)
  })
  return () => channel?.close()
}

function isAnswered(uid: string): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const channel = channelOf(uid)
    if (!channel) return resolve(undefined)
    const end = (isHere: boolean) => {
      channel.close()
      resolve(isHere)
    }
    channel.addEventListener('message', ({ data }) => {
      if (data === ('yes' satisfies Word)) end(true)
    })
    channel.postMessage('is anyone here' satisfies Word)
    clock.after(ANSWER_WITHIN_MS, () => end(false))
  })
}

/** Undefined if the browser has none, or denies it to this page. */
function channelOf(uid: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(nameOf(uid))
  } catch {
    return undefined
  }
}

function nameOf(uid: string): string {
  return `logged-in/${uid}`
}
