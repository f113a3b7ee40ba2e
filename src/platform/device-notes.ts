/**
 * Short notes on this device, in uni-app's storage that no message depends on, such as the addresses of uploads under way. A storage that is full or
 * broken takes none of it: then it holds until the program ends.
 */
const held = new Map<string, string>()

export function note(key: string, text: string): void {
  store(key, text, () => uni.setStorageSync(key, text))
}

/** Undefined if there is none. */
export function noted(key: string): string | undefined {
  const text: unknown = held.get(key) ?? uni.getStorageSync(key)
  return typeof text === 'string' && text !== '' ? text : undefined
}

export function dropNote(key: string): void {
  store(key, '', () => uni.removeStorageSync(key))
}

function store(key: string, text: string, write: () => void): void {
  try {
    write()
    held.delete(key)
  } catch {
    // WeChat throws for a full or broken storage, and a browser where a site may store nothing. No message depends on it.
    held.set(key, text)
  }
}
