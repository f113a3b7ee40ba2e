/** Ids, tab badge, launch and window. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newId } from '@/src/platform/ids'
import { launchUid, systemLanguage } from '@/src/platform/launch'
import { setUnreadBadge } from '@/src/platform/tab-badge'
import { navBarMetrics } from '@/src/platform/window'
import { importForH5 } from '../../support/h5'
import { failing } from './doubles'

afterEach(() => vi.unstubAllGlobals())

const h5Ids = () => importForH5<typeof import('@/src/platform/ids')>('src/platform/ids.ts')
const h5Launch = () => importForH5<typeof import('@/src/platform/launch')>('src/platform/launch.ts')

describe('new ids', () => {
  it('are 21 characters that are valid in a URL, and differ', async () => {
    for (const make of [newId, (await h5Ids()).newId]) {
      const ids = Array.from({ length: 5_000 }, make)
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id).toMatch(/^[\w-]{21}$/)
    }
  })

  it('need no crypto in the mini program, and use it on H5', async () => {
    const getRandomValues = vi.fn((bytes: Uint8Array) => bytes.fill(7))
    vi.stubGlobal('crypto', { getRandomValues })
    newId()
    expect(getRandomValues).not.toHaveBeenCalled()
    ;(await h5Ids()).newId()
    expect(getRandomValues).toHaveBeenCalled()
  })
})

describe('the badge of the conversations', () => {
  it('shows a number, 99+, or nothing', () => {
    const uni = { setTabBarBadge: failing(), removeTabBarBadge: failing() }
    vi.stubGlobal('uni', uni)
    for (const count of ['1', '99', '99+', '']) setUnreadBadge(count)
    expect(uni.setTabBarBadge.mock.calls.map(([{ text, index }]) => [index, text])).toEqual([[0, '1'], [0, '99'], [0, '99+']])
    expect(uni.removeTabBarBadge).toHaveBeenCalledTimes(1)
    for (const [options] of [...uni.setTabBarBadge.mock.calls, ...uni.removeTabBarBadge.mock.calls]) expect(options.fail).toBeTypeOf('function')
  })
})

describe('launch', () => {
  it.each([
    ['?uid=alice', 'alice'],
    ['?theme=dark&uid=bob', 'bob'],
    ['?uid=100%25', '100%'],
    ['?uid=100%', '100%'],
    ['?uid=a+b', 'a+b'],
    ['?uid=a%20b%26%3D', 'a b&='],
    ['?uid=', undefined],
    ['?luid=alice', undefined],
    ['', undefined],
  ])('on H5 %s names %s', async (search, uid) => {
    vi.stubGlobal('location', { search })
    expect((await h5Launch()).launchUid()).toBe(uid)
  })

  it('has no user in the mini program', () => {
    expect(launchUid()).toBeUndefined()
  })

  it('on H5 sets the language of the page, at once', async () => {
    const documentElement = { lang: 'zh-CN' }
    const setLocale = vi.fn()
    vi.stubGlobal('document', { documentElement })
    vi.stubGlobal('uni', { setLocale })
    const { tellLanguage } = await h5Launch()
    for (const [language, lang] of [['en', 'en'], ['zh', 'zh-CN']] as const) {
      tellLanguage(language)
      expect(documentElement.lang).toBe(lang)
    }
    await vi.waitFor(() => expect(setLocale.mock.calls).toEqual([['en'], ['zh-Hans']]))
  })

  it('uses the language of the system', async () => {
    const h5 = await h5Launch()
    for (const [tag, language] of [['zh-CN', 'zh'], ['zh_TW', 'zh'], ['ZH', 'zh'], ['en', 'en'], ['fr-FR', 'en'], ['', 'zh']]) {
      vi.stubGlobal('navigator', { language: tag })
      vi.stubGlobal('uni', { getAppBaseInfo: () => ({ language: tag }) })
      expect([h5.systemLanguage(), systemLanguage()]).toEqual([language, language])
    }
  })
})

describe('the app’s own navigation bar', () => {
  it('is below the status bar and left of the capsule', async () => {
    vi.stubGlobal('uni', { getWindowInfo: () => ({ statusBarHeight: 44, windowWidth: 390 }), getMenuButtonBoundingClientRect: () => ({ left: 296 }) })
    expect(navBarMetrics()).toEqual({ top: 44, right: 94 })
    const throwing = () => {
      throw new Error('getMenuButtonBoundingClientRect:fail')
    }
    for (const capsule of [() => ({ left: 0, right: 0, width: 0 }), throwing, undefined, () => undefined, () => null, () => ({}), () => ({ left: NaN }), () => ({ left: 390 }), () => ({ left: 700 }), () => ({ left: 20 })]) {
      vi.stubGlobal('uni', { getWindowInfo: () => ({ statusBarHeight: 44, windowWidth: 390 }), getMenuButtonBoundingClientRect: capsule })
      expect(navBarMetrics()).toEqual({ top: 44, right: 97 })
    }
    for (const window of [() => ({}), throwing, undefined, () => ({ windowWidth: 0, statusBarHeight: undefined })]) {
      vi.stubGlobal('uni', { getWindowInfo: window, getMenuButtonBoundingClientRect: () => ({ left: 296 }) })
      expect(navBarMetrics()).toEqual({ top: 24, right: 97 })
    }
    const h5 = await importForH5<typeof import('@/src/platform/window')>('src/platform/window.ts')
    expect(h5.navBarMetrics()).toEqual({ top: 0, right: 0 })
  })
})
