import { afterEach, describe, expect, it, vi } from 'vitest'
import { importForH5 } from '../../support/h5'

afterEach(() => vi.unstubAllGlobals())

const h5 = () => importForH5<typeof import('@/src/platform/persistence')>('src/platform/persistence.ts')

describe('a browser’s promise to keep the storage', () => {
  it('is requested once, and not if it was given already', async () => {
    const { askToKeep, isKeptForGood } = await h5()
    let isKept = false
    const persist = vi.fn(async () => (isKept = true))
    vi.stubGlobal('navigator', { storage: { persisted: async () => isKept, persist } })
    expect(await isKeptForGood()).toBe(false)
    await askToKeep()
    await askToKeep()
    expect(await isKeptForGood()).toBe(true)
    expect(persist).toHaveBeenCalledTimes(1)
  })

  it('is missing if the browser refuses, fails or cannot be asked', async () => {
    const { askToKeep, isKeptForGood } = await h5()
    const fails = () => Promise.reject(new TypeError('no'))
    const throws = () => {
      throw new DOMException('blocked', 'SecurityError')
    }
    for (const storage of [undefined, {}, { persisted: async () => false, persist: async () => false }, { persisted: fails, persist: fails }, { persisted: throws, persist: throws }]) {
      vi.stubGlobal('navigator', { storage })
      await askToKeep()
      expect(await isKeptForGood()).toBe(false)
    }
  })
})
