/**
 * Small things that are needed at once, before any promise: settings, and who is logged in. Where the device keeps nothing
 * (private mode, storage full) they last as long as the app runs.
 */

export interface Session {
  readonly uid: string
  readonly token?: string
}

const SETTING_PREFIX = 'setting/'
const SESSION_KEY = 'session'
const FIRST_SCREEN_KEY = 'first-screen'

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
// the session belongs to the tab: two tabs can be two people, and a reload stays who it was
sessionStore = {
  get: (key) => textOf(sessionStorage.getItem(key)),
  set: (key, text) => sessionStorage.setItem(key, text),
  remove: (key) => sessionStorage.removeItem(key),
}
// #endif

const settings = keepWhatFails(deviceStore)
const session = keepWhatFails(sessionStore)

/** What `writeSetting` was given last under `key`; undefined when nothing was or it cannot be read. */
export function readSetting(key: string): unknown {
  return parse(settings.get(SETTING_PREFIX + key))
}

/** Keeps `value`, which is anything that JSON can hold. */
export function writeSetting(key: string, value: unknown): void {
  settings.set(SETTING_PREFIX + key, JSON.stringify(value))
}

/** Who is logged in: in this tab on H5, in the mini program otherwise. */
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

/** Whether a first screen is kept for the next start. On H5 what a tab shows first comes over the network, and each tab may be another person. */
export let keepsFirstScreen = true
// #ifdef H5
keepsFirstScreen = false
// #endif

/** What {@link writeFirstScreen} was given last; undefined when nothing was or it cannot be read. */
export function readFirstScreen(): string | undefined {
  return keepsFirstScreen ? settings.get(FIRST_SCREEN_KEY) : undefined
}

/** Keeps `json`; where the device does not take it, nothing rather than what was kept before. Resolves once that is done. */
export function writeFirstScreen(json: string): Promise<void> {
  return new Promise((complete) => {
    void uni.setStorage({ key: FIRST_SCREEN_KEY, data: json, fail: removeFirstScreen, complete: () => complete() })
  })
}

export function removeFirstScreen(): void {
  // It fails where there is nothing; what cannot be removed is shown to its owner only.
  void uni.removeStorage({ key: FIRST_SCREEN_KEY, fail: () => {} })
}

/** The same store, with what it does not take held in memory. */
function keepWhatFails(store: TextStore): TextStore {
  /** What the store should hold and does not; undefined is what it should have removed. */
  const unkept = new Map<string, string | undefined>()

  function attempt(key: string, text: string | undefined, work: () => void): void {
    try {
      work()
      unkept.delete(key)
    } catch {
      // every reason comes to the same: it is kept here until the app ends
      unkept.set(key, text)
    }
  }

  return {
    get(key) {
      if (unkept.has(key)) return unkept.get(key)
      try {
        return store.get(key)
      } catch {
        // a store that cannot be read holds nothing
        return undefined
      }
    },
    // A start writes down what stands there already; a write is synchronous, and dearer than a look.
    set: (key, text) =>
      attempt(key, text, () => {
        if (store.get(key) !== text) store.set(key, text)
      }),
    remove: (key) => attempt(key, undefined, () => store.remove(key)),
  }
}

/** uni answers '' where there is nothing. */
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
