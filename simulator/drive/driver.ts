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
  /** Whether the phone has a network. Default: true. A restart keeps it as it is then. */
  readonly online?: boolean
  /** Whether a screen reader runs on the phone. Default: false. */
  readonly screenReader?: boolean
  /** Addresses in place of those inside the build, as a hosts file gives them: `{ '127.0.0.1:7070': '127.0.0.1:41234' }`. */
  readonly hosts?: Readonly<Record<string, string>>
  /** Default: 'agreed'. It is kept through restarts. */
  readonly privacy?: PrivacyState
  /** Of each permission that the user was never asked for. Default: 'allowed'. Answers are kept on the phone's disk. */
  readonly permissions?: PermissionState
  /** Overrides WeChat's limits, so that a test need not write 200 MB to fill the disk. */
  readonly limits?: Partial<DiskLimits>
  /** Wraps the phone's disk, so that a test can make it fail. In Node only. */
  readonly disk?: (disk: Disk) => Disk
  /**
   * The phone's time, kept through restarts. In Node only. Default: real time. A `SteppedClock` advances only while the driver waits for something or a test
   * runs it, so the gateway must use the same clock.
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

/** What WeChat asks the user for once. */
export type PermissionScope = 'scope.writePhotosAlbum' | 'scope.record' | 'scope.userLocation' | 'scope.camera'
export type PermissionState = 'ask' | 'allowed' | 'refused'

/** A file that the user picks or takes with the camera. Its kind follows from its name, as in WeChat. */
export interface GivenFile {
  readonly name: string
  readonly bytes: Uint8Array
  /** px and ms, of a video. */
  readonly width?: number
  readonly height?: number
  readonly ms?: number
  /** A picture of a video. */
  readonly thumb?: Uint8Array
  /** The user ticks 原图 in the album. */
  readonly isOriginal?: boolean
}

/** A place that the user picks on WeChat's map, in GCJ-02. */
export interface GivenPlace {
  readonly name: string
  readonly address: string
  readonly latitude: number
  readonly longitude: number
}

/** What the program saved to the phone's album. */
export interface AlbumEntry {
  readonly kind: 'image' | 'video'
  readonly base64: string
}

/** A player of wx.createInnerAudioContext. */
export interface AudioSnapshot {
  readonly src: string
  readonly state: 'idle' | 'playing' | 'paused' | 'destroyed'
  /** How far it has played. */
  readonly ms: number
  readonly playbackRate: number
  /** Whether it is heard from the loudspeaker, and not at the ear. */
  readonly speakerOn: boolean
}

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

/** Chooses between elements with the same `data-testid`. */
export interface Where {
  /** Its `data-id`. */
  readonly id?: string
  /** Its `data-kind`. */
  readonly kind?: string
  /** Its `data-action`. */
  readonly action?: string
  /** Its `data-emoji`. */
  readonly emoji?: string
  /** The index among the matches: 0 is the first, -1 the last. Default: 0. */
  readonly index?: number
}

/** A snapshot of an element of the top page. */
export interface ElementSnapshot {
  readonly text: string
  readonly className: string
  readonly dataset: Readonly<Record<string, string>>
  readonly disabled: boolean
  /** What a screen reader says instead of the text: its `aria-label`. Empty without one. */
  readonly label: string
  /** What an input or a textarea shows; absent for other elements. */
  readonly value?: string
  /** Whether it is the focused field. */
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

export type HostEvent = 'AppShow' | 'AppHide' | 'NetworkStatusChange' | 'KeyboardHeightChange' | 'ThemeChange' | 'AudioInterruptionBegin' | 'AudioInterruptionEnd'

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
  /** ms spent in the view. The rest of the cost of a change is the app's own logic. */
  readonly viewMs: number
  /** Calls by the path of the component or page. */
  readonly perComponent: Readonly<Record<string, number>>
  /** The last 2,000 calls: the component's path and the start of its JSON. */
  readonly log: readonly { readonly component: string; readonly bytes: number; readonly json: string }[]
}

/** One running mini program, with a phone of its own. */
export interface MiniProgram {
  readonly host: 'node' | 'chromium'
  /** The browser's page, for features that this interface lacks. In Chromium only. */
  readonly page: Page | undefined
  /** The clock of the phone, if a test steps it. */
  readonly clock: SteppedClock | undefined

  /** The top page's path, e.g. `src/pages/thread/thread`. */
  route(): Promise<string>
  /** The paths of the page stack, bottom first. */
  routes(): Promise<string[]>
  /** The top page's query as WeChat hands it over: still encoded. */
  query(): Promise<Record<string, string>>

  all(testId: string, where?: Where): Promise<ElementSnapshot[]>
  /** The number of matching elements. */
  count(testId: string, where?: Where): Promise<number>
  /** The element; rejects with the page's tree in the message when there is none. */
  element(testId: string, where?: Where): Promise<ElementSnapshot>
  text(testId: string, where?: Where): Promise<string>
  /** The top page's tree of elements and texts, for error messages. */
  tree(): Promise<string>

  tap(testId: string, where?: Where): Promise<void>
  longPress(testId: string, where?: Where): Promise<void>
  /** Holds a finger on the element while `run` runs, then lifts it. `slideUp` moves it up by `px` first. */
  hold(testId: string, run: (slideUp: (px: number) => Promise<void>) => Promise<void>, where?: Where): Promise<void>
  /** Replaces the text of the input or textarea and raises its events. Cuts it at `maxlength`, as WeChat does. */
  type(testId: string, text: string, where?: Where): Promise<void>
  /** The keyboard's own key: done, send, … */
  confirm(testId: string, where?: Where): Promise<void>
  /** Taps, but the program receives the tap only after `run`, like a late tap in WeChat: the tapped page may be covered by then. */
  tapAfter(run: () => Promise<void>, testId: string, where?: Where): Promise<void>
  /**
   * Holds messages from the view to the program while `run` runs: input events, answers of selector queries, callbacks of `setData`. Then delivers them in
   * order. A tap is delivered at once, ahead of them.
   */
  whileUnderWay(run: () => Promise<void>): Promise<void>
  /** Scrolls a scroll-view. In Node only its events are raised; a number is px from the top. */
  scroll(testId: string, to: 'top' | 'bottom' | number, where?: Where): Promise<void>

  /**
   * Waits until the condition holds. Rejects with `what`, the page's tree and the problems so far. With a stepped clock it rejects as soon as no timer is
   * left, and `timeoutMs` is time of that clock. Default: 10 s, and 60 s of a stepped clock.
   */
  waitFor(what: string, condition: () => Promise<boolean>, timeoutMs?: number): Promise<void>
  waitForText(testId: string, expected: string | RegExp, where?: Where, timeoutMs?: number): Promise<void>
  waitForCount(testId: string, count: number, where?: Where, timeoutMs?: number): Promise<void>
  waitForRoute(path: string, timeoutMs?: number): Promise<void>

  /** Waits until the program is idle: in Chromium until no timer ends within a second and the screen no longer changes, in Node for a second. */
  settled(): Promise<void>
  /** Lets `ms` pass on the phone: without waiting if the clock is stepped, else in real time. */
  elapse(ms: number): Promise<void>

  /** Taps the navigation bar's back button. */
  back(): Promise<void>
  /** Taps a tab of the tab bar. */
  switchTab(path: string): Promise<void>
  /** Raises an event of the phone. AppHide and AppShow also reach the top page. ThemeChange takes `{ theme }`, KeyboardHeightChange `{ height }` in px. */
  raise(event: HostEvent, detail?: Readonly<Record<string, unknown>>): Promise<void>

  sockets(): Promise<SocketSnapshot[]>
  /** Closes the sockets as a lost network does: both ends see a close, the app with code 1006. */
  cutSockets(): Promise<void>
  /** Turns the network off or on and raises NetworkStatusChange. While it is off, sockets are closed, connectSocket fails and getNetworkType returns none. */
  setNetwork(online: boolean): Promise<void>

  /** Sets what the console declares and whether the user has agreed. */
  setPrivacy(privacy: PrivacyState): Promise<void>

  /** Answers chooseMedia or chooseMessageFile: the call that waits, or the next one. */
  give(files: readonly GivenFile[] | 'cancel'): Promise<void>
  /** Answers chooseLocation in the same way. */
  givePlace(place: GivenPlace | 'cancel'): Promise<void>
  setPermission(scope: PermissionScope, state: PermissionState): Promise<void>
  /** What the program saved to the phone's album, the first one first. */
  album(): Promise<AlbumEntry[]>
  audio(): Promise<AudioSnapshot[]>

  dialogs(): Promise<Dialog[]>
  /** Answers the open modal or action sheet, or the next one. */
  answer(answer: DialogAnswer): Promise<void>
  /**
   * The options of each call of `wx[name]`, without callbacks. Calls of storage and files are not recorded. `privacyResolve`: the program's answers in
   * `onNeedPrivacyAuthorization`, and the `referrer`.
   */
  wxCalls(name: string): Promise<Record<string, unknown>[]>

  stats(): Promise<SetDataStats>
  resetStats(): Promise<void>
  /** Calls of console.error, Vue's warnings, uncaught errors, and setData calls that WeChat would reject. Empty for a healthy program. */
  problems(): Promise<string[]>

  /** The live exports of a module of the running program, by its path in the build. In Node only. */
  require(path: string): unknown

  /** In Chromium a PNG of the phone, 375 × 667 at 2×: `dist/test/shots/<name>.png`. Its path; undefined in Node. */
  screenshot(name: string): Promise<string | undefined>
  /** Writes the phone's disk into its folder. In Chromium the disk is in memory; `restart` and `close` write it too. */
  saveDisk(): Promise<void>
  /** Kills the program without notice and starts it again on the same phone. */
  restart(): Promise<void>
  close(): Promise<void>
}
