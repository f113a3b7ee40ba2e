import { afterEach, describe, expect, it, vi } from 'vitest'
import { askToNotify, notify, notifyPermission } from '@/src/platform/notifications'
import { importForH5 } from '../../support/h5'

afterEach(() => vi.unstubAllGlobals())

const notice = { title: 'bob', text: 'hello', tag: 'peer:bob' }
const h5 = () => importForH5<typeof import('@/src/platform/notifications')>('src/platform/notifications.ts')

/** A browser. `ask`: its way to ask. */
function browser(permission: string, ask: (...args: any[]) => unknown = () => Promise.reject(new Error('asked')), isSecureContext = true) {
  vi.stubGlobal('window', { isSecureContext, focus: vi.fn() })
  const made: any[] = []
  class Notification {
    static permission = permission
    static requestPermission = ask
    close = vi.fn()
    constructor(...args: unknown[]) {
      Object.assign(this, { args })
      made.push(this)
    }
  }
  vi.stubGlobal('Notification', Notification)
  return made
}

describe('notifications on H5', () => {
  it('are asked for if the browser would ask, by a promise or a callback as in old Safari', async () => {
    const { askToNotify } = await h5()
    for (const ask of [async () => 'granted', (done: (answer: string) => void) => queueMicrotask(() => done('granted'))]) {
      browser('default', ask)
      expect(await askToNotify()).toBe('granted')
    }
    browser('default', async () => 'default')
    expect(await askToNotify()).toBe('off')
  })

  it('are not asked for if the answer is known', async () => {
    const { askToNotify, notifyPermission } = await h5()
    for (const known of ['granted', 'denied']) {
      browser(known)
      expect([notifyPermission(), await askToNotify()]).toEqual([known, known])
    }
    browser('default', undefined, false)
    expect(await askToNotify()).toBe('insecure')
    vi.stubGlobal('window', { isSecureContext: true })
    vi.stubGlobal('Notification', undefined)
    expect(await askToNotify()).toBe('unsupported')
  })

  it('show their text, and a click leads to its target', async () => {
    const { notify } = await h5()
    const made = browser('granted')
    const chosen = vi.fn()
    expect(notify(notice, chosen)).toBe(true)
    expect(made[0].args).toEqual(['bob', { body: 'hello', tag: 'peer:bob', renotify: true }])
    made[0].onclick()
    expect([chosen.mock.calls.length, made[0].close.mock.calls.length, vi.mocked(window.focus).mock.calls.length]).toEqual([1, 1, 1])
    browser('denied')
    expect(notify(notice, chosen)).toBe(false)
  })
})

it('the mini program has none', async () => {
  expect([notifyPermission(), await askToNotify(), notify(notice, () => expect.unreachable())]).toEqual(['unsupported', 'unsupported', false])
})
