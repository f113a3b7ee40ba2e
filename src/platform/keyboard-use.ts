/**
 * Keyboard use on H5. Roles, `tabindex` and `aria-…` come from the markup (scripts/vite/accessibility.ts). This maps keys to what a finger does: Enter and
 * Space press, the menu key opens the menu of a long press, arrow keys move between messages and inside a list of options. The mini program needs none of it,
 * because screen readers there send taps.
 */
// #ifdef H5
import { clock } from '@/src/chat/time/clock'
import { holdDialogs } from './dialogs'

/** Handles the keys of this page and of its dialogs. Call it once. */
export function followKeys(): void {
  window.addEventListener('keydown', keyDown)
  holdDialogs((items) => (items ? holdSheet(items) : holdModal()))
}

/**
 * uni gives its dialog no role, and leaves the focus on the page behind it. Escape cancels, Enter confirms unless another button has the focus. Returns a
 * function that restores the focus.
 */
function holdModal(): () => void {
  const modal = document.querySelector<HTMLElement>('div.uni-modal')
  if (!modal) return () => {}
  mark(modal, { role: 'alertdialog', 'aria-modal': 'true', 'aria-label': modal.querySelector('.uni-modal__title')?.textContent ?? '', tabindex: '-1' })
  modal.querySelectorAll('.uni-modal__btn').forEach((button) => mark(button, { role: 'button', tabindex: '0' }))
  return holdFocus(modal)
}

/** The same for its action sheet, whose first item gets the focus. Escape closes it. */
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
 * Moves the focus to `first`, or to `dialog` itself, and keeps the Tab and arrow keys inside `dialog`. The returned function ends that and restores the
 * focus.
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

const PRESSED = new Set(['button', 'tab', 'link', 'switch', 'menuitem', 'option'])

function keyDown(event: KeyboardEvent): void {
  const { key, target } = event
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return
  if (key === 'Enter' || key === ' ') press(event, target)
  else if (key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) openMenu(event, target)
  else if (key.startsWith('Arrow')) step(event, target)
}

function press(event: KeyboardEvent, at: HTMLElement): void {
  const role = at.getAttribute('role') ?? (event.key === 'Enter' && at.matches('a[href]') ? 'link' : '')
  if (role === 'article') return openMenu(event, at)
  if (!PRESSED.has(role)) return
  take(event)
  if (event.repeat) return
  const message = at.closest<HTMLElement>('[role="article"]')
  at.click()
  // A button that disappears when pressed passes the focus to its message.
  clock.after(0, () => !at.isConnected && message?.focus({ preventScroll: true }))
}

/** The message or conversation whose long press opens a menu. */
function openMenu(event: KeyboardEvent, at: HTMLElement): void {
  if (!at.hasAttribute('role')) return
  take(event)
  if (!event.repeat) at.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))
}

function step(event: KeyboardEvent, at: HTMLElement): void {
  const list = at.closest('[role="log"], [role="listbox"]')
  if (list?.getAttribute('role') === 'listbox') stepBetweenOptions(event, at, list)
  else if (list && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) stepBetweenMessages(event, at, list)
}

/** Moves between the options of a list in rows; from the list itself to the first one. */
function stepBetweenOptions(event: KeyboardEvent, at: HTMLElement, list: Element): void {
  const options = Array.from(list.querySelectorAll<HTMLElement>('[role="option"]'))
  const top = options[0]?.offsetTop
  const columns = options.filter(({ offsetTop }) => offsetTop === top).length
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key] ?? 0
  const current = options.indexOf(at)
  event.preventDefault()
  options[current < 0 ? 0 : current + by]?.focus()
}

/** Moves between messages; from the list itself to the last visible message. At the ends the list scrolls, and loads more. */
function stepBetweenMessages(event: KeyboardEvent, at: HTMLElement, log: Element): void {
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

/** The key is handled: it must not scroll, nor reach a dialog that it opened when it is released. */
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
