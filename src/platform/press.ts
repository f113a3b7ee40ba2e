/**
 * Presses that open a menu, on H5. uni reports a long press while the finger is still down, so lifting it would tap whatever has appeared under it. uni also
 * reports one during scrolling, because it does not see those movements. A mouse has no long press, but a second button. The mini program needs none of this.
 */
import { clock } from '@/src/chat/time/clock'

/** The browser sends a click within this time after a finger is lifted, ms. */
const CLICK_WITHIN_MS = 400
/** A finger that moves farther than this does not press, px. The same value as in uni. */
const STILL_WITHIN_PX = 10

/** Resolves once no finger is down. The click that follows is suppressed. */
export async function fingerUp(): Promise<void> {
  // #ifdef H5
  if (!release) return
  await release
  const stops = [
    listen(window, ['click'], (event) => {
      event.stopPropagation()
      event.preventDefault()
      stop()
    }),
    // The next touch is intended.
    listen(window, ['touchstart'], () => stop()),
    clock.after(CLICK_WITHIN_MS, () => stop()),
  ]
  const stop = () => stops.forEach((each) => each())
  // #endif
}

/**
 * Calls `fn` when the element within `root` that matches `selector`, or `root` itself, is clicked with the second button, instead of the browser's menu. The
 * browser's menu still opens for selected text of the element, for a link or an image, and with Shift. The returned function stops that.
 */
export function onContextMenu(root: unknown, selector: string, fn: (event: { readonly currentTarget: HTMLElement }) => void): () => void {
  // #ifdef H5
  if (!(root instanceof Element)) return () => {}
  const listener = (event: Event) => {
    const pressedAt = selectionAtPress
    selectionAtPress = undefined
    const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null
    if (!pressed || !root.contains(pressed)) return
    if (!release && isForBrowser(event as MouseEvent, pressed, pressedAt ?? { range: selectedRange() })) return
    event.preventDefault()
    // Android sends one for a long press too, which uni reports already.
    if (!release) fn({ currentTarget: pressed })
  }
  root.addEventListener('contextmenu', listener)
  return () => root.removeEventListener('contextmenu', listener)
  // #endif
  // #ifdef MP-WEIXIN
  return () => {}
  // #endif
}

/**
 * Calls `fn` with the element within `root` that matches `selector` when a mouse comes over it, and with undefined when the mouse leaves it. A finger does not
 * hover. The returned function stops that.
 */
export function onHover(root: unknown, selector: string, fn: (element: HTMLElement | undefined) => void): () => void {
  // #ifdef H5
  if (!(root instanceof Element)) return () => {}
  const over = (event: Event) => {
    const { pointerType, target } = event as PointerEvent
    if (pointerType === 'mouse' && target instanceof Element) fn(target.closest<HTMLElement>(selector) ?? undefined)
  }
  const leave = () => fn(undefined)
  root.addEventListener('pointerover', over)
  root.addEventListener('pointerleave', leave)
  return () => {
    root.removeEventListener('pointerover', over)
    root.removeEventListener('pointerleave', leave)
  }
  // #endif
  // #ifdef MP-WEIXIN
  return () => {}
  // #endif
}

/** Whether the user can select a part of a text where it is, without a long press: with a mouse. */
export function selectsInPlace(): boolean {
  // #ifdef H5
  return window.matchMedia('(hover: hover) and (pointer: fine)').matches
  // #endif
  // #ifdef MP-WEIXIN
  return false
  // #endif
}

// #ifdef H5
/** Whether a finger is on the screen. */
export function isFingerDown(): boolean {
  return release !== undefined
}

/**
 * Listens in the capture phase until the returned function is called. Browsers of before 2021 (Safari 14, Chromium 89) ignore the option `signal` of
 * addEventListener, so a listener with a signal would stay.
 */
function listen(target: EventTarget, types: readonly string[], listener: (event: Event) => void): () => void {
  for (const type of types) target.addEventListener(type, listener, { capture: true, passive: type !== 'click' })
  return () => types.forEach((type) => target.removeEventListener(type, listener, { capture: true }))
}

/** Elements with their own entries in the browser's menu. */
const WITH_OWN_MENU = 'a[href], img, uni-image, video, input, textarea'

/** The selection when a mouse button went down: on macOS the second button selects a word before it opens a menu. */
let selectionAtPress: { readonly range: Range | undefined } | undefined

window.addEventListener('mousedown', () => (selectionAtPress = { range: selectedRange() }), { capture: true, passive: true })

function isForBrowser({ shiftKey, target }: MouseEvent, pressed: Element, { range }: { readonly range: Range | undefined }): boolean {
  const own = target instanceof Element ? target.closest(WITH_OWN_MENU) : null
  return shiftKey || (own !== null && pressed.contains(own)) || (range !== undefined && hasTextIn(range, pressed))
}

function selectedRange(): Range | undefined {
  const selection = document.getSelection()
  return selection && selection.rangeCount > 0 && !selection.isCollapsed ? selection.getRangeAt(0).cloneRange() : undefined
}

/** A range that only ends at the element's start, like that of a triple click, has no text of it. */
function hasTextIn(range: Range, element: Element): boolean {
  if (!range.intersectsNode(element)) return false
  const part = document.createRange()
  part.selectNodeContents(element)
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset)
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset)
  return part.toString() !== ''
}

/** Resolves when the finger is lifted. */
let release: Promise<void> | undefined

/** Where the finger went down. Undefined once it has moved. */
let pressedAt: { readonly x: number; readonly y: number } | undefined

window.addEventListener(
  'touchmove',
  ({ touches }) => {
    const finger = touches[0]
    if (!finger || !pressedAt) return
    if (Math.max(Math.abs(finger.clientX - pressedAt.x), Math.abs(finger.clientY - pressedAt.y)) > STILL_WITHIN_PX) pressedAt = undefined
  },
  { capture: true, passive: true },
)
window.addEventListener('longpress', (event) => !pressedAt && event.stopPropagation(), { capture: true })
window.addEventListener(
  'touchstart',
  ({ target, touches }) => {
    const finger = touches[0]
    pressedAt = touches.length === 1 && finger ? { x: finger.clientX, y: finger.clientY } : undefined
    if (!target || touches.length > 1) return
    release = new Promise((resolve) => {
      // On the element itself: one that has left the page no longer sends events to the window.
      const stop = listen(target, ['touchend', 'touchcancel'], () => {
        stop()
        release = undefined
        resolve()
      })
    })
  },
  { capture: true, passive: true },
)
// #endif
