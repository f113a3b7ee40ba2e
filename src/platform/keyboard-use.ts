/**
 * H5 by keyboard. Roles, `tabindex` and `aria-…` come from the markup (scripts/vite/accessibility.ts); this does at a key what a finger
 * does: Enter and Space press, the menu key opens the menu of a long press, arrow keys go from message to message. The mini program
 * needs none of it: a screen reader there sends taps.
 */
// #ifdef H5
import { clock } from '@/src/chat/time/clock'
import { holdDialogs } from './dialogs'

/** Follows the keys of this page, and gives its dialogs to them. Call it once. */
export function followKeys(): void {
  window.addEventListener('keydown', keyDown)
  holdDialogs((items) => (items ? holdSheet(items) : holdModal()))
}

/**
 * uni gives its dialog no role, and leaves the focus on the page behind it. Escape says no, Enter yes unless another button has the
 * focus. Returns what gives the focus back.
 */
function holdModal(): () => void {
  const modal = document.querySelector<HTMLElement>('div.uni-modal')
  if (!modal) return () => {}
  mark(modal, { role: 'alertdialog', 'aria-modal': 'true', 'aria-label': modal.querySelector('.uni-modal__title')?.textContent ?? '', tabindex: '-1' })
  modal.querySelectorAll('.uni-modal__btn').forEach((button) => mark(button, { role: 'button', tabindex: '0' }))
  return holdFocus(modal)
}

/** The same for its sheet of actions, whose first item takes the focus. Escape closes it. */
function holdSheet(items: readonly string[]): () => void {
  const sheet = document.querySelector<HTMLElement>('div.uni-actionsheet')
  if (!sheet) return () => {}
  mark(sheet, { role: 'dialog', 'aria-modal': 'true', 'aria-label': items.join(', ') })
  sheet.querySelectorAll('.uni-actionsheet__cell').forEach((item) => mark(item, { role: 'button', tabindex: '0' }))
  return holdFocus(sheet, sheet.querySelector<HTMLElement>('.uni-actionsheet__cell') ?? sheet)
}

function mark(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
}

/**
 * Gives the focus to `first`, or to `dialog` itself, and keeps the Tab and arrow keys within `dialog`. The function it returns ends that
 * and gives the focus back to what had it.
 */
function holdFocus(dialog: HTMLElement, first: HTMLElement = dialog): () => void {
  const before = document.activeElement
  first.focus({ preventScroll: true })
  const move = (event: KeyboardEvent) => {
    const isBack = event.key === 'ArrowUp' || (event.key === 'Tab' && event.shiftKey)
    if (!isBack && event.key !== 'ArrowDown' && event.key !== 'Tab') return
    event.preventDefault()
    const stops = Array.from(dialog.querySelectorAll<HTMLElement>('[tabindex="0"]'))
    const at = stops.findIndex((stop) => stop === document.activeElement)
    const next = isBack ? (at <= 0 ? stops.length : at) - 1 : (at + 1) % stops.length
    stops[next]?.focus()
  }
  window.addEventListener('keydown', move, true)
  return () => {
    window.removeEventListener('keydown', move, true)
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  }
}

const PRESSED = new Set(['button', 'tab', 'link', 'switch'])

function keyDown(event: KeyboardEvent): void {
  const { key, target } = event
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return
  if (key === 'Enter' || key === ' ') press(event, target)
  else if (key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) openMenu(event, target)
  else if (key === 'ArrowUp' || key === 'ArrowDown') step(event, target)
}

function press(event: KeyboardEvent, at: HTMLElement): void {
  const role = at.getAttribute('role') ?? ''
  if (role === 'article') return openMenu(event, at)
  if (!PRESSED.has(role)) return
  take(event)
  if (event.repeat) return
  const message = at.closest<HTMLElement>('[role="article"]')
  at.click()
  // A button that goes when it is pressed leaves the focus to its message.
  clock.after(0, () => !at.isConnected && message?.focus({ preventScroll: true }))
}

/** A message, or a conversation of the list: what a long press of it opens. */
function openMenu(event: KeyboardEvent, at: HTMLElement): void {
  if (!at.hasAttribute('role')) return
  take(event)
  if (!event.repeat) at.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))
}

/** From message to message; from the list itself to the last message that is seen. At the ends the list scrolls, and draws more. */
function step(event: KeyboardEvent, at: HTMLElement): void {
  const log = at.closest('[role="log"]')
  if (!log) return
  const rows = Array.from(log.querySelectorAll<HTMLElement>('[role="article"]'))
  const current = rows.findIndex((row) => row.contains(at))
  const next = current < 0 ? lastSeen(rows, log) : current + (event.key === 'ArrowUp' ? -1 : 1)
  const row = rows[next]
  if (!row) return
  event.preventDefault()
  row.focus()
}

function lastSeen(rows: readonly HTMLElement[], log: Element): number {
  const bottom = log.closest('uni-scroll-view')?.getBoundingClientRect().bottom ?? innerHeight
  return rows.reduce((last, row, index) => (row.getBoundingClientRect().top < bottom ? index : last), 0)
}

/** The key is used: it scrolls nothing, and lifted it says nothing to a dialog that it opened. */
function take(event: KeyboardEvent): void {
  event.preventDefault()
  const { key } = event
  const lifted = (up: KeyboardEvent) => {
    if (up.key !== key) return
    up.stopPropagation()
    window.removeEventListener('keyup', lifted, { capture: true })
  }
  if (!event.repeat) window.addEventListener('keyup', lifted, { capture: true })
}
// #endif
