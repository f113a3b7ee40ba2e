/**
 * The phone's screen in a browser: status bar, navigation bar, one viewport per page, tab bar, dialogs, keyboard. Drawn so
 * that screenshots look like WeChat and so that a page's viewport is as large as on a phone.
 */
import type { Dialog } from '../drive/driver'
import { barsOf, SCREEN_HEIGHT } from './phone-size'
import type { AppJson, Bundle, Theme, WindowJson } from './types'

/** One page's own viewport. */
export interface Webview {
  /** What the page is put into. */
  readonly content: HTMLElement
  /** Replaced by the page. */
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
}

/** What the bars show; asked for on each update. */
export interface BarState {
  readonly path: string
  readonly title: string
  readonly depth: number
  readonly colours: { readonly front?: string; readonly background?: string }
  /** Behind the page. */
  readonly background?: string
  readonly tabStyle: TabStyle
  readonly badges: ReadonlyMap<number, string>
  /** What setTabBarItem put in place of a tab's text. */
  readonly tabTexts: ReadonlyMap<number, string>
  readonly dialogs: readonly Dialog[]
}

export class Screen {
  private readonly statusBar = element('div', 'phone-status')
  private readonly navigationBar = element('div', 'phone-navigation')
  private readonly pages = element('div', 'phone-pages')
  /** WeChat draws it over every page, also over one that draws its own navigation bar. */
  private readonly capsule = element('div', 'phone-capsule', '••• ◉')
  private readonly tabBar = element('div', 'phone-tabs')
  private readonly overlay = element('div', 'phone-overlay')
  private readonly keyboard = element('div', 'phone-keyboard')

  constructor(
    root: HTMLElement,
    private readonly bundle: Bundle,
    public theme: Theme,
    private readonly state: () => BarState,
    private readonly actions: { back(): void; switchTab(path: string): void },
  ) {
    root.append(this.pages, this.statusBar, this.navigationBar, this.capsule, this.tabBar, this.keyboard, this.overlay)
    for (const [path, css] of orderedStyles(bundle)) {
      const style = element('style')
      style.dataset['path'] = path
      style.textContent = css
      document.head.append(style)
    }
  }

  openWebview(path: string): Webview {
    const viewport = element('div', 'phone-page')
    const content = element('div', 'phone-scroller')
    const placeholder = element('div')
    const config = this.configOf(path)
    const hasTabs = this.app.tabBar?.list.some((tab) => tab.pagePath === path) ?? false
    const { top, bottom } = barsOf(config.navigationStyle === 'custom', hasTabs)
    viewport.dataset['path'] = path
    viewport.style.top = `${top}px`
    viewport.style.bottom = `${bottom}px`
    viewport.style.backgroundColor = this.colour(config.backgroundColor) ?? '#fff'
    viewport.style.setProperty('--page-vh', `${(SCREEN_HEIGHT - top - bottom) / 100}px`)
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

  /** The keyboard covers the lower part of the screen; WeChat pushes the page up by `push` px. */
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
    this.statusBar.replaceChildren(element('span', '', '15:04'), element('span', 'phone-battery'))
    this.navigationBar.style.display = custom ? 'none' : ''
    const title = element('span', 'phone-title', state.title)
    const back = element('span', 'phone-back', state.depth > 1 ? '‹' : '')
    back.addEventListener('click', () => this.actions.back())
    this.navigationBar.replaceChildren(back, title)
    const shown = (Array.from(this.pages.children) as HTMLElement[]).find(({ style }) => style.display !== 'none')
    if (shown && state.background !== undefined) shown.style.backgroundColor = state.background
    this.updateTabs(state)
    this.overlay.replaceChildren(...state.dialogs.filter((dialog) => dialog.waiting || dialog.kind === 'loading').map(drawDialog))
  }

  private updateTabs(state: BarState): void {
    const { tabBar } = this.app
    const selected = tabBar?.list.findIndex((tab) => tab.pagePath === state.path) ?? -1
    this.tabBar.style.display = selected < 0 ? 'none' : ''
    if (!tabBar) return
    const style = { ...tabBar, ...state.tabStyle }
    this.tabBar.style.background = this.colour(style.backgroundColor) ?? '#fff'
    const items = tabBar.list.map((tab, index) => {
      const item = element('div', 'phone-tab')
      const on = index === selected
      const source = this.bundle.images[(on ? tab.selectedIconPath : tab.iconPath) ?? '']
      const icon = element('img')
      if (source) icon.src = source
      const badge = state.badges.get(index)
      item.append(icon, element('span', '', state.tabTexts.get(index) ?? tab.text))
      if (badge !== undefined) item.append(element('b', badge === '' ? 'phone-dot' : 'phone-badge', badge))
      item.style.color = this.colour(on ? style.selectedColor : style.color) ?? ''
      item.addEventListener('click', () => this.actions.switchTab(tab.pagePath))
      return item
    })
    this.tabBar.replaceChildren(...items)
  }

  private get app(): AppJson {
    return this.bundle.app
  }

  private configOf(path: string): WindowJson {
    return { ...this.app.window, ...this.bundle.json[path] }
  }

  /** A colour of the configuration: `@name` is a variable of theme.json. */
  private colour(value: string | undefined): string | undefined {
    return value?.startsWith('@') ? this.bundle.themes[this.theme]?.[value.slice(1)] : value
  }
}

/** The app's style comes first and a page's counts in that page only, as each page is a document of its own in WeChat. */
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

function drawDialog(dialog: Dialog): HTMLElement {
  const box = element('div', `phone-dialog is-${dialog.kind}`)
  const { title, content, itemList, cancelText = '取消', confirmText = '确定', showCancel = true } = dialog.options as Record<string, string> & { itemList?: string[] }
  if (dialog.kind === 'actionSheet') box.append(...(itemList ?? []).map((item) => element('div', 'phone-item', item)), element('div', 'phone-item', cancelText))
  else {
    box.append(element('div', 'phone-dialog-title', title ?? ''), element('div', 'phone-dialog-text', content ?? ''))
    if (dialog.kind === 'modal') {
      const buttons = element('div', 'phone-buttons')
      buttons.append(...(showCancel ? [element('span', '', cancelText)] : []), element('span', 'phone-confirm', confirmText))
      box.append(buttons)
    }
  }
  return box
}

function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className = '', text = ''): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag)
  created.className = className
  created.textContent = text
  return created
}
