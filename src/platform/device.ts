/**
 * Small values that are needed synchronously: settings, and the logged-in user. If the device cannot store them (private mode, storage full), they last as
 * long as the app runs.
 */

export interface Session {
  readonly uid: string
  readonly token?: string
}

const SETTING_PREFIX = 'setting/'
const SESSION_KEY = 'session'
const LAUNCH_SNAPSHOT_KEY = 'first-screen'

/** Synchronous storage of texts. */
interface TextStore {
  get(key: string): string | undefined
  set(key: string, text: string): void
  remove(key: string): void
}

const deviceStore: TextStore = {
  get: (key) => textOf(uni.getStorageSync(key)),
  set: (key, text) => uni.setStorageSync(key, text),
  remove: (key) => uni.removeStorageSync(key),
}

let sessionStore: TextStore = deviceStore
// #ifdef H5
// The session belongs to the tab: two tabs can have two users, and a reload keeps its user.
sessionStore = {
  get: (key) => textOf(sessionStorage.getItem(key)),
  set: (key, text) => sessionStorage.setItem(key, text),
  remove: (key) => sessionStorage.removeItem(key),
}
// #endif

const settings = withFallback(deviceStore)
const session = withFallback(sessionStore)

/** The last value of `writeSetting` under `key`. Undefined if there is none or it cannot be read. */
export function readSetting(key: string): unknown {
  return parse(settings.get(SETTING_PREFIX + key))
}

/** Saves `value`, which may be any JSON value. */
export function writeSetting(key: string, value: unknown): void {
  settings.set(SETTING_PREFIX + key, JSON.stringify(value))
}

/** The logged-in user: of this tab on H5, of the device in the mini program. */
export function readSession(): Session | undefined {
  const value = parse(session.get(SESSION_KEY))
  if (typeof value !== 'object' || value === null || !('uid' in value)) return undefined
  const { uid, token } = value as { uid: unknown; token?: unknown }
  if (typeof uid !== 'string' || uid === '' || (token !== undefined && typeof token !== 'string')) return undefined
  return { uid, ...(token === undefined ? {} : { token }) }
}

export function writeSession({ uid, token }: Session): void {
  session.set(SESSION_KEY, JSON.stringify({ uid, token }))
}

export function clearSession(): void {
  session.remove(SESSION_KEY)
}

/** Whether a launch snapshot is saved for the next start. Not on H5, where the first paint comes over the network and each tab may have another user. */
export let savesLaunchSnapshot = true
// #ifdef H5
savesLaunchSnapshot = false
// #endif

/** The last value of {@link writeLaunchSnapshot}. Undefined if there is none or it cannot be read. */
export function readLaunchSnapshot(): string | undefined {
  return savesLaunchSnapshot ? settings.get(LAUNCH_SNAPSHOT_KEY) : undefined
}

/** Saves `json`. If the device rejects it, the old value is removed. Resolves once that is done. */
export function writeLaunchSnapshot(json: string): Promise<void> {
  return new Promise((complete) => {
    void uni.setStorage({ key: LAUNCH_SNAPSHOT_KEY, data: json, fail: removeLaunchSnapshot, complete: () => complete() })
  })
}

export function removeLaunchSnapshot(): void {
  // Removing a missing value fails. One that cannot be removed is shown only to its own user.
  void uni.removeStorage({ key: LAUNCH_SNAPSHOT_KEY, fail: () => {} })
}

/** The same store, with the values it rejects in memory. */
function withFallback(store: TextStore): TextStore {
  /** The values that the store should have and does not. Undefined: it should have been removed. */
  const unsaved = new Map<string, string | undefined>()

  function attempt(key: string, text: string | undefined, work: () => void): void {
    try {
      work()
      unsaved.delete(key)
    } catch {
      // Whatever the reason, the value is in memory until the app ends.
      unsaved.set(key, text)
    }
  }

  return {
    get(key) {
      if (unsaved.has(key)) return unsaved.get(key)
      try {
        return store.get(key)
      } catch {
        // A store that cannot be read counts as empty.
        return undefined
      }
    },
    // At a start the value is often the same, and a synchronous write costs more than a read.
    set: (key, text) =>
      attempt(key, text, () => {
        if (store.get(key) !== text) store.set(key, text)
      }),
    remove: (key) => attempt(key, undefined, () => store.remove(key)),
  }
}

/** uni returns '' for a missing value. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
