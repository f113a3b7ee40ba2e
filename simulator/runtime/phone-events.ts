/** Events from outside a running program: the phone's events, its network, taps on the bars. */
import type { HostEvent } from '../drive/driver'
import type { HostEvents } from '../wx'
import type { Media } from '../wx/media'
import type { Requests } from '../wx/request'
import type { Sockets } from '../wx/sockets'
import type { PhoneState } from '../wx/system'
import type { Components } from './components'
import { keyboardChanged } from './fields'
import type { Pages } from './pages'
import type { Problems } from './problems'
import type { Screen } from './screen'
import type { Suspension } from './suspension'
import type { AppJson, Theme } from './types'

interface Parts {
  readonly app: AppJson
  readonly state: PhoneState
  readonly pages: Pages
  readonly components: Components
  readonly events: HostEvents
  readonly sockets: Sockets
  readonly requests: Requests
  readonly media: Media
  readonly suspension: Suspension
  readonly problems: Problems
  readonly screen: () => Screen | undefined
  /** The argument of App.onLaunch and App.onShow. */
  readonly launch: Readonly<Record<string, unknown>>
}

export class PhoneEvents {
  constructor(private readonly parts: Parts) {}

  back(): void {
    const { pages, problems } = this.parts
    if (pages.stack.length > 1) problems.guard(() => pages.navigateBack())()
  }

  switchTab(path: string): void {
    const { app, pages, problems } = this.parts
    const before = pages.top
    problems.guard(() => pages.switchTab(`/${path}`))()
    const index = pages.tabIndex(path)
    if (before && before === pages.top) pages.call(before, 'onTabItemTap', { index, pagePath: path, text: app.tabBar?.list[index]?.text })
  }

  /** WeChat does so once the program has been hidden for 5 s: it closes the sockets and stops the code until it is shown. */
  suspend(): void {
    this.parts.suspension.suspend()
    this.parts.sockets.cut()
  }

  get isOnline(): boolean {
    return this.parts.state.online
  }

  setNetwork(online: boolean): void {
    this.parts.state.online = online
    this.parts.sockets.setOnline(online)
    if (!online) this.parts.requests.cut()
    this.raise('NetworkStatusChange', { isConnected: online, networkType: online ? 'wifi' : 'none' })
  }

  raise(event: HostEvent, detail: Readonly<Record<string, unknown>> = {}): void {
    const { pages, events, launch } = this.parts
    const screen = this.parts.screen()
    switch (event) {
      case 'AppHide':
        if (pages.top) pages.tellHidden(pages.top)
        this.callApp('onHide', detail)
        break
      case 'AppShow':
        this.parts.suspension.resume()
        this.callApp('onShow', { ...launch, ...detail })
        break
      case 'ThemeChange':
        this.parts.state.theme = detail['theme'] as Theme
        if (screen) screen.theme = this.parts.state.theme
        this.callApp('onThemeChange', detail)
        break
      case 'KeyboardHeightChange': {
        const height = Number(detail['height'] ?? 0)
        const push = keyboardChanged(height, screen?.bottom ?? 0)
        screen?.showKeyboard(height, push)
      }
    }
    if (event === 'AudioInterruptionBegin' || event === 'AudioInterruptionEnd') this.parts.media.interrupted(event === 'AudioInterruptionBegin')
    events.raise(event, event === 'AppShow' ? { ...launch, ...detail } : detail)
    if (event === 'AppShow' && pages.top) pages.tellShown(pages.top)
    screen?.update()
  }

  /** A lifecycle method of the object given to App(), or undefined. */
  callApp(name: string, detail: unknown): void {
    const { components, problems } = this.parts
    const method = components.app?.[name]
    if (typeof method === 'function') problems.guard(() => (method as (detail: unknown) => void).call(components.app, detail))()
  }
}
