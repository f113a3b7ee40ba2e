/**
 * Navigation between the pages. H5 gives a page its query decoded, WeChat as written, and `%` is legal in an id, so ids are encoded as hex. If the platform
 * rejects a navigation, the user stays where they are. Of two quick taps only the first counts: WeChat would open two pages.
 */
import { clock } from '@/src/chat/time/clock'
import type { ConversationId, ConversationKind } from '@/src/chat/conversation/conversation'
import { APP_PAGES, TAB_PAGES } from './app-pages'
import { decodeHex, encodeHex } from './hex'

const LOGIN = '/src/pages/login/login'
const CONVERSATIONS = '/src/pages/conversations/conversations'
const ME = '/src/pages/me/me'
const NEW_CHAT = '/src/pages/new-chat/new-chat'
const THREAD = '/src/pages/thread/thread'
const CHANNEL = '/src/pages/channel/channel'
const STORAGE = '/src/pages/storage/storage'
const PROFILE = '/src/more/pages/profile/profile'

/** The browser loads the other pages after this time even if it is busy, ms. */
const IDLE_WITHIN_MS = 3_000

/** After this time, ms, a navigation counts as complete if the platform does not report its end. */
const ARRIVED_WITHIN_MS = 3_000

/** The maximum depth of WeChat's page stack. */
const STACK_MAX = 10

/** The argument of a page's onLoad. */
export type PageQuery = Readonly<Record<string, unknown>>

/** `id` as encoded in a query. */
export function encodeId(id: string): string {
  return encodeHex(id)
}

/** The id that `encodeId` encoded as `hex`, or undefined for anything else. */
export function decodeId(hex: unknown): string | undefined {
  return typeof hex === 'string' ? decodeHex(hex) : undefined
}

/** The id that a page was opened for, not checked yet, or undefined if its address has none. */
export function idFromQuery(query: PageQuery | undefined): string | undefined {
  return decodeId(query?.id)
}

/** The kind with which the page for a new chat was opened, or undefined. */
export function kindFromQuery(query: PageQuery | undefined): ConversationKind | undefined {
  return query?.kind === 'peer' || query?.kind === 'channel' ? query.kind : undefined
}

/** The message at which a thread was opened, as its `seq`, or undefined. */
export function messageFromQuery(query: PageQuery | undefined): number | undefined {
  return typeof query?.at === 'string' && /^\d{1,15}$/.test(query.at) ? Number(query.at) : undefined
}

/** Opens a thread, at the message `at` if given. `replace`: instead of the current page. */
export function openThread(id: ConversationId, { replace = false, at }: { replace?: boolean; at?: number } = {}): void {
  open(`${THREAD}?id=${encodeId(id)}${at === undefined ? '' : `&at=${at}`}`, replace)
}

/** Opens the page about a channel, `channel:<id>`. */
export function openChannelInfo(id: ConversationId): void {
  open(`${CHANNEL}?id=${encodeId(id)}`)
}

/** Opens the page that starts a chat, with one kind chosen. */
export function openNewChat(kind?: ConversationKind): void {
  open(kind ? `${NEW_CHAT}?kind=${kind}` : NEW_CHAT)
}

/** Opens the page about storage on the device. */
export function openStoragePage(): void {
  open(STORAGE)
}

/** Opens the page with the user's own name and avatar. */
export function openProfile(): void {
  open(PROFILE)
}

/**
 * Whether `path` is a page of this program that a message may lead to: one of pages.json but the login page, perhaps with a query. The slash in front may be
 * missing.
 */
export function isAppPage(path: string): boolean {
  const [, page = ''] = /^\/?([\w/.-]+)(?:\?[\w.~%&=-]*)?$/.exec(path) ?? []
  return APP_PAGES.includes(page) && `/${page}` !== LOGIN
}

/** Opens a page of this program. Does nothing if {@link isAppPage} rejects it. A page of the tab bar gets no query. */
export function openAppPage(path: string): void {
  if (!isAppPage(path)) return
  const url = path.startsWith('/') ? path : `/${path}`
  const [page = ''] = url.split('?')
  if (TAB_PAGES.includes(page.slice(1))) goAfter(page, (ends) => uni.switchTab({ url: page, ...ends }))
  else open(url)
}

/** Whether `path`, in the platform's form at a launch, is the page of the conversations. */
export function isConversationsPage(path: string | undefined): boolean {
  return path === CONVERSATIONS.slice(1)
}

export function toConversations(): void {
  goAfter(CONVERSATIONS, (ends) => uni.switchTab({ url: CONVERSATIONS, ...ends }))
}

/** Closes every page and opens the login page. */
export function toLogin(): void {
  goAfter(LOGIN, (ends) => uni.reLaunch({ url: LOGIN, ...ends }))
}

/** Goes back to the page below, or to the conversations if there is none, as after a reload on H5. */
export function backOrConversations(): void {
  if (getCurrentPages().length <= 1) return toConversations()
  const page = topPage()
  // On H5 the page leaves some time after the platform reports it.
  if (page !== leaving) go('', (ends) => uni.navigateBack(ends), (hasGone) => (leaving = hasGone ? page : undefined))
}

/** Names the arrow that uni draws above a page for screen readers, on H5. WeChat names its own. */
export function nameWayBack(name: string): void {
  // #ifdef H5
  document.querySelectorAll('.uni-page-head-btn').forEach((arrow) => arrow.setAttribute('aria-label', name))
  // #endif
}

/** Puts `title` into the navigation bar of the current page, and on H5 into the document. Does nothing if the page has been closed. */
export function setTitle(title: string): void {
  void uni.setNavigationBarTitle({ title, fail: stay })
}

/** Sets the document's title for a page with its own navigation bar, on H5. */
export function nameDocument(title: string): void {
  // #ifdef H5
  setTitle(title)
  // #endif
}

/**
 * On H5 the code of a page is loaded when it is first opened, which fails without a connection. So this loads all of it once the first page is rendered and
 * the browser is idle. A mini program has all its code.
 */
export function preloadPages(): void {
  // #ifdef H5
  // The dev server would compile every page for one that is opened.
  if (import.meta.env.PROD) whenIdle(fetchPages)
  // #endif
}

// #ifdef H5
const TAB_ICONS = ['chat', 'chat-on', 'me', 'me-on'].map((name) => `${import.meta.env.BASE_URL}static/tab/${name}.png`)

function fetchPages(): void {
  // A page that fails to load is requested again when it is opened.
  for (const url of [CONVERSATIONS, ME, NEW_CHAT, THREAD, CHANNEL, STORAGE, PROFILE, LOGIN]) uni.preloadPage({ url, fail: stay })
  for (const icon of TAB_ICONS) new Image().src = icon
}

function whenIdle(fn: () => void): void {
  // Safari has none.
  if (typeof requestIdleCallback === 'function') requestIdleCallback(fn, { timeout: IDLE_WITHIN_MS })
  else clock.after(IDLE_WITHIN_MS, fn)
}
// #endif

/** The platform's options of a navigation: callbacks for a failure and for the end. */
interface Ends {
  readonly fail: () => void
  readonly complete: () => void
}
type Way = (ends: Ends) => void

/** Where the user is going. Undefined if no navigation is in progress. */
let goingTo: string | undefined
/** A navigation by the program that waits for the current one to end. */
let waiting: (() => void) | undefined
// #ifdef MP-WEIXIN
/** The last opened page, and its address. */
let opened: { readonly page: unknown; readonly url: string } | undefined
// #endif
/** The last page that the user went back from. */
let leaving: unknown

/** Navigates, unless a navigation is in progress: a tap in that time was meant for the page that is being left. Calls `done` with whether it navigated. */
function go(url: string, way: Way, done: (hasGone: boolean) => void = stay): void {
  if (goingTo !== undefined) return
  goingTo = url
  let hasGone = true
  let isOver = false
  const complete = () => {
    if (isOver) return
    isOver = true
    cancel()
    goingTo = undefined
    done(hasGone)
    const next = waiting
    waiting = undefined
    next?.()
  }
  const cancel = clock.after(ARRIVED_WITHIN_MS, complete)
  way({ fail: () => void (hasGone = false), complete })
}

/** Navigates, after the current navigation if there is one: this one does not come from a tap, so it is not dropped. */
function goAfter(url: string, way: Way): void {
  if (goingTo === undefined) go(url, way)
  else waiting = goingTo === url ? undefined : () => go(url, way)
}

function open(url: string, replace = false): void {
  // #ifdef MP-WEIXIN
  // A tap that WeChat reports only now was meant for the page below. On H5 taps arrive at once.
  if (opened?.url === url && opened.page === topPage()) return
  const from = topPage()
  // #endif
  // The stack is full, so replace the current page.
  const way: Way = (ends) => (replace || getCurrentPages().length >= STACK_MAX ? uni.redirectTo({ url, ...ends }) : uni.navigateTo({ url, ...ends }))
  // #ifdef H5
  go(url, way)
  // #endif
  // #ifdef MP-WEIXIN
  go(url, way, (hasGone) => {
    const page = topPage()
    opened = hasGone && page !== from && isAt(page, url) ? { page, url } : undefined
  })
  // #endif
}

// #ifdef MP-WEIXIN
function isAt(page: unknown, url: string): boolean {
  const { route } = (page ?? {}) as { readonly route?: string }
  return `/${route}` === url.split('?')[0]
}
// #endif

function topPage(): unknown {
  const pages: readonly unknown[] = getCurrentPages()
  return pages[pages.length - 1]
}

function stay(): void {}
