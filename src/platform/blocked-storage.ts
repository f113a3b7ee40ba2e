/**
 * Browsers that block site data throw at the mere name `localStorage`, and uni-app uses it while its code loads. This runs before that code, as a script in
 * the head of the page (scripts/vite/page-head.ts).
 */

/** Replaces each unusable storage by one that lasts as long as the page. */
export function replaceBlockedStorage(page: Window): void {
  for (const name of ['localStorage', 'sessionStorage'] as const) {
    if (!isUsable(page, name)) Object.defineProperty(page, name, { value: memoryStorage(), configurable: true, enumerable: true })
  }
}

/** A full storage can be read, so it is not replaced. */
function isUsable(page: Window, name: 'localStorage' | 'sessionStorage'): boolean {
  try {
    // Some WebViews return null.
    return typeof page[name].getItem('') !== 'undefined'
  } catch {
    // The error differs by browser. Without storage the page works in memory.
    return false
  }
}

/** A `Storage` in memory: texts by key, in the order of their first write, also read and written as properties. */
export function memoryStorage(): Storage {
  const texts = new Map<string, string>()
  const methods: Omit<Storage, number> = {
    get length() {
      return texts.size
    },
    key: (index: number) => [...texts.keys()][index] ?? null,
    getItem: (key: string) => texts.get(String(key)) ?? null,
    setItem: (key: string, text: string) => void texts.set(String(key), String(text)),
    removeItem: (key: string) => void texts.delete(String(key)),
    clear: () => texts.clear(),
  }
  return new Proxy(methods as Storage, {
    get: (target, key) => (key in target || typeof key === 'symbol' ? Reflect.get(target, key) : texts.get(key)),
    set: (_, key, text) => {
      texts.set(String(key), String(text))
      return true
    },
    has: (target, key) => key in target || texts.has(String(key)),
    deleteProperty: (_, key) => {
      texts.delete(String(key))
      return true
    },
    ownKeys: () => [...texts.keys()],
    getOwnPropertyDescriptor: (_, key) => (texts.has(String(key)) ? { value: texts.get(String(key)), configurable: true, enumerable: true, writable: true } : undefined),
  })
}
