/**
 * The ways between the pages. H5 hands a page its query decoded, WeChat as it was written, and `%` is legal in an id, so ids
 * travel as hex. Where the platform refuses to go, the person stays where they are. Of two quick taps only the first counts: WeChat would
 * open two pages.
 */
import { clock } from '@/src/chat/time/clock'
import type { ConversationId, ConversationKind } from '@/src/chat/conversation/conversation'
import { decodeHex, encodeHex } from './hex'

const LOGIN = '/src/pages/login/login'
const CONVERSATIONS = '/src/pages/conversations/conversations'
const ME = '/src/pages/me/me'
const NEW_CHAT = '/src/pages/new-chat/new-chat'
const THREAD = '/src/pages/thread/thread'
const CHANNEL = '/src/pages/channel/channel'
const STORAGE = '/src/pages/storage/storage'

/** A busy browser fetches the other pages after this time all the same, ms. */
const IDLE_WITHIN_MS = 3_000

/** After this time a way whose end the platform does not tell of is over, ms. */
const ARRIVED_WITHIN_MS = 3_000

/** How many pages WeChat keeps in its stack. */
const STACK_MAX = 10

/** What a page's onLoad is given. */
export type PageQuery = Readonly<Record<string, unknown>>

/** `id` as it travels in a query. */
export function encodeId(id: string): string {
  return encodeHex(id)
}

/** The id that `encodeId` made `hex` of, or undefined for anything else. */
export function decodeId(hex: unknown): string | undefined {
  return typeof hex === 'string' ? decodeHex(hex) : undefined
}

/** The conversation that a page was opened for, or undefined when its address names none. */
export function conversationFromQuery(query: PageQuery | undefined): ConversationId | undefined {
  const id = decodeId(query?.id)
  return id !== undefined && isConversationId(id) ? id : undefined
}

function isConversationId(id: string): id is ConversationId {
  return /^(peer|channel):./s.test(id)
}

/** The kind that the page for a new chat was opened with, or undefined. */
export function kindFromQuery(query: PageQuery | undefined): ConversationKind | undefined {
  return query?.kind === 'peer' || query?.kind === 'channel' ? query.kind : undefined
}

/** The message that a thread was opened at, by its place in the log, or undefined. */
export function messageFromQuery(query: PageQuery | undefined): number | undefined {
  return typeof query?.at === 'string' && /^\d{1,15}$/.test(query.at) ? Number(query.at) : undefined
}

/** Opens a thread, with `replace` in place of the page on top; at the message `at` if one is named. */
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

/** Opens the page about what is kept on the device. */
export function openStoragePage(): void {
  open(STORAGE)
}

/** Whether `path`, as the platform names it at a launch, is the page of the conversations. */
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

/** Back to the page below; to the conversations when there is none, as after a reload on H5. */
export function backOrConversations(): void {
  if (getCurrentPages().length <= 1) return toConversations()
  const page = topPage()
  // On H5 the page goes some time after the platform says so.
  if (page !== leaving) go('', (ends) => uni.navigateBack(ends), (hasGone) => (leaving = hasGone ? page : undefined))
}

/** Gives the arrow that uni draws above a page a name for screen readers, on H5. WeChat names its own. */
export function nameWayBack(name: string): void {
  // #ifdef H5
  document.querySelectorAll('.uni-page-head-btn').forEach((arrow) => arrow.setAttribute('aria-label', name))
  // #endif
}

/** Puts `title` into the navigation bar of the page in front, and on H5 into the document. A page that is gone by then needs none. */
export function setTitle(title: string): void {
  void uni.setNavigationBarTitle({ title, fail: stay })
}

/** Names the document after a page that draws its own navigation bar, on H5. */
export function nameDocument(title: string): void {
  // #ifdef H5
  setTitle(title)
  // #endif
}

/**
 * On H5 the code of a page comes over the network when it is first opened, which without a connection it does not. So all
 * of it is fetched once the first page stands and the browser has nothing better to do. A mini program has it all.
 */
export function preloadPages(): void {
  // #ifdef H5
  // the dev server would compile every page for one that is opened
  if (import.meta.env.PROD) whenIdle(fetchPages)
  // #endif
}

// #ifdef H5
const TAB_ICONS = ['chat', 'chat-on', 'me', 'me-on'].map((name) => `${import.meta.env.BASE_URL}static/tab/${name}.png`)

function fetchPages(): void {
  // what cannot be had now is asked for again when it is opened
  for (const url of [CONVERSATIONS, ME, NEW_CHAT, THREAD, CHANNEL, STORAGE, LOGIN]) uni.preloadPage({ url, fail: stay })
  for (const icon of TAB_ICONS) new Image().src = icon
}

function whenIdle(fn: () => void): void {
  // Safari has none
  if (typeof requestIdleCallback === 'function') requestIdleCallback(fn, { timeout: IDLE_WITHIN_MS })
  else clock.after(IDLE_WITHIN_MS, fn)
}
// #endif

/** What the platform is told with a way: what to do when it refuses, and at the end. */
interface Ends {
  readonly fail: () => void
  readonly complete: () => void
}
type Way = (ends: Ends) => void

/** Where to the person is under way; undefined while they are not. */
let goingTo: string | undefined
/** What the program needs once the way that it came across is over. */
let waiting: (() => void) | undefined
// #ifdef MP-WEIXIN
/** The page that was opened last, and its address. */
let opened: { readonly page: unknown; readonly url: string } | undefined
// #endif
/** The page that was left last by a way back. */
let leaving: unknown

/** Navigates, unless a navigation is under way: a tap in that time was meant for the page that is being left. Calls `done` with whether it navigated. */
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

/** Goes, or does so after the way that is under way: where to it leads is not a person's choice. */
function goAfter(url: string, way: Way): void {
  if (goingTo === undefined) go(url, way)
  else waiting = goingTo === url ? undefined : () => go(url, way)
}

function open(url: string, replace = false): void {
  // #ifdef MP-WEIXIN
  // A tap that WeChat tells of only now was meant for the page below. On H5 what is tapped goes at once.
  if (opened?.url === url && opened.page === topPage()) return
  const from = topPage()
  // #endif
  // a full stack takes no more: the page on top gives way
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
