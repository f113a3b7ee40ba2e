/**
 * A popup of the app's own on H5: it takes the focus and gives it back, keys move in it and close it. The mini program needs none of this: WeChat has no
 * focus that a program could move.
 */
// #ifdef H5
import { isFingerDown } from './press'
// #endif

/** What a popup is held with. */
export interface PopupHold {
  /** The user wants to close it. */
  close(): void
  /** Whether it hangs at something on the page, so that it closes when that moves: by the wheel, or a change of the window. */
  readonly hangs: boolean
}

/**
 * Call it once the popup is on the page. `root`: its component's element, in which the element with the role `menu` or `dialog` is the popup. The focus goes to
 * the first button in it, or in its part with `data-start`. Returns a function that ends it.
 */
export function holdPopup(root: unknown, { close, hangs }: PopupHold): () => void {
  // #ifdef H5
  const popup = root instanceof Element ? root.querySelector('[role="menu"], [role="dialog"]') : null
  if (!(root instanceof Element) || !popup) return () => {}
  const before = document.activeElement
  const row = before?.closest<HTMLElement>('[role="article"]')
  // A field with the focus keeps the keyboard of a phone open. Without it the page would move under the finger.
  const keepsField = isFingerDown() && (before instanceof HTMLInputElement || before instanceof HTMLTextAreaElement)
  if (!keepsField) stopsOf(popup.querySelector('[data-start]') ?? popup)[0]?.focus({ preventScroll: true })
  const endings = [
    listen(window, 'keydown', (event) => keyDown(event as KeyboardEvent, popup, close), { capture: true }),
    listen(root, 'contextmenu', (event) => {
      if ((event as MouseEvent).shiftKey || !hangs) return
      event.preventDefault()
      // Android sends one for the long press that has opened the popup, which is under the finger by then.
      if (!isFingerDown()) close()
    }),
    watchForBack(close),
    holdSelection(hangs),
  ]
  // A press moves the focus to what is pressed.
  if (keepsField) endings.push(listen(root, 'mousedown', (event) => event.preventDefault()))
  if (hangs) endings.push(listen(root, 'wheel', close, { passive: true }), listen(window, 'resize', close))
  return () => {
    for (const end of endings) end()
    if (popup.contains(document.activeElement) || document.activeElement === document.body) restoreFocus(before, row)
  }
  // #endif
  // #ifdef MP-WEIXIN
  return () => {}
  // #endif
}

// #ifdef H5
function listen(target: EventTarget, type: string, listener: (event: Event) => void, options?: AddEventListenerOptions): () => void {
  target.addEventListener(type, listener, options)
  return () => target.removeEventListener(type, listener, options)
}

/** A button that has disappeared since, such as the one that a mouse shows, gives the focus to its message. */
function restoreFocus(before: Element | null, row: HTMLElement | null | undefined): void {
  const to = before instanceof HTMLElement && before.isConnected ? before : row
  to?.focus({ preventScroll: true })
}

function stopsOf(popup: Element): HTMLElement[] {
  return Array.from(popup.querySelectorAll<HTMLElement>('[role="menuitem"], [role="button"]'))
}

function keyDown(event: KeyboardEvent, popup: Element, close: () => void): void {
  const { key, shiftKey } = event
  if (key === 'Escape') {
    // It must not close anything else.
    event.preventDefault()
    event.stopPropagation()
    return close()
  }
  const stops = stopsOf(popup)
  const at = stops.findIndex((stop) => stop === document.activeElement)
  const next = key === 'Tab' ? stops[(at + (shiftKey ? -1 : 1) + stops.length) % stops.length] : arrowStop(key, stops, at)
  if (!next) return
  event.preventDefault()
  event.stopPropagation()
  next.focus()
}

/** Where a key leads from the stop `at`, -1 for none. Up and down lead to the nearest stop of the next line. */
function arrowStop(key: string, stops: readonly HTMLElement[], at: number): HTMLElement | undefined {
  const last = stops.length - 1
  if (key === 'Home') return stops[0]
  if (key === 'End') return stops[last]
  if (key === 'ArrowRight') return stops[at === last ? 0 : at + 1]
  if (key === 'ArrowLeft') return stops[at <= 0 ? last : at - 1]
  const isUp = key === 'ArrowUp'
  if (!isUp && key !== 'ArrowDown') return undefined
  const from = stops[at]?.getBoundingClientRect()
  if (!from) return isUp ? stops[last] : stops[0]
  const places = stops.map((stop) => ({ stop, box: stop.getBoundingClientRect() }))
  const ahead = places.filter(({ box }) => (isUp ? box.bottom <= from.top + 1 : box.top >= from.bottom - 1))
  // From the last line to the first, and back.
  const lines = (ahead.length > 0 ? ahead : places).map(({ box }) => box.top)
  const line = isUp ? Math.max(...lines) : Math.min(...lines)
  const middle = (box: DOMRect) => box.left + box.width / 2
  const inLine = places.filter(({ box }) => Math.abs(box.top - line) <= 1)
  return inLine.sort((a, b) => Math.abs(middle(a.box) - middle(from)) - Math.abs(middle(b.box) - middle(from)))[0]?.stop
}

interface CloseWatcher {
  onclose: (() => void) | null
  destroy(): void
}

/** Calls `close` when the user goes back by a gesture or a phone's key, where the browser tells. The page stays. */
function watchForBack(close: () => void): () => void {
  const { CloseWatcher: Watcher } = window as { CloseWatcher?: new () => CloseWatcher }
  if (!Watcher) return () => {}
  const watcher = new Watcher()
  watcher.onclose = close
  return () => watcher.destroy()
}

/** A long press opens a menu before an iPhone begins to select the text under the finger. While the menu is open it selects nothing. */
function holdSelection(isHeld: boolean): () => void {
  if (!isHeld || !isFingerDown()) return () => {}
  document.documentElement.toggleAttribute('data-held', true)
  return () => document.documentElement.toggleAttribute('data-held', false)
}
// #endif
