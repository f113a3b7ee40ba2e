/**
 * Drives one running mini program the way a person and a phone do. The same tests run against two hosts: `startInNode`
 * (no layout, starts in a tenth of a second, counts every setData) and `startInChromium` (real layout, touches and
 * typing, screenshots). Everything is asynchronous, because one of them is another process.
 */
import type { Page } from 'playwright-core'
import type { Clock } from '../../src/chat/time/clock'
import type { SteppedClock } from './stepped-clock'
import type { Disk, HostParts } from '../runtime/types'

export { startInNode } from './node-host'
export { startInChromium } from './chromium-host'
export { SteppedClock } from './stepped-clock'

export interface StartOptions {
  /** The build to run. Default: `dist/build/mp-weixin`. */
  readonly dist?: string
  /** The phone: a folder that keeps storage and files. Default: a temporary one, removed by `close`. */
  readonly dir?: string
  /** The page the program is opened on. Default: the first of app.json. */
  readonly launchPath?: string
  readonly launchQuery?: Readonly<Record<string, string>>
  /** WeChat's language. Default: 'zh_CN'. */
  readonly language?: string
  /** Default: 'light'. */
  readonly theme?: Theme
  /** Default: 'ios', where a scroll-view has no scroll anchoring, whatever it asks for. */
  readonly platform?: Platform
  /** Whether a screen reader runs on the phone. Default: false. */
  readonly screenReader?: boolean
  /** Addresses in place of those inside the build, as a hosts file gives them: `{ '127.0.0.1:7070': '127.0.0.1:41234' }`. */
  readonly hosts?: Readonly<Record<string, string>>
  /** Default: 'agreed'. It goes on through restarts. */
  readonly privacy?: PrivacyState
  /** Overrides WeChat's limits, so that a test need not write 200 MB to fill the disk. */
  readonly limits?: Partial<DiskLimits>
  /** Stands between the program and the phone's disk, so that a test can make it fail. In Node only. */
  readonly disk?: (disk: Disk) => Disk
  /**
   * The phone's time; it goes on through restarts. In Node only. Default: real time. A `SteppedClock` goes on only while the driver
   * waits for something or a test runs it, so what the phone is connected to must go by the same clock.
   */
  readonly clock?: Clock
  /** Opens the phone's sockets. In Node only. Default: real ones. */
  readonly openSocket?: HostParts['openSocket']
}

export type Theme = 'light' | 'dark'

/**
 * Whether the program may call WeChat's private functions, such as those of the clipboard.
 * - `undeclared`: the console does not declare them: they fail with errno 112
 * - `declared`: the user has not agreed yet and is asked, by the program or else by WeChat
 * - `agreed`: they run
 * - `refused`: they fail with errno 104, without a question
 */
export type PrivacyState = 'undeclared' | 'declared' | 'agreed' | 'refused'

export type Platform = 'ios' | 'android'

/** All in bytes. */
export interface DiskLimits {
  /** One storage key. WeChat: 1 MiB. */
  readonly storageKey: number
  /** All of storage. WeChat: 10 MiB. */
  readonly storage: number
  /** All files. WeChat: 200 MiB. */
  readonly files: number
}

/** Which of the elements with one `data-testid`. */
export interface Where {
  /** Its `data-id`. */
  readonly id?: string
  /** Its `data-kind`. */
  readonly kind?: string
  /** Among those that match, 0 is the first and -1 the last. Default: 0. */
  readonly index?: number
}

/** An element of the top page, as it was when it was asked for. */
export interface ElementSnapshot {
  readonly text: string
  readonly className: string
  readonly dataset: Readonly<Record<string, string>>
  readonly disabled: boolean
  /** What an input or a textarea shows; absent for other elements. */
  readonly value?: string
  /** Whether it is the field that the keyboard writes into. */
  readonly hasFocus: boolean
  /** px, relative to the page's own viewport (below the navigation bar). All zero in Node. */
  readonly rect: Rect
  /** px. All zero in Node. */
  readonly scroll: ScrollState
}

export interface Rect {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface ScrollState {
  readonly top: number
  readonly height: number
  readonly clientHeight: number
}

export type HostEvent = 'AppShow' | 'AppHide' | 'NetworkStatusChange' | 'KeyboardHeightChange' | 'ThemeChange'

export interface SocketSnapshot {
  readonly url: string
  readonly state: 'connecting' | 'open' | 'closed'
  readonly sentMessages: number
  readonly receivedMessages: number
}

/** What WeChat showed above the page. A modal and an action sheet wait for an answer. */
export interface Dialog {
  readonly kind: 'modal' | 'actionSheet' | 'toast' | 'loading'
  /** The options it was shown with, without callbacks. */
  readonly options: Readonly<Record<string, unknown>>
  readonly waiting: boolean
}

/** A button of a modal, or the index of an action sheet's item. */
export type DialogAnswer = 'confirm' | 'cancel' | number

export interface SetDataStats {
  readonly calls: number
  /** UTF-8 bytes of the JSON of all calls. */
  readonly bytes: number
  /** The largest call, in bytes. */
  readonly max: number
  /** ms that went into the view; what else a change costs is the app's own logic. */
  readonly viewMs: number
  /** Calls by the path of the component or page. */
  readonly perComponent: Readonly<Record<string, number>>
  /** The last 2,000 calls: the component's path and the start of its JSON. */
  readonly log: readonly { readonly component: string; readonly bytes: number; readonly json: string }[]
}

/** One running mini program, with a phone of its own. */
export interface MiniProgram {
  readonly host: 'node' | 'chromium'
  /** In Chromium the page of the browser, for what this interface does not offer. */
  readonly page: Page | undefined
  /** The clock that the phone goes by, if a test steps it. */
  readonly clock: SteppedClock | undefined

  /** The top page's path, e.g. `src/pages/thread/thread`. */
  route(): Promise<string>
  /** The paths of the page stack, bottom first. */
  routes(): Promise<string[]>
  /** The top page's query as WeChat hands it over: still encoded. */
  query(): Promise<Record<string, string>>

  all(testId: string, where?: Where): Promise<ElementSnapshot[]>
  /** How many there are. */
  count(testId: string, where?: Where): Promise<number>
  /** The element; rejects with the page's tree in the message when there is none. */
  element(testId: string, where?: Where): Promise<ElementSnapshot>
  text(testId: string, where?: Where): Promise<string>
  /** The top page's tree of elements and texts, for messages. */
  tree(): Promise<string>

  tap(testId: string, where?: Where): Promise<void>
  longPress(testId: string, where?: Where): Promise<void>
  /** Replaces what the input or textarea holds; the app gets the input events. Cut at `maxlength` as WeChat does. */
  type(testId: string, text: string, where?: Where): Promise<void>
  /** The keyboard's own key: done, send, … */
  confirm(testId: string, where?: Where): Promise<void>
  /** A tap that the program hears of only after `run`, as where WeChat tells of it late: what was tapped may not be in front any more. */
  tapAfter(run: () => Promise<void>, testId: string, where?: Where): Promise<void>
  /**
   * Runs `run` while what the view tells the program is under way: input events, answers of selector queries, callbacks of `setData`. After
   * that they arrive, in order. A tap arrives at once, as one that came before them.
   */
  whileUnderWay(run: () => Promise<void>): Promise<void>
  /** Scrolls a scroll-view. In Node only its events are raised; a number is px from the top. */
  scroll(testId: string, to: 'top' | 'bottom' | number, where?: Where): Promise<void>

  /**
   * Waits until the condition holds; rejects with `what`, the page's tree and the problems so far. By a stepped clock it rejects as
   * soon as nothing is left to happen, and `timeoutMs` is time of that clock. Default: 10 s, and 60 s of a stepped clock.
   */
  waitFor(what: string, condition: () => Promise<boolean>, timeoutMs?: number): Promise<void>
  waitForText(testId: string, expected: string | RegExp, where?: Where, timeoutMs?: number): Promise<void>
  waitForCount(testId: string, count: number, where?: Where, timeoutMs?: number): Promise<void>
  waitForRoute(path: string, timeoutMs?: number): Promise<void>

  /** Waits until what was set off has happened: in Chromium until no timer ends within a second and the screen has come to rest, in Node for a second. */
  settled(): Promise<void>
  /** Lets `ms` go by on the phone: of a stepped clock without waiting, else really. */
  elapse(ms: number): Promise<void>

  /** The navigation bar's back. */
  back(): Promise<void>
  /** The tab bar. */
  switchTab(path: string): Promise<void>
  /** What the phone does. AppHide and AppShow also reach the top page; ThemeChange takes `{ theme }`, KeyboardHeightChange `{ height }` in px. */
  raise(event: HostEvent, detail?: Readonly<Record<string, unknown>>): Promise<void>

  sockets(): Promise<SocketSnapshot[]>
  /** Ends the sockets as a lost network does: both ends see them close, the app with code 1006. */
  cutSockets(): Promise<void>
  /** Without a network the sockets are cut, connectSocket fails and getNetworkType says none. Raises NetworkStatusChange. */
  setNetwork(online: boolean): Promise<void>

  /** What the console declares, and what the user has said to it. */
  setPrivacy(privacy: PrivacyState): Promise<void>

  dialogs(): Promise<Dialog[]>
  /** Answers the modal or action sheet that waits, or the next one. */
  answer(answer: DialogAnswer): Promise<void>
  /** The options `wx[name]` was called with, without callbacks. Storage and files are not recorded. `privacyResolve`: what the program answered in `onNeedPrivacyAuthorization`, and the `referrer`. */
  wxCalls(name: string): Promise<Record<string, unknown>[]>

  stats(): Promise<SetDataStats>
  resetStats(): Promise<void>
  /** console.error, Vue's warnings, errors nobody caught, setData that WeChat would refuse. A healthy run has none. */
  problems(): Promise<string[]>

  /** What a module of the running program exports, by its path in the build: the live objects. In Node only. */
  require(path: string): unknown

  /** In Chromium a PNG of the phone, 375 × 667 at 2×: `dist/test/shots/<name>.png`. Its path; undefined in Node. */
  screenshot(name: string): Promise<string | undefined>
  /** Writes the phone's disk into its folder: in Chromium it is in memory, and written by `restart` and `close` too. */
  saveDisk(): Promise<void>
  /** Kills the program without a word to it, keeps the phone and opens it again. */
  restart(): Promise<void>
  close(): Promise<void>
}
