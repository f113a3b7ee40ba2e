import { afterEach, describe, expect, it, vi } from 'vitest'
import { copyText, openPrivacyContract } from '@/src/platform/ask'
import { importForH5 } from '../../support/h5'
import { succeeding } from './doubles'

afterEach(() => vi.unstubAllGlobals())

/** A call that fails with a message of WeChat or uni. */
const failingWith = (failure: unknown) => vi.fn(({ fail }: { fail(failure: unknown): void }) => queueMicrotask(() => fail(failure)))

describe('a request that the platform can refuse', () => {
  it('resolves when it was done', async () => {
    const setClipboardData = succeeding()
    vi.stubGlobal('uni', { setClipboardData })
    expect(await copyText('你好 \\n')).toEqual({ ok: true })
    expect(setClipboardData.mock.calls[0]![0]).toMatchObject({ data: '你好 \\n', showToast: false })
  })

  it.each([
    [{ errMsg: 'setClipboardData:fail api scope is not declared in the privacy agreement', errno: 112 }, 'not-declared'],
    [{ errMsg: 'setClipboardData:fail api scope is not declared in the privacy agreement' }, 'not-declared'],
    [{ errMsg: 'setClipboardData:fail', errno: '112' }, 'not-declared'],
    [{ errMsg: 'setClipboardData:fail please go to mp to announce your privacy usage', errno: 1025 }, 'not-declared'],
    [{ errMsg: 'setClipboardData:fail privacy permission is not authorized', errno: 104 }, 'not-agreed'],
    [{ errMsg: 'setClipboardData:fail privacy permission is not authorized in gap' }, 'not-agreed'],
    [{ errMsg: 'setClipboardData:fail auth deny' }, 'no-permission'],
    [{ errMsg: 'setClipboardData:fail system permission denied' }, 'no-permission'],
    [{ errMsg: 'setClipboardData:fail not supported' }, 'unsupported'],
    [new TypeError("Cannot read properties of undefined (reading 'writeText')"), 'unsupported'],
    [new TypeError("undefined is not an object (evaluating 'navigator.clipboard.writeText')"), 'unsupported'],
    [{ errMsg: 'setClipboardData:fail undefined' }, 'unknown'],
    [{ errMsg: 'setClipboardData:fail 1' }, 'unknown'],
    [{}, 'unknown'],
    [undefined, 'unknown'],
    ['setClipboardData:fail 2', 'unknown'],
  ])('gives for %j the reason %s, and never rejects', async (failure, reason) => {
    vi.stubGlobal('uni', { setClipboardData: failingWith(failure) })
    const answer = await copyText('')
    expect(answer).toMatchObject({ ok: false, reason })
    if (typeof failure === 'object' && 'errMsg' in failure) expect(answer).toMatchObject({ detail: failure.errMsg })
  })

  it('is unsupported if the platform lacks it', async () => {
    vi.stubGlobal('uni', {})
    vi.stubGlobal('wx', {})
    expect(await copyText('')).toMatchObject({ ok: false, reason: 'unsupported' })
    expect(await openPrivacyContract()).toMatchObject({ ok: false, reason: 'unsupported' })
  })

  it('may throw in the call itself', async () => {
    vi.stubGlobal('wx', {
      openPrivacyContract: () => {
        throw new Error('openPrivacyContract:fail no permission')
      },
    })
    expect(await openPrivacyContract()).toEqual({ ok: false, reason: 'no-permission', detail: 'openPrivacyContract:fail no permission' })
  })

  it('opens the privacy guideline', async () => {
    vi.stubGlobal('wx', { openPrivacyContract: succeeding() })
    expect(await openPrivacyContract()).toEqual({ ok: true })
  })

  it('is not allowed if a browser hides the reason', async () => {
    const h5 = await importForH5<typeof import('@/src/platform/ask')>('src/platform/ask.ts')
    vi.stubGlobal('uni', { setClipboardData: failingWith({ errMsg: 'setClipboardData:fail' }) })
    expect(await h5.copyText('')).toEqual({ ok: false, reason: 'no-permission', detail: 'setClipboardData:fail' })
    vi.stubGlobal('uni', { setClipboardData: succeeding() })
    expect(await h5.copyText('')).toEqual({ ok: true })
    expect(await h5.openPrivacyContract()).toMatchObject({ ok: false, reason: 'unsupported' })
  })
})
