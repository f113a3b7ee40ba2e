/** The page stack: navigation in WeChat's order, with the cases that it rejects. */
import * as glassEasel from 'glass-easel'
import type { AssociatedBackend, CodeSpace, Root } from 'glass-easel-miniprogram-adapter'
import { WxFailure } from '../wx/callbacks'
import type { Caller, Components } from './components'
import { EventChannel } from './event-channel'
import { joinPath } from './modules'
import { pagePaths, type Packages } from './packages'
import type { Problems } from './problems'
import type { Screen, Webview } from './screen'
import type { AppJson } from './types'

/** WeChat keeps at most ten pages. */
const STACK_MAX = 10

export interface OpenPage {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly caller: Caller & Record<string, unknown>
  readonly component: glassEasel.GeneralComponent
  readonly root: Root
  readonly webview: Webview | undefined
}

export class Pages {
  readonly stack: OpenPage[] = []
  /** Tab pages stay alive once opened, also outside the stack. */
  private readonly tabs = new Map<string, OpenPage>()

  constructor(
    private readonly app: AppJson,
    private readonly space: CodeSpace,
    private readonly backend: AssociatedBackend,
    private readonly components: Components,
    private readonly packages: Packages,
    private readonly problems: Problems,
    private readonly screen: Screen | undefined,
  ) {}

  get top(): OpenPage | undefined {
    return this.stack.at(-1)
  }

  requireTop(): OpenPage {
    if (!this.top) throw new Error(`no page is open; problems: ${this.problems.list.join('\n') || 'none'}`)
    return this.top
  }

  /** Including tab pages outside the stack. */
  all(): OpenPage[] {
    return [...new Set([...this.stack, ...this.tabs.values()])]
  }

  isTab(path: string): boolean {
    return this.tabIndex(path) >= 0
  }

  tabIndex(path: string): number {
    return this.app.tabBar?.list.findIndex((tab) => tab.pagePath === path) ?? -1
  }

  /** Downloads the subpackage of a page that is to be opened. Undefined if it is on the phone. */
  download(url: string): Promise<void> | undefined {
    const { path } = this.parse(url)
    return this.packages.has(path) ? undefined : this.packages.download(path)
  }

  /** Opens a page that was open at the end of the last run. */
  restore(url: string): void {
    this.packages.install(this.parse(url).path)
    this.navigateTo(url)
  }

  navigateTo(url: string): EventChannel {
    const { path, query } = this.parse(url)
    if (this.isTab(path)) throw new WxFailure('can not navigateTo a tabbar page')
    if (this.stack.length >= STACK_MAX) throw new WxFailure(`webview count limit exceed`)
    if (this.top) this.hide(this.top)
    const channel = new EventChannel()
    this.open(path, query, channel)
    return channel
  }

  redirectTo(url: string): void {
    const { path, query } = this.parse(url)
    if (this.isTab(path)) throw new WxFailure('can not redirectTo a tabbar page')
    this.closeTop()
    this.open(path, query)
  }

  reLaunch(url: string): void {
    const { path, query } = this.parse(url)
    while (this.stack.length > 0) this.closeTop()
    for (const page of this.tabs.values()) this.close(page)
    this.open(path, query)
  }

  switchTab(url: string): void {
    const { path } = this.parse(url)
    if (!this.isTab(path)) throw new WxFailure('can not switch to no-tabBar page')
    const before = this.top
    while (this.top && !this.isTab(this.top.path)) this.closeTop()
    const shown = this.stack.pop()
    const wanted = this.tabs.get(path)
    if (shown && shown !== wanted && shown === before) this.hide(shown)
    if (!wanted) this.open(path, {})
    else {
      this.stack.push(wanted)
      if (before !== wanted) this.show(wanted)
    }
  }

  navigateBack(delta = 1): void {
    if (this.stack.length < 2) throw new WxFailure('cannot navigate back at first page.')
    for (let left = Math.min(delta, this.stack.length - 1); left > 0; left--) this.closeTop()
    if (this.top) this.show(this.top)
  }

  /** The page of a path that may be relative, and its query, still encoded. */
  parse(url: string): { path: string; query: Record<string, string> } {
    const [location = '', search = ''] = splitOnce(url, '?')
    const path = joinPath(this.top?.path ?? '', location)
    if (!pagePaths(this.app).includes(path)) throw new WxFailure(`page "${path}" is not found`)
    const query = Object.fromEntries(search.split('&').filter(Boolean).map((pair) => splitOnce(pair, '=')))
    return { path, query }
  }

  open(path: string, query: Readonly<Record<string, string>>, channel = new EventChannel()): void {
    this.components.load(path)
    const root = this.backend.createRoot('page', this.space, path)
    const component = root.getComponent()
    const caller = root.get() as unknown as OpenPage['caller']
    const webview = this.screen?.openWebview(path)
    const page: OpenPage = { path, query, caller, component, root, webview }
    Object.assign(caller, { route: path, __route__: path, options: query, getOpenerEventChannel: () => channel })
    this.stack.push(page)
    if (this.isTab(path)) this.tabs.set(path, page)
    this.screen?.update()
    if (webview) root.attach(webview.content as never, webview.placeholder as never)
    else glassEasel.Element.pretendAttached(component)
    this.call(page, 'onLoad', query)
    this.tellShown(page)
    if (!this.components.flushReady().includes(component)) this.lifetime(page, 'ready')
    this.call(page, 'onReady')
    this.packages.preload(path)
    webview?.onScroll(
      (scrollTop) => this.call(page, 'onPageScroll', { scrollTop }),
      () => this.call(page, 'onReachBottom'),
    )
  }

  show(page: OpenPage): void {
    page.webview?.show()
    this.screen?.update()
    this.tellShown(page)
  }

  hide(page: OpenPage): void {
    this.tellHidden(page)
    page.webview?.hide()
  }

  /** Also called when the whole program comes to the front. */
  tellShown(page: OpenPage): void {
    this.call(page, 'onShow')
    this.pageLifetime(page, 'show')
  }

  /** Also called when the whole program goes to the background. */
  tellHidden(page: OpenPage): void {
    this.call(page, 'onHide')
    this.pageLifetime(page, 'hide')
  }

  /** Calls a page's own method, if it has it. */
  call(page: OpenPage, method: string, ...args: unknown[]): void {
    const own = page.caller[method]
    if (typeof own === 'function') this.problems.guard(() => (own as (...args: unknown[]) => unknown).apply(page.caller, args))()
  }

  private closeTop(): void {
    const page = this.stack.pop()
    if (page) this.close(page)
  }

  private close(page: OpenPage): void {
    if (this.tabs.get(page.path) === page) this.tabs.delete(page.path)
    this.call(page, 'onUnload')
    page.root.release()
    page.webview?.remove()
  }

  private pageLifetime(page: OpenPage, name: 'show' | 'hide'): void {
    this.problems.guard(() => page.component.triggerPageLifetime(name, []))()
  }

  private lifetime(page: OpenPage, name: string): void {
    this.problems.guard(() => page.component.triggerLifetime(name, []))()
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}
