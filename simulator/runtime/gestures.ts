/** Taps and long presses from real touches. glass-easel knows the tap; a touch that rests becomes a longpress, which takes the tap's place where it is handled. */
import * as glassEasel from 'glass-easel'
import { handledEvents } from './events'
import type { ViewElement } from './dom'
import { isInert } from './view-element'

/** WeChat's 350 ms, and how far a finger may wander, in px. */
const LONG_PRESS_MS = 350
const MOVE_MAX = 10

/** Only touches come from the browser; input, scroll, focus, … are raised by the built-in components. */
export function installGestures(context: glassEasel.CurrentWindowBackendContext, root: HTMLElement): void {
  let longPressed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let start = { x: 0, y: 0 }

  const dispatch = (target: ViewElement, type: string, detail: unknown, options: glassEasel.EventOptions) => {
    if (isInert(target)) return undefined
    const event = new glassEasel.Event(type, detail, options)
    glassEasel.Event.dispatchEvent(target, event)
    return event.getEventBubbleStatus()
  }

  context.onEvent((target, type, detail, options) => {
    if (!/^(tap|touchstart|touchmove|touchend|touchcancel)$/.test(type)) return undefined
    if (type === 'tap' && longPressed) return undefined
    return dispatch(target, type, detail, options)
  })

  root.addEventListener('touchstart', (event) => {
    const touch = event.changedTouches[0]
    if (!touch) return
    longPressed = false
    start = { x: touch.clientX, y: touch.clientY }
    clearTimeout(timer)
    timer = setTimeout(() => {
      const target = elementAt(event.target)
      if (!target) return
      const before = handledEvents()
      dispatch(target, 'longpress', start, { bubbles: true, composed: true, capturePhase: true, originalEvent: event })
      longPressed = handledEvents() > before
    }, LONG_PRESS_MS)
  }, { capture: true })
  root.addEventListener('touchmove', (event) => {
    const touch = event.changedTouches[0]
    if (touch && Math.hypot(touch.clientX - start.x, touch.clientY - start.y) > MOVE_MAX) clearTimeout(timer)
  }, { capture: true })
  for (const type of ['touchend', 'touchcancel'] as const) root.addEventListener(type, () => clearTimeout(timer), { capture: true })
}

function elementAt(target: EventTarget | null): ViewElement | undefined {
  for (let dom = target as (Node & { __wxElement?: ViewElement }) | null; dom; dom = dom.parentNode) if (dom.__wxElement) return dom.__wxElement
  return undefined
}
