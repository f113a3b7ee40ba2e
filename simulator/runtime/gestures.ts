/**
 * Makes taps and long presses of real touches. glass-easel recognises taps. A touch that rests becomes a longpress, which replaces the tap if it has a
 * handler.
 */
import * as glassEasel from 'glass-easel'
import { handledEvents } from './events'
import type { ViewElement } from './dom'
import { isInert, propertyOf } from './view-element'

/** WeChat's 350 ms, and how far a finger may move, in px. */
const LONG_PRESS_MS = 350
const MOVE_MAX = 10
/** How long after a touch `hover-class` appears, and how long it stays, ms. */
const HOVER_AFTER_MS = 50
const HOVER_STAY_MS = 400

const waiting = new Set<() => void>()

/** Resolves when the next touch has rested long enough for a long press. */
export const nextLongPress = (): Promise<void> => new Promise((resolve) => waiting.add(resolve))

/** The browser provides touches only. The built-in components raise input, scroll, focus and the rest. */
export function installGestures(context: glassEasel.CurrentWindowBackendContext, root: HTMLElement): void {
  let longPressed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let start = { x: 0, y: 0 }

  let hovered: (() => void) | undefined
  let hoverTimer: ReturnType<typeof setTimeout> | undefined
  const endHover = (stayMs: number) => {
    clearTimeout(hoverTimer)
    const end = hovered
    hovered = undefined
    if (end) setTimeout(end, stayMs)
  }

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
    endHover(0)
    hoverTimer = setTimeout(() => {
      hovered = hover(elementAt(event.target))
    }, HOVER_AFTER_MS)
    timer = setTimeout(() => {
      for (const resolve of waiting) resolve()
      waiting.clear()
      const target = elementAt(event.target)
      if (!target) return
      const before = handledEvents()
      dispatch(target, 'longpress', start, { bubbles: true, composed: true, capturePhase: true, originalEvent: event })
      longPressed = handledEvents() > before
    }, LONG_PRESS_MS)
  }, { capture: true })
  root.addEventListener('touchmove', (event) => {
    const touch = event.changedTouches[0]
    if (!touch || Math.hypot(touch.clientX - start.x, touch.clientY - start.y) <= MOVE_MAX) return
    clearTimeout(timer)
    endHover(0)
  }, { capture: true })
  for (const type of ['touchend', 'touchcancel'] as const) root.addEventListener(type, () => {
    clearTimeout(timer)
    endHover(HOVER_STAY_MS)
  }, { capture: true })
}

/** Adds the `hover-class` to the touched element or its nearest ancestor that has one. Returns a function that removes it. */
function hover(element: ViewElement | undefined): (() => void) | undefined {
  for (let at: ViewElement | null = element ?? null; at; at = at.getComposedParent()) {
    const name = propertyOf(at, 'hoverClass') ?? at.getAttribute('hover-class')
    if (typeof name !== 'string' || name === '' || name === 'none') continue
    const { classList } = at
    classList?.toggle(name, true)
    return () => classList?.toggle(name, false)
  }
  return undefined
}

function elementAt(target: EventTarget | null): ViewElement | undefined {
  for (let dom = target as (Node & { __wxElement?: ViewElement }) | null; dom; dom = dom.parentNode) if (dom.__wxElement) return dom.__wxElement
  return undefined
}
