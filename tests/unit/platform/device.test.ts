import { beforeEach, describe, expect, it, vi } from 'vitest'
import { importForH5 } from '../../support/h5'

type Device = typeof import('@/src/platform/device')

/** Storage as in uni, '' for a missing value. `broken` makes every call throw. */
function storage() {
  const kept = new Map<string, unknown>()
  const state = { broken: false, kept }
  const guard = () => {
    if (state.broken) throw new Error('setStorageSync:fail')
  }
  const uni = {
    getStorageSync: (key: string) => (guard(), kept.get(key) ?? ''),
    setStorageSync: (key: string, value: unknown) => (guard(), void kept.set(key, value)),
    removeStorageSync: (key: string) => (guard(), void kept.delete(key)),
  }
  return { state, uni }
}

/** The session storage of a browser's tab. */
function tab() {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text), removeItem: (key: string) => void kept.delete(key) }
}

let device: ReturnType<typeof storage>
const loadMini = async (): Promise<Device> => {
  vi.resetModules()
  return import('@/src/platform/device')
}
const loadH5 = () => importForH5<Device>('src/platform/device.ts')

beforeEach(() => {
  device = storage()
  vi.stubGlobal('uni', device.uni)
  vi.stubGlobal('sessionStorage', tab())
})

describe('settings', () => {
  it('are saved, of every type', async () => {
    const { writeSetting } = await loadMini()
    const values = ['', 'text', 0, false, null, { list: [1] }, ['__proto__']]
    values.forEach((value, i) => writeSetting(`k${i}`, value))
    const restarted = await loadMini()
    expect(values.map((_, i) => restarted.readSetting(`k${i}`))).toEqual(values)
    expect(restarted.readSetting('never')).toBeUndefined()
  })

  it('that another program wrote are ignored', async () => {
    device.state.kept.set('setting/a', '{torn').set('setting/b', { an: 'object' })
    const { readSetting } = await loadMini()
    expect([readSetting('a'), readSetting('b')]).toEqual([undefined, undefined])
  })

  it('last as long as the app if the device saves nothing', async () => {
    const { clearSession, readSession, readSetting, writeSession, writeSetting } = await loadMini()
    writeSetting('language', 'zh')
    writeSession({ uid: 'alice' })
    device.state.broken = true
    expect(readSetting('language')).toBeUndefined()
    writeSetting('language', 'en')
    clearSession()
    expect(readSetting('language')).toBe('en')
    device.state.broken = false
    expect(readSetting('language')).toBe('en')
    expect(readSession()).toBeUndefined()
    writeSetting('language', 'zh')
    expect(readSetting('language')).toBe('zh')
    expect((await loadMini()).readSetting('language')).toBe('zh')
  })
})

for (const [platform, load] of [['the mini program', loadMini], ['H5', loadH5]] as const) {
  describe(`the session in ${platform}`, () => {
    it('survives a restart until it is cleared', async () => {
      const { clearSession, readSession, writeSession } = await load()
      expect(readSession()).toBeUndefined()
      writeSession({ uid: '__proto__', token: '007abc' })
      expect((await load()).readSession()).toEqual({ uid: '__proto__', token: '007abc' })
      writeSession({ uid: '100%' })
      expect((await load()).readSession()).toEqual({ uid: '100%' })
      clearSession()
      expect(readSession()).toBeUndefined()
      expect((await load()).readSession()).toBeUndefined()
    })

    it('is missing if the saved value is malformed', async () => {
      const { readSession } = await load()
      for (const session of ['alice', null, [], {}, { uid: '' }, { uid: 1 }, { uid: 'alice', token: 1 }]) {
        sessionStorage.setItem('session', JSON.stringify(session))
        device.state.kept.set('session', JSON.stringify(session))
        expect(readSession()).toBeUndefined()
      }
    })
  })
}

it('belongs to the tab on H5, and settings to the device', async () => {
  const first = await loadH5()
  first.writeSession({ uid: 'alice' })
  first.writeSetting('language', 'en')
  vi.stubGlobal('sessionStorage', tab())
  const second = await loadH5()
  expect(second.readSession()).toBeUndefined()
  expect(second.readSetting('language')).toBe('en')
})

it('lasts as long as the page if the browser forbids storage', async () => {
  vi.stubGlobal('sessionStorage', undefined)
  const { readSession, writeSession } = await loadH5()
  writeSession({ uid: 'alice' })
  expect(readSession()).toEqual({ uid: 'alice' })
})
