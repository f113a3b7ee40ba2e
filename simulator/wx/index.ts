/** `wx`, as far as a chat client needs it. Other functions are undefined, so that a call fails as on an old WeChat. */
import type { Pages } from '../runtime/pages'
import type { Problems } from '../runtime/problems'
import { SelectorQuery, type ViewportOf } from '../runtime/selector-query'
import type { Bars } from '../runtime/phone-size'
import type { DiskLimits, HostParts } from '../runtime/types'
import { asyncApi, type Options } from './callbacks'
import { fileSystemManager } from './files'
import type { Interface } from './interface'
import type { Media } from './media'
import { USER_DATA_PATH, type PhoneFiles } from './phone-files'
import type { Requests } from './request'
import type { Sockets } from './sockets'
import { storageApi } from './storage'
import { systemApi, type PhoneState } from './system'

/** The events of `wx.on<name>` and `wx.off<name>`. */
const EVENTS = ['AppShow', 'AppHide', 'NetworkStatusChange', 'KeyboardHeightChange', 'ThemeChange', 'Error', 'UnhandledRejection', 'PageNotFound', 'WindowResize', 'MemoryWarning', 'LazyLoadError', 'AudioInterruptionBegin', 'AudioInterruptionEnd'] as const
type EventName = (typeof EVENTS)[number]
type Listener = (detail: unknown) => void

export class HostEvents {
  private readonly listeners = new Map<string, Listener[]>()

  constructor(private readonly problems: Problems) {}

  api(): Record<string, unknown> {
    return Object.fromEntries(
      EVENTS.flatMap((name) => [
        [`on${name}`, (listener: Listener) => void this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener])],
        [`off${name}`, (listener?: Listener) => void this.listeners.set(name, (this.listeners.get(name) ?? []).filter((known) => listener && known !== listener))],
      ]),
    )
  }

  raise(name: EventName, detail: unknown): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) this.problems.guard(listener)(detail)
  }
}

interface Parts {
  readonly host: HostParts
  readonly limits: DiskLimits
  readonly problems: Problems
  readonly pages: Pages
  readonly state: PhoneState
  /** The argument of App.onLaunch. */
  readonly launch: Options
  readonly events: HostEvents
  readonly sockets: Sockets
  readonly requests: Requests
  readonly files: PhoneFiles
  readonly media: Media
  readonly ui: Interface
  readonly viewportOf: ViewportOf
  /** Of the top page. */
  readonly bars: () => Bars
}

export function createWx({ host, limits, launch, problems, pages, state, events, sockets, requests, files, media, ui, viewportOf, bars }: Parts): Record<string, unknown> {
  const manager = fileSystemManager(problems, files, host)
  const navigation = (name: string, run: (options: Options) => Options | void) => {
    const call = asyncApi(problems, name, (options) => {
      const download = options['url'] === undefined ? undefined : pages.download(String(options['url']))
      return download ? download.then(() => run(options)) : run(options)
    })
    return (given?: Options) => {
      ui.record(name, given)
      return call(given)
    }
  }
  return {
    env: { USER_DATA_PATH },
    ...systemApi(problems, state, launch, bars),
    ...events.api(),
    ...storageApi(problems, host.disk, host.codec, limits, host.settled),
    ...ui.api(),
    getFileSystemManager: () => manager,
    connectSocket: sockets.connect,
    ...requests.api(),
    ...media.api(),
    nextTick: (run: () => void) => void Promise.resolve().then(problems.guard(run)),
    createSelectorQuery: () => new SelectorQuery(pages.requireTop().caller, viewportOf),
    createIntersectionObserver: (component: { createIntersectionObserver(given?: object): unknown }, given?: object) => component.createIntersectionObserver(given),
    navigateTo: navigation('navigateTo', ({ url, events: listeners }) => {
      const eventChannel = pages.navigateTo(String(url))
      for (const [event, listener] of Object.entries((listeners ?? {}) as Record<string, () => void>)) eventChannel.on(event, listener)
      return { eventChannel }
    }),
    redirectTo: navigation('redirectTo', ({ url }) => pages.redirectTo(String(url))),
    reLaunch: navigation('reLaunch', ({ url }) => pages.reLaunch(String(url))),
    switchTab: navigation('switchTab', ({ url }) => pages.switchTab(String(url))),
    navigateBack: navigation('navigateBack', ({ delta }) => pages.navigateBack(delta === undefined ? 1 : Number(delta))),
  }
}
