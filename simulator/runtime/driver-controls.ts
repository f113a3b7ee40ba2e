/** The functions that the driver calls, by name. Arguments and results are plain JSON. Touches and typing here are for a host without a screen. */
import type { DialogAnswer, ElementSnapshot, GivenPlace, HostEvent, PermissionScope, PermissionState, PrivacyState, Where } from '../drive/driver'
import type { Interface } from '../wx/interface'
import type { GivenFileJson, Media } from '../wx/media'
import type { Requests } from '../wx/request'
import type { Sockets } from '../wx/sockets'
import { domOf, type ViewElement } from './dom'
import { confirmField, focusElement, pressOutside, typeInto } from './fields'
import type { Pages } from './pages'
import type { PhoneEvents } from './phone-events'
import type { Problems } from './problems'
import { raiseScroll } from './scroll-view'
import type { SetDataMeter } from './set-data'
import { deliverMessage, holdMessages } from './view-messages'
import { descendants, find, isField, isInert, snapshot, treeOf } from './view-element'

export interface ControlParts {
  readonly pages: Pages
  readonly phone: PhoneEvents
  readonly sockets: Sockets
  readonly ui: Interface
  readonly media: Media
  readonly requests: Requests
  readonly meter: SetDataMeter
  readonly problems: Problems
}

export type Controls = ReturnType<typeof driverControls>

export function driverControls({ pages, phone, sockets, ui, media, requests, meter, problems }: ControlParts) {
  const tree = () => (pages.top ? treeOf(pages.top.component) : '(no page is open)')
  const locate = (testId: string, where?: Where): ViewElement => {
    const [element] = find(pages.requireTop().component, testId, where)
    if (!element) throw new Error(`no element ${testId} ${JSON.stringify(where ?? {})} on ${pages.requireTop().path}:\n${tree()}`)
    return element
  }
  let aimedAt: ViewElement | undefined
  let held: ViewElement | undefined
  return {
    locate,
    tree,
    route: () => pages.requireTop().path,
    routes: () => pages.stack.map(({ path }) => path),
    query: () => ({ ...pages.requireTop().query }),
    all: (testId: string, where?: Where): ElementSnapshot[] => {
      const viewport = pages.requireTop().webview?.viewport.getBoundingClientRect() ?? { left: 0, top: 0 }
      return find(pages.requireTop().component, testId, where).map((element) => snapshot(element, viewport))
    },
    tap: (testId: string, where?: Where) => touch(locate(testId, where), 'tap'),
    /** The finger is already down on what it will tap. */
    aim: (testId: string, where?: Where) => void (aimedAt = locate(testId, where)),
    tapAimed: () => void (aimedAt && touch(aimedAt, 'tap')),
    longPress: (testId: string, where?: Where) => touch(locate(testId, where), 'longpress'),
    fingerDown: (testId: string, where?: Where) => {
      held = locate(testId, where)
      pressOutside()
      raiseTouch(held, 'touchstart', 0)
    },
    fingerUpBy: (px: number) => void (held && raiseTouch(held, 'touchmove', -px)),
    fingerLifted: () => void (held && raiseTouch(held, 'touchend', 0)),
    type: (testId: string, text: string, where?: Where) => typeInto(fieldIn(locate(testId, where)), text),
    confirm: (testId: string, where?: Where) => confirmField(fieldIn(locate(testId, where))),
    holdMessages,
    deliverMessage,
    scroll: (testId: string, to: 'top' | 'bottom' | number, where?: Where) => scroll(locate(testId, where), to),
    back: () => phone.back(),
    restore: (url: string) => problems.guard(() => pages.restore(url))(),
    /** The page stack as addresses, bottom first. */
    addresses: () => pages.stack.map(({ path, query }) => addressOf(path, query)),
    suspend: () => phone.suspend(),
    switchTab: (path: string) => phone.switchTab(path),
    raise: (event: HostEvent, detail?: Record<string, unknown>) => phone.raise(event, detail),
    sockets: () => sockets.snapshot(),
    cutSockets: () => {
      sockets.cut()
      requests.cut()
    },
    setNetwork: (online: boolean) => phone.setNetwork(online),
    isOnline: () => phone.isOnline,
    privacy: () => ui.privacy.state,
    setPrivacy: (privacy: PrivacyState) => void (ui.privacy.state = privacy),
    give: (files: readonly GivenFileJson[] | 'cancel') => media.give(files),
    givePlace: (place: GivenPlace | 'cancel') => media.givePlace(place),
    setPermission: (scope: PermissionScope, state: PermissionState) => media.setPermission(scope, state),
    album: () => media.album(),
    audio: () => media.audio(),
    dialogs: () => ui.shown(),
    answer: (answer: DialogAnswer) => ui.answer(answer),
    wxCalls: (name: string) => ui.callsOf(name),
    stats: () => meter.snapshot(),
    resetStats: () => meter.reset(),
    problems: () => [...problems.list],
  }
}

function addressOf(path: string, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? `/${path}` : `/${path}?${pairs.join('&')}`
}

/** The field itself, or the one inside the element. */
function fieldIn(element: ViewElement): ViewElement {
  for (const inner of descendants(element)) if (isField(inner)) return inner
  throw new Error('the element is no input and holds none')
}

function raiseTouch(element: ViewElement, type: 'touchstart' | 'touchmove' | 'touchend', clientY: number): void {
  if (isInert(element)) return
  const point = { identifier: 0, clientX: 0, clientY, pageX: 0, pageY: clientY }
  element.triggerEvent(type, {}, { bubbles: true, composed: true, capturePhase: true, originalEvent: { changedTouches: [point] } })
}

/** The actions of a finger. */
function touch(element: ViewElement, gesture: 'tap' | 'longpress'): void {
  if (isInert(element)) return
  const point = { identifier: 0, clientX: 0, clientY: 0, pageX: 0, pageY: 0 }
  const options = { bubbles: true, composed: true, capturePhase: true, originalEvent: { changedTouches: [point] } }
  if (isField(element)) focusElement(element)
  else pressOutside()
  element.triggerEvent('touchstart', {}, options)
  if (gesture === 'longpress') element.triggerEvent('longpress', { x: 0, y: 0 }, options)
  element.triggerEvent('touchend', {}, options)
  if (gesture === 'tap') element.triggerEvent('tap', { x: 0, y: 0 }, options)
}

function scroll(element: ViewElement, to: 'top' | 'bottom' | number): void {
  const dom = domOf(element)
  if (!dom) raiseScroll(element, to)
  else dom.scrollTo({ top: to === 'top' ? 0 : to === 'bottom' ? dom.scrollHeight : to, behavior: 'instant' })
}
