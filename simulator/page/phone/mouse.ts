/** The mouse as a finger: a click taps, holding is a long press, dragging scrolls. */

/** A press that moves farther than this becomes a drag. px */
const DRAG_FROM = 6
/** The share of a fling's speed that is left after a millisecond. */
const FRICTION = 0.996
/** A fling slower than this stops. px per ms */
const STILL = 0.03

interface Press {
  readonly target: Element
  readonly scroller: Element | undefined
  readonly start: { readonly x: number; readonly y: number }
  last: { x: number; y: number; at: number }
  isDrag: boolean
  /** px per ms, downwards. */
  speed: number
}

export function installMouse(root: HTMLElement): void {
  let press: Press | undefined
  let fling = 0
  let wasDrag = false

  window.addEventListener('pointerdown', (event) => {
    cancelAnimationFrame(fling)
    wasDrag = false
    const target = event.target
    if (event.pointerType !== 'mouse' || event.button !== 0 || !(target instanceof Element) || !root.contains(target)) return
    press = {
      target,
      scroller: scrollerOf(target, root),
      start: { x: event.clientX, y: event.clientY },
      last: { x: event.clientX, y: event.clientY, at: event.timeStamp },
      isDrag: false,
      speed: 0,
    }
    touch('touchstart', press, event)
  }, { capture: true })

  window.addEventListener('pointermove', (event) => {
    if (!press || event.pointerType !== 'mouse') return
    touch('touchmove', press, event)
    // In a field a drag selects text.
    if (!press.isDrag && !press.target.closest('input, textarea')) press.isDrag = Math.hypot(event.clientX - press.start.x, event.clientY - press.start.y) > DRAG_FROM
    const { last } = press
    if (press.isDrag) {
      press.scroller?.scrollBy({ left: last.x - event.clientX, top: last.y - event.clientY, behavior: 'instant' })
      press.speed = (last.y - event.clientY) / Math.max(1, event.timeStamp - last.at)
    }
    press.last = { x: event.clientX, y: event.clientY, at: event.timeStamp }
  })

  const release = (event: PointerEvent) => {
    if (!press || event.pointerType !== 'mouse') return
    touch(event.type === 'pointercancel' ? 'touchcancel' : 'touchend', press, event)
    wasDrag = press.isDrag
    const { scroller, speed, last } = press
    if (wasDrag && scroller && event.timeStamp - last.at < 50) fling = roll(scroller, speed, (frame) => (fling = frame))
    press = undefined
  }
  window.addEventListener('pointerup', release)
  window.addEventListener('pointercancel', release)

  // A drag does not end in a click.
  window.addEventListener('click', (event) => wasDrag && event.stopPropagation(), { capture: true })
  root.addEventListener('contextmenu', (event) => event.preventDefault())
  root.addEventListener('dragstart', (event) => event.preventDefault())
}

function touch(type: string, { target }: Press, event: PointerEvent): void {
  const point = new Touch({ identifier: 1, target, clientX: event.clientX, clientY: event.clientY, pageX: event.pageX, pageY: event.pageY, screenX: event.screenX, screenY: event.screenY })
  const touches = type === 'touchend' || type === 'touchcancel' ? [] : [point]
  target.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, composed: true, touches, targetTouches: touches, changedTouches: [point] }))
}

/** The scroll container under the finger. */
function scrollerOf(target: Element, root: Element): Element | undefined {
  for (let at: Element | null = target; at && at !== root; at = at.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(at)
    const scrolls = (overflow: string, inner: number, outer: number) => /auto|scroll/.test(overflow) && inner > outer
    if (scrolls(overflowY, at.scrollHeight, at.clientHeight) || scrolls(overflowX, at.scrollWidth, at.clientWidth)) return at
  }
  return undefined
}

/** Lets a list roll on after a fling. */
function roll(scroller: Element, speed: number, next: (frame: number) => void): number {
  let last = performance.now()
  const step = (now: number) => {
    const elapsed = now - last
    last = now
    speed *= FRICTION ** elapsed
    scroller.scrollBy({ top: speed * elapsed, behavior: 'instant' })
    if (Math.abs(speed) > STILL) next(requestAnimationFrame(step))
  }
  return requestAnimationFrame(step)
}
