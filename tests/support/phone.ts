/** The phone under the product: `uni` and `wx` as far as the mini program uses them, and a user who answers its dialogs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { connectSocket } from './connect-socket'
import { USER_DATA_PATH, WxDisk } from './wx-files'

interface Options extends Record<string, any> {
  success?: (result: any) => void
  fail?: (failure: { errMsg: string }) => void
  complete?: () => void
}

interface Place {
  top: number
  height: number
  left?: number
  width?: number
}

export class Phone {
  readonly disk: WxDisk
  /** The navigations of the product, `navigateTo /src/pages/…`. */
  readonly visits: string[] = []
  /** The depth of the page stack. */
  pages = 1
  /** The questions it asked, and the user's answer. */
  readonly questions: { title: string; content: string; confirmText?: string }[] = []
  saysYes = true
  /** The choices it offered, and the chosen one. Undefined closes the sheet. */
  readonly sheets: string[][] = []
  chooses: number | undefined = 0
  readonly toasts: string[] = []
  clipboard = ''
  title = ''
  readonly tabs = new Map<number, string>()
  /** The number on the first tab; '' for none. */
  badge = ''
  language = 'zh_CN'
  theme: 'light' | 'dark' = 'light'
  /** px. */
  windowWidth = 375
  /** The capsule that WeChat reports. */
  capsule = (): { left: number } => ({ left: this.windowWidth - 94 })
  /** The colours around a page, as set by the product. */
  bars: { front?: string; navigation?: string; tabs?: string; behind?: string } = {}
  /** The token server's answer. Undefined for a network that does not reach it. */
  tokenServer: ((url: string) => { statusCode: number; data: unknown } | Promise<{ statusCode: number; data: unknown }>) | undefined
  /** The positions of elements, by their selector. */
  places = new Map<string, Place[]>()
  /** The same, computed on request. Undefined falls back to `places`. */
  layout: (selector: string) => Place[] | undefined = () => undefined
  scrollTop = 0
  scrollHeight = 1_000

  private readonly folder = mkdtempSync(join(tmpdir(), 'phone-'))
  private readonly texts = new Map<string, unknown>()
  private readonly listeners = new Map<string, Set<(event: any) => void>>()
  private readonly observers = new Map<string, (result: { intersectionRatio: number }) => void>()

  constructor() {
    this.disk = new WxDisk(this.folder)
    vi.stubGlobal('uni', this.uni)
    vi.stubGlobal('wx', this.wx)
    vi.stubGlobal('getCurrentPages', () => Array.from({ length: this.pages }, () => ({})))
  }

  /** The last navigation, page and query. */
  get visit(): string {
    return this.visits.at(-1) ?? ''
  }

  /** The value of `uni.setStorage` under `key`. */
  stored(key: string): string | undefined {
    const value = this.texts.get(key)
    return typeof value === 'string' ? value : undefined
  }

  hasNetwork(isConnected: boolean): void {
    this.emit('NetworkStatusChange', { isConnected })
  }

  becomes(theme: 'light' | 'dark'): void {
    this.theme = theme
    this.emit('ThemeChange', { theme })
  }

  /** Changes the width of its window, px. */
  turns(windowWidth: number): void {
    this.windowWidth = windowWidth
    this.emit('WindowResize', { size: { windowWidth } })
  }

  comesToFront(): void {
    this.emit('AppShow', undefined)
  }

  raisesKeyboard(height: number): void {
    this.emit('KeyboardHeightChange', { height })
  }

  /** Reports that an observed element has come into view, or left it. */
  sees(selector: string, isVisible: boolean): void {
    this.observers.get(selector)?.({ intersectionRatio: isVisible ? 1 : 0 })
  }

  /** Resolves once pending writes of the product are on the disk. */
  async throwAway(): Promise<void> {
    for (let before = -1; before !== this.disk.operations; ) {
      before = this.disk.operations
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    vi.unstubAllGlobals()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private readonly uni = {
    getStorageSync: (key: string) => this.texts.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => void this.texts.set(key, value),
    removeStorageSync: (key: string) => void this.texts.delete(key),
    setStorage: ({ key, data, complete }: Options) => {
      this.texts.set(key, data)
      complete?.()
    },
    removeStorage: ({ key }: Options) => void this.texts.delete(key),

    connectSocket,
    request: ({ url, success, fail }: Options) => void this.answerRequest(url, success, fail),
    getNetworkType: ({ success }: Options) => success?.({ networkType: 'wifi' }),
    ...this.listening('NetworkStatusChange'),

    navigateTo: (options: Options) => this.go('navigateTo', options),
    redirectTo: (options: Options) => this.go('redirectTo', options),
    reLaunch: (options: Options) => this.go('reLaunch', options),
    switchTab: (options: Options) => this.go('switchTab', options),
    navigateBack: (options: Options) => this.go('navigateBack', options),

    showModal: ({ title, content, confirmText, success }: Options) => {
      this.questions.push({ title, content, confirmText })
      success?.({ confirm: this.saysYes, cancel: !this.saysYes })
    },
    showActionSheet: ({ itemList, success, fail }: Options) => {
      this.sheets.push(itemList)
      if (this.chooses === undefined) fail?.({ errMsg: 'showActionSheet:fail cancel' })
      else success?.({ tapIndex: this.chooses })
    },
    showToast: ({ title }: Options) => void this.toasts.push(title),
    setClipboardData: ({ data, success }: Options) => {
      this.clipboard = data
      success?.({})
    },

    setNavigationBarTitle: ({ title }: Options) => void (this.title = title),
    setNavigationBarColor: ({ frontColor, backgroundColor }: Options) => void Object.assign(this.bars, { front: frontColor, navigation: backgroundColor }),
    setTabBarStyle: ({ backgroundColor }: Options) => void (this.bars.tabs = backgroundColor),
    setTabBarItem: ({ index, text }: Options) => void this.tabs.set(index, text),
    setTabBarBadge: ({ text }: Options) => void (this.badge = text),
    removeTabBarBadge: () => void (this.badge = ''),
    getAppBaseInfo: () => ({ language: this.language, theme: this.theme }),
    getWindowInfo: () => ({ statusBarHeight: 20, windowWidth: this.windowWidth }),
    getMenuButtonBoundingClientRect: () => this.capsule(),

    createSelectorQuery: () => this.selectorQuery(),
    createIntersectionObserver: () => this.intersectionObserver(),
  }

  private get wx() {
    const { fs, storage } = this.disk
    const rest = {
      env: { USER_DATA_PATH },
      getFileSystemManager: () => fs,
      setBackgroundColor: ({ backgroundColor }: Options) => void (this.bars.behind = backgroundColor),
      ...this.listening('ThemeChange'),
      ...this.listening('AppShow'),
      ...this.listening('AppHide'),
      ...this.listening('KeyboardHeightChange'),
      ...this.listening('WindowResize'),
    }
    // A test may change the disk through `wx` too.
    return Object.setPrototypeOf(rest, storage)
  }

  private go(how: string, { url = '', success, complete }: Options): void {
    this.visits.push(`${how} ${url}`.trim())
    success?.({})
    complete?.()
  }

  private async answerRequest(url: string, success: Options['success'], fail: Options['fail']): Promise<void> {
    if (this.tokenServer) success?.(await this.tokenServer(url))
    else fail?.({ errMsg: 'request:fail' })
  }

  private listening(name: string) {
    const listeners = new Set<(event: any) => void>()
    this.listeners.set(name, listeners)
    return {
      [`on${name}`]: (listener: (event: any) => void) => void listeners.add(listener),
      [`off${name}`]: (listener: (event: any) => void) => void listeners.delete(listener),
    }
  }

  private emit(name: string, event: unknown): void {
    for (const listener of this.listeners.get(name) ?? []) listener(event)
  }

  private selectorQuery() {
    const answers: (() => void)[] = []
    const query = {
      in: () => query,
      select: () => ({
        scrollOffset: (done: (found: unknown) => void) => {
          answers.push(() => done({ scrollTop: this.scrollTop, scrollHeight: this.scrollHeight }))
          return query
        },
      }),
      selectAll: (selector: string) => ({
        boundingClientRect: (done: (found: unknown) => void) => {
          answers.push(() => done(this.layout(selector) ?? this.places.get(selector) ?? []))
          return query
        },
      }),
      exec: () => queueMicrotask(() => answers.forEach((answer) => answer())),
    }
    return query
  }

  private intersectionObserver() {
    const observed: string[] = []
    const observer = {
      relativeTo: () => observer,
      observe: (selector: string, seen: (result: { intersectionRatio: number }) => void) => {
        observed.push(selector)
        this.observers.set(selector, seen)
      },
      disconnect: () => observed.forEach((selector) => this.observers.delete(selector)),
    }
    return observer
  }
}
