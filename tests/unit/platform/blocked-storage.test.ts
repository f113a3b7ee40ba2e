/** The replacement for a storage that the browser blocks. */
import { describe, expect, it } from 'vitest'
import { memoryStorage, replaceBlockedStorage } from '@/src/platform/blocked-storage'

describe('a storage in memory', () => {
  it('stores texts by key, in order, until they are removed', () => {
    const storage = memoryStorage()
    storage.setItem('a', '1')
    storage.setItem('length', 7 as unknown as string)
    storage.setItem('a', '2')
    expect([storage.length, storage.key(0), storage.key(1), storage.key(2)]).toEqual([2, 'a', 'length', null])
    expect([storage.getItem('a'), storage.getItem('length'), storage.getItem('none'), storage.getItem('getItem')]).toEqual(['2', '7', null, null])
    storage.removeItem('a')
    expect([storage.getItem('a'), storage.length]).toEqual([null, 1])
    storage.clear()
    expect(storage.length).toBe(0)
  })

  it('can be used by properties, as uni-app does', () => {
    const storage = memoryStorage()
    expect(storage.UNI_LOCALE).toBeUndefined()
    storage.UNI_LOCALE = 'en'
    expect([storage.getItem('UNI_LOCALE'), storage.UNI_LOCALE, 'UNI_LOCALE' in storage, Object.keys(storage)]).toEqual(['en', 'en', true, ['UNI_LOCALE']])
    delete storage.UNI_LOCALE
    expect([storage.getItem('UNI_LOCALE'), storage.length]).toEqual([null, 0])
  })

  it.each(['__proto__', 'constructor', 'getItem', 'setItem'])('stores a text under %s and stays as it is', (key) => {
    const storage = memoryStorage()
    storage.setItem(key, 'text')
    expect([storage.getItem(key), storage.length, typeof storage.getItem]).toEqual(['text', 1, 'function'])
  })
})

describe('a page', () => {
  const usable = () => memoryStorage()
  const blocked = (): Storage => {
    throw new DOMException('denied', 'SecurityError')
  }
  const pageWith = (localStorage: () => unknown, sessionStorage: () => unknown) =>
    Object.defineProperties({} as Window, { localStorage: { get: localStorage, configurable: true }, sessionStorage: { get: sessionStorage, configurable: true } })

  it('gets a storage for each one that is blocked or missing, and the same every time', () => {
    for (const [local, session] of [[blocked, blocked], [() => null, () => undefined]]) {
      const page = pageWith(local!, session!)
      replaceBlockedStorage(page)
      page.localStorage.setItem('a', 'local')
      expect([page.localStorage.getItem('a'), page.sessionStorage.getItem('a')]).toEqual(['local', null])
    }
  })

  it('keeps a readable storage, even if it is full', () => {
    const full = { ...usable(), getItem: () => null, setItem: blocked } as unknown as Storage
    const page = pageWith(() => full, blocked)
    replaceBlockedStorage(page)
    expect(page.localStorage).toBe(full)
    expect(page.sessionStorage.length).toBe(0)
  })
})
