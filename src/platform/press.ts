/**
 * A press that opens a menu, on H5. uni tells of a long press while the finger is still down: what then slides under the
 * finger is tapped by lifting it. It also tells of one while a list is scrolled, whose movements do not come to it. And a mouse
 * has no long press, but another button. The mini program needs nothing of this.
 */
import { clock } from '@/src/chat/time/clock'

/** The click that a browser makes of a lifted finger comes within this time, ms. */
const CLICK_WITHIN_MS = 400
/** A finger that moves by more does not press, px; as uni has it. */
const STILL_WITHIN_PX = 10

/** Settles once no finger is down; the click that comes of lifting it goes nowhere. */
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
    // the next touch is meant
    listen(window, ['touchstart'], () => stop()),
    clock.after(CLICK_WITHIN_MS, () => stop()),
  ]
  const stop = () => stops.forEach((each) => each())
  // #endif
}

/**
 * Calls `fn` when the element within `root` that matches `selector`, or `root` itself, is clicked with the other button, in
 * place of the browser's menu. That comes all the same for text of the element that is selected, for a link or a picture, and with
 * Shift. The function it returns stops that.
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
    // Android makes one of a long press too, which uni tells of by itself
    if (!release) fn({ currentTarget: pressed })
  }
  root.addEventListener('contextmenu', listener)
  return () => root.removeEventListener('contextmenu', listener)
  // #endif
  // #ifdef MP-WEIXIN
  return () => {}
  // #endif
}

// #ifdef H5
/**
 * Listens on the way down, until the function it returns is called. Browsers of before 2021 (Safari 14, Chromium 89) know no `signal`
 * of addEventListener: a listener that only a signal would remove stays there.
 */
function listen(target: EventTarget, types: readonly string[], listener: (event: Event) => void): () => void {
  for (const type of types) target.addEventListener(type, listener, { capture: true, passive: type !== 'click' })
  return () => types.forEach((type) => target.removeEventListener(type, listener, { capture: true }))
}

/** What a link, a picture or a field has of its own in the browser's menu. */
const WITH_OWN_MENU = 'a[href], img, uni-image, video, input, textarea'

/** What was selected when a button of the mouse went down: on macOS the other button selects a word before it opens a menu. */
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

/** A range that only ends where the element begins, as that of a triple click, has no text of it. */
function hasTextIn(range: Range, element: Element): boolean {
  if (!range.intersectsNode(element)) return false
  const part = document.createRange()
  part.selectNodeContents(element)
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset)
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset)
  return part.toString() !== ''
}

/** Settles when the finger that is down is lifted. */
let release: Promise<void> | undefined

/** Where the finger came down; undefined once it has moved. */
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
      // at the element itself: one that has left the page no longer tells the window
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
