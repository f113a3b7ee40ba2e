/**
 * The phone's screen in a browser: status bar, navigation bar, one viewport per page, tab bar, dialogs, keyboard. It is drawn so that screenshots look like
 * WeChat and a page's viewport is as large as on a phone.
 */
import type { Dialog, DialogAnswer } from '../drive/driver'
import { drawQuestion, drawToast, element, type Toast } from './dialogs'
import { colourPlaceholders } from './fields'
import { ThemedMedia } from './media'
import { barsOf, capsuleOf, type PhoneModel } from './phone-size'
import type { AppJson, Bundle, Theme, WindowJson } from './types'

/** One page's own viewport. */
export interface Webview {
  /** The container of the page. */
  readonly content: HTMLElement
  /** A placeholder that the page replaces. */
  readonly placeholder: HTMLElement
  readonly viewport: HTMLElement
  show(): void
  hide(): void
  remove(): void
  onScroll(scrolled: (scrollTop: number) => void, reachedBottom: () => void): void
}

export interface TabStyle {
  readonly color?: string
  readonly selectedColor?: string
  readonly backgroundColor?: string
  readonly borderStyle?: string
}

/** The content of the bars, read on each update. */
export interface BarState {
  readonly path: string
  readonly title: string
  readonly depth: number
  readonly colours: { readonly front?: string; readonly background?: string }
  /** The background behind the page. */
  readonly background?: string
  readonly tabStyle: TabStyle
  readonly badges: ReadonlyMap<number, string>
  /** The texts that setTabBarItem has set. */
  readonly tabTexts: ReadonlyMap<number, string>
  readonly dialogs: readonly Dialog[]
  /** The latest toast or loading box, until it is hidden. Each is a new object. */
  readonly toast: Toast | undefined
  readonly language: string
  /** The content of the status bar. */
  readonly time: string
  readonly network: 'wifi' | 'slow' | 'none'
}

export interface ScreenActions {
  back(): void
  switchTab(path: string): void
  answer(answer: DialogAnswer): void
}

const BACK = '<svg viewBox="0 0 12 24" width="12" height="24"><path d="M10 4l-8 8 8 8" fill="none" stroke="currentColor" stroke-width="2"/></svg>'
const CAPSULE =
  '<svg viewBox="0 0 87 32" width="87" height="32" fill="currentColor"><circle cx="14.5" cy="16" r="2.2"/><circle cx="22" cy="16" r="3.2"/><circle cx="29.5" cy="16" r="2.2"/><rect x="43.25" y="7" width=".5" height="18" opacity=".2"/><circle cx="65" cy="16" r="8.2" fill="none" stroke="currentColor" stroke-width="2"/><circle cx="65" cy="16" r="3.4"/></svg>'
const WIFI =
  '<svg viewBox="0 0 16 12" width="16" height="12" fill="currentColor"><path d="M8 9.2a1.5 1.5 0 1 0 0 2.8 1.5 1.5 0 0 0 0-2.8zM8 5.4c-1.6 0-3 .6-4.1 1.7l1.2 1.2a4.1 4.1 0 0 1 5.8 0l1.2-1.2A5.8 5.8 0 0 0 8 5.4z"/><path class="is-far" d="M8 1.6c-2.6 0-5 1-6.8 2.8l1.2 1.2a7.9 7.9 0 0 1 11.2 0l1.2-1.2A9.6 9.6 0 0 0 8 1.6z"/></svg>'
const NO_NETWORK = '<svg viewBox="0 0 16 12" width="16" height="12"><path d="M2 11.2l12-10.4" stroke="currentColor" stroke-width="1.4"/><path d="M8 1.6c-2.6 0-5 1-6.8 2.8L8 11.4l6.8-7A9.6 9.6 0 0 0 8 1.6z" fill="currentColor" opacity=".3"/></svg>'
const BATTERY = '<svg viewBox="0 0 26 12" width="26" height="12"><rect x=".5" y=".5" width="22" height="11" rx="3" fill="none" stroke="currentColor" opacity=".4"/><rect x="2" y="2" width="17" height="8" rx="1.8" fill="currentColor"/><path d="M24 4v4c.8-.3 1.4-1.100 1.400-2S24.800 4.300 24 4z" fill="currentColor" opacity=".5"/></svg>'

export class Screen {
  private readonly statusBar = element('div', 'phone-status')
  private readonly navigationBar = element('div', 'phone-navigation')
  private readonly pages = element('div', 'phone-pages')
  /** WeChat draws it over every page, including those with their own navigation bar. */
  private readonly capsule = element('div', 'phone-capsule')
  private readonly tabBar = element('div', 'phone-tabs')
  private readonly homeIndicator = element('div', 'phone-home')
  private readonly overlay = element('div', 'phone-overlay')
  private readonly keyboard = element('div', 'phone-keyboard')
  private readonly media = new ThemedMedia()
  private current: Theme
  private drawnDialog: Dialog['options'] | undefined
  private toast: { readonly of: object; readonly box: HTMLElement } | undefined

  constructor(
    private readonly root: HTMLElement,
    private readonly bundle: Bundle,
    private readonly phone: PhoneModel,
    theme: Theme,
    private readonly state: () => BarState,
    private readonly actions: ScreenActions,
  ) {
    this.current = theme
    root.append(this.pages, this.statusBar, this.navigationBar, this.capsule, this.tabBar, this.keyboard, this.overlay, this.homeIndicator)
    root.style.setProperty('--phone-width', `${phone.width}px`)
    root.style.setProperty('--status-bar', `${phone.statusBarHeight}px`)
    root.style.setProperty('--navigation-bar', `${phone.navigationBarHeight}px`)
    root.style.setProperty('--home', `${phone.safeBottom}px`)
    root.style.setProperty('--capsule-top', `${capsuleOf(phone).top}px`)
    this.capsule.innerHTML = CAPSULE
    this.capsule.setAttribute('aria-hidden', 'true')
    // The texts that a phone's screen reader reads itself, outside the page.
    this.statusBar.setAttribute('role', 'banner')
    this.navigationBar.setAttribute('role', 'region')
    this.pages.setAttribute('role', 'main')
    this.tabBar.setAttribute('role', 'navigation')
    for (const [path, css] of orderedStyles(bundle)) {
      const style = element('style')
      style.dataset['path'] = path
      style.textContent = css
      document.head.append(style)
      this.media.add(style.sheet)
    }
    this.theme = theme
  }

  get theme(): Theme {
    return this.current
  }

  set theme(theme: Theme) {
    this.current = theme
    this.root.dataset['theme'] = theme
    this.media.apply(theme)
  }

  /** The bottom of the screen, in px of the window. */
  get bottom(): number {
    return this.root.getBoundingClientRect().bottom
  }

  openWebview(path: string): Webview {
    const viewport = element('div', 'phone-page')
    const content = element('div', 'phone-scroller')
    content.tabIndex = 0
    const placeholder = element('div')
    const config = this.configOf(path)
    const hasTabs = this.app.tabBar?.list.some((tab) => tab.pagePath === path) ?? false
    const { top, bottom, safeTop, safeBottom } = barsOf(this.phone, config.navigationStyle === 'custom', hasTabs)
    viewport.dataset['path'] = path
    viewport.style.top = `${top}px`
    viewport.style.bottom = `${bottom}px`
    viewport.style.backgroundColor = this.colour(config.backgroundColor) ?? '#fff'
    viewport.style.setProperty('--page-vh', `${(this.phone.height - top - bottom) / 100}px`)
    viewport.style.setProperty('--safe-area-inset-top', `${safeTop}px`)
    viewport.style.setProperty('--safe-area-inset-bottom', `${safeBottom}px`)
    content.append(placeholder)
    viewport.append(content)
    for (const other of Array.from(this.pages.children)) (other as HTMLElement).style.display = 'none'
    this.pages.append(viewport)
    return {
      content,
      placeholder,
      viewport,
      show: () => {
        viewport.style.display = ''
      },
      hide: () => {
        viewport.style.display = 'none'
      },
      remove: () => viewport.remove(),
      onScroll: (scrolled, reachedBottom) => watchScrolling(content, config.onReachBottomDistance ?? 50, scrolled, reachedBottom),
    }
  }

  /** The keyboard covers the lower part of the screen. WeChat pushes the page up by `push` px. */
  showKeyboard(height: number, push: number): void {
    this.keyboard.style.height = `${height}px`
    this.pages.style.transform = push > 0 ? `translateY(${-push}px)` : ''
  }

  update(): void {
    const state = this.state()
    const config = this.configOf(state.path)
    const custom = config.navigationStyle === 'custom'
    const background = state.colours.background ?? this.colour(config.navigationBarBackgroundColor) ?? '#000000'
    const dark = (state.colours.front ?? (this.colour(config.navigationBarTextStyle) === 'black' ? '#000000' : '#ffffff')) === '#000000'
    for (const bar of [this.statusBar, this.navigationBar]) {
      bar.style.background = custom ? 'transparent' : background
      bar.style.color = dark ? '#000' : '#fff'
    }
    this.capsule.classList.toggle('is-light', !dark)
    this.homeIndicator.style.color = this.theme === 'dark' ? '#fff' : '#000'
    this.updateStatus(state)
    this.navigationBar.style.display = custom ? 'none' : ''
    const title = element('span', 'phone-title', state.title)
    if (state.title !== '') {
      title.setAttribute('role', 'heading')
      title.setAttribute('aria-level', '1')
    }
    const back = element('span', 'phone-back')
    if (state.depth > 1) {
      back.innerHTML = BACK
      back.setAttribute('role', 'button')
      back.setAttribute('aria-label', state.language.startsWith('zh') ? '返回' : 'Back')
    }
    back.addEventListener('click', () => this.actions.back())
    this.navigationBar.replaceChildren(back, title)
    const shown = (Array.from(this.pages.children) as HTMLElement[]).find(({ style }) => style.display !== 'none')
    if (shown && state.background !== undefined) shown.style.backgroundColor = state.background
    this.updateTabs(state)
    this.updateOverlay(state)
    // A program that changes its theme also sets the colours of the bars.
    requestAnimationFrame(colourPlaceholders)
  }

  private updateStatus({ time, network }: BarState): void {
    const right = element('span', 'phone-signs')
    right.innerHTML = (network === 'none' ? NO_NETWORK : WIFI) + BATTERY
    right.classList.toggle('is-slow', network === 'slow')
    this.statusBar.replaceChildren(element('span', 'phone-time', time), right)
  }

  private updateTabs(state: BarState): void {
    const { tabBar } = this.app
    const selected = tabBar?.list.findIndex((tab) => tab.pagePath === state.path) ?? -1
    this.tabBar.style.display = selected < 0 ? 'none' : ''
    if (!tabBar) return
    const style = { ...tabBar, ...state.tabStyle }
    this.tabBar.style.background = this.colour(style.backgroundColor) ?? '#fff'
    this.tabBar.classList.toggle('is-light', this.colour(style.borderStyle) === 'white')
    const items = tabBar.list.map((tab, index) => {
      const item = element('div', 'phone-tab')
      const on = index === selected
      item.setAttribute('role', 'link')
      if (on) item.setAttribute('aria-current', 'page')
      const source = this.bundle.images[(on ? tab.selectedIconPath : tab.iconPath) ?? '']
      const icon = element('img')
      if (source) icon.src = source
      icon.alt = ''
      const badge = state.badges.get(index)
      item.append(icon, element('span', '', state.tabTexts.get(index) ?? tab.text))
      if (badge !== undefined) item.append(element('b', badge === '' ? 'phone-dot' : 'phone-badge', badge))
      item.style.color = this.colour(on ? style.selectedColor : style.color) ?? ''
      item.addEventListener('click', () => this.actions.switchTab(tab.pagePath))
      return item
    })
    this.tabBar.replaceChildren(...items)
  }

  /** Draws a dialog only once, so that a redraw of the bars does not replace it under a finger. */
  private updateOverlay({ dialogs, toast, language }: BarState): void {
    const waiting = dialogs.find((dialog) => dialog.waiting)
    if (waiting?.options !== this.drawnDialog) {
      this.drawnDialog = waiting?.options
      this.overlay.querySelector('.phone-mask')?.remove()
      if (waiting) this.overlay.append(drawQuestion(waiting, language, (answer) => this.actions.answer(answer)))
    }
    if (toast === this.toast?.of) return
    this.toast?.box.remove()
    this.toast = undefined
    if (!toast) return
    const box = drawToast(toast)
    this.toast = { of: toast, box }
    this.overlay.append(box)
    if (toast.duration !== undefined) setTimeout(() => box.remove(), toast.duration)
  }

  private get app(): AppJson {
    return this.bundle.app
  }

  private configOf(path: string): WindowJson {
    return { ...this.app.window, ...this.bundle.json[path] }
  }

  /** A colour of the configuration. `@name` is a variable of theme.json. */
  private colour(value: string | undefined): string | undefined {
    return value?.startsWith('@') ? this.bundle.themes[this.theme]?.[value.slice(1)] : value
  }
}

/** The app's style comes first. A page's style applies to that page only, as each page is a document of its own in WeChat. */
function orderedStyles(bundle: Bundle): [string, string][] {
  const rank = (path: string) => (path === 'app' ? 0 : bundle.json[path]?.component ? 1 : 2)
  return Object.entries(bundle.styles).sort(([a], [b]) => rank(a) - rank(b))
}

function watchScrolling(scroller: HTMLElement, distance: number, scrolled: (scrollTop: number) => void, reachedBottom: () => void): void {
  let atBottom = false
  scroller.addEventListener('scroll', () => {
    scrolled(scroller.scrollTop)
    const now = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - distance
    if (now && !atBottom) reachedBottom()
    atBottom = now
  })
}
