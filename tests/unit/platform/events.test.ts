/** App, network, theme and keyboard: their events, and that each removes its own listener only. */
import { Window } from 'happy-dom'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { onAppShow } from '@/src/platform/app'
import { onKeyboardHeight } from '@/src/platform/keyboard'
import { isOnline, onNetworkChange } from '@/src/platform/network'
import { onThemeChange, systemTheme } from '@/src/platform/theme'
import { importForH5 } from '../../support/h5'
import { failing, listening, succeeding } from './doubles'

afterEach(() => vi.unstubAllGlobals())

const h5 = {
  app: () => importForH5<typeof import('@/src/platform/app')>('src/platform/app.ts'),
  keyboard: () => importForH5<typeof import('@/src/platform/keyboard')>('src/platform/keyboard.ts'),
  network: () => importForH5<typeof import('@/src/platform/network')>('src/platform/network.ts'),
  theme: () => importForH5<typeof import('@/src/platform/theme')>('src/platform/theme.ts'),
}

function browser(): Window {
  const window = new Window()
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', window.document)
  return window
}

describe('in the mini program', () => {
  it.each([
    ['AppShow', onAppShow, { path: '' }, undefined],
    ['NetworkStatusChange', onNetworkChange, { isConnected: false, networkType: 'none' }, false],
    ['ThemeChange', onThemeChange, { theme: 'dark' }, 'dark'],
    ['KeyboardHeightChange', onKeyboardHeight, { height: 291, duration: 0.2 }, 291],
  ] as const)('%s reaches its listeners until they are removed', (name, subscribe, event, expected) => {
    const { api, count, emit } = listening<unknown>(name)
    vi.stubGlobal('wx', api)
    vi.stubGlobal('uni', api)
    const [one, other] = [vi.fn(), vi.fn()]
    // The same function twice, as two pages may have it.
    const stops = [subscribe(one), subscribe(one), subscribe(other)]
    emit(event)
    expect(one).toHaveBeenCalledTimes(2)
    expect(other.mock.calls).toEqual([expected === undefined ? [] : [expected]])
    stops[0]!()
    emit(event)
    expect(one).toHaveBeenCalledTimes(3)
    expect(other).toHaveBeenCalledTimes(2)
    stops[1]!()
    stops[2]!()
    expect(count()).toBe(0)
  })

  it('the network is available unless the phone says otherwise', async () => {
    const answers = [succeeding({ networkType: 'wifi' }), succeeding({ networkType: 'none' }), failing()]
    const online: boolean[] = []
    for (const getNetworkType of answers) {
      vi.stubGlobal('uni', { getNetworkType })
      online.push(await isOnline())
    }
    expect(online).toEqual([true, false, true])
  })

  it('the theme is light on a device without a dark one', () => {
    const themes = [{ theme: 'dark' }, { theme: 'light' }, {}].map((info) => {
      vi.stubGlobal('uni', { getAppBaseInfo: () => info })
      return systemTheme()
    })
    expect(themes).toEqual(['dark', 'light', 'light'])
  })
})

describe('on H5', () => {
  it('the app is shown with its tab, and when it comes back from the page cache', async () => {
    const window = browser()
    const { onAppShow } = await h5.app()
    const seen: string[] = []
    const stop = onAppShow(() => seen.push('show'))
    const become = (state: string) => {
      Object.defineProperty(window.document, 'visibilityState', { value: state, configurable: true })
      window.document.dispatchEvent(new window.Event('visibilitychange'))
    }
    const fire = (type: string, persisted: boolean) => window.dispatchEvent(Object.assign(new window.Event(type), { persisted }))
    become('hidden')
    become('visible')
    fire('pageshow', false)
    fire('pageshow', true)
    expect(seen).toEqual(['show', 'show'])
    stop()
    become('hidden')
    fire('pageshow', true)
    become('visible')
    expect(seen).toHaveLength(2)
  })

  it('the network comes and goes', async () => {
    const window = browser()
    const { isOnline, onNetworkChange } = await h5.network()
    const seen: boolean[] = []
    const stop = onNetworkChange((online) => seen.push(online))
    for (const type of ['offline', 'online']) window.dispatchEvent(new window.Event(type))
    stop()
    for (const type of ['offline', 'online']) window.dispatchEvent(new window.Event(type))
    expect(seen).toEqual([false, true])
    vi.stubGlobal('navigator', { onLine: false })
    expect(await isOnline()).toBe(false)
  })

  it('the theme follows the system', async () => {
    const query = Object.assign(new EventTarget(), { matches: false })
    vi.stubGlobal('window', { matchMedia: (text: string) => (text === '(prefers-color-scheme: dark)' ? query : undefined) })
    const { onThemeChange, systemTheme } = await h5.theme()
    const seen: string[] = [systemTheme()]
    const stop = onThemeChange((theme) => seen.push(theme))
    const change = (dark: boolean) => {
      query.matches = dark
      query.dispatchEvent(new Event('change'))
    }
    change(true)
    seen.push(systemTheme())
    change(false)
    stop()
    change(true)
    expect(seen).toEqual(['light', 'dark', 'dark', 'light'])
  })

  it('the chosen theme is set on the document, and on no page', async () => {
    const documentElement = { dataset: {} as Record<string, string> }
    const uniConfig = { darkmode: true }
    vi.stubGlobal('document', { documentElement })
    vi.stubGlobal('__uniConfig', uniConfig)
    const { markDocument, pageClass } = await h5.theme()
    markDocument('dark')
    expect(documentElement.dataset).toEqual({ theme: 'dark' })
    // uni's own bars follow this.
    expect(uniConfig).toEqual({ darkmode: 'dark' })
    expect(pageClass('dark')).toBe('')
    markDocument('system')
    expect(documentElement.dataset).toEqual({})
    expect(uniConfig).toEqual({ darkmode: true })
  })

  it('the keyboard is the part of the window that it covers, zoomed or not', async () => {
    const visualViewport = Object.assign(new EventTarget(), { height: 800, scale: 1 })
    vi.stubGlobal('window', { innerHeight: 800, visualViewport })
    const { onKeyboardHeight } = await h5.keyboard()
    const seen: number[] = []
    const stop = onKeyboardHeight((px) => seen.push(px))
    const become = (height: number, scale = 1) => {
      Object.assign(visualViewport, { height, scale })
      visualViewport.dispatchEvent(new Event('resize'))
    }
    become(500.4)
    become(500.4)
    become(400, 2)
    become(250.2, 2)
    become(810)
    stop()
    become(500)
    expect(seen).toEqual([300, 0, 300, 0])
  })

  it('the keyboard covers the lower end only as far as the page was not moved up, zoomed or not', async () => {
    const visualViewport = Object.assign(new EventTarget(), { height: 844, scale: 1, offsetTop: 0 })
    const scrollTo = vi.fn(() => Object.assign(visualViewport, { offsetTop: 0 }))
    vi.stubGlobal('window', { innerHeight: 844, scrollX: 3, visualViewport, scrollTo })
    const { onKeyboardHeight, fieldLeft } = await h5.keyboard()
    const seen: [number, number | undefined][] = []
    const stop = onKeyboardHeight((px, above) => seen.push([px, above]))
    const become = (type: string, change: object) => {
      Object.assign(visualViewport, change)
      visualViewport.dispatchEvent(new Event(type))
    }
    become('resize', { height: 508 })
    become('scroll', { offsetTop: 120.4 })
    become('scroll', { offsetTop: 120.4 })
    become('scroll', { offsetTop: 400 })
    expect(seen.splice(0)).toEqual([[336, 0], [216, 120], [0, 336]])
    // The field loses the focus, and Safari leaves the page where it was.
    fieldLeft(() => expect.unreachable())
    expect(scrollTo.mock.calls).toEqual([[3, 0]])
    expect(seen.splice(0)).toEqual([[336, 0]])
    become('resize', { height: 844 })
    become('resize', { height: 422, scale: 2, offsetTop: 200 })
    expect(seen.splice(0)).toEqual([[0, 0]])
    stop()
    become('resize', { height: 508, scale: 1 })
    fieldLeft(() => expect.unreachable())
    expect(seen).toEqual([])
  })

  it('there are no keyboard events in a browser without a visual viewport', async () => {
    vi.stubGlobal('window', {})
    const { onKeyboardHeight } = await h5.keyboard()
    onKeyboardHeight(() => expect.unreachable())()
  })
})
