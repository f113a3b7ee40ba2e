/** WeChat's dialogs, drawn: question, action sheet, toast and loading box. */
import type { Dialog, DialogAnswer } from '../drive/driver'

export interface Toast {
  readonly title: string
  /** 'success', 'error', 'loading' or 'none'. */
  readonly icon: string
  /** How long it is shown, in ms. A loading box stays until it is hidden. */
  readonly duration?: number
}

const TICK = '<svg viewBox="0 0 40 40" width="40" height="40"><path d="M8 21l8 8 17-18" fill="none" stroke="currentColor" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>'
const CROSS = '<svg viewBox="0 0 40 40" width="40" height="40"><circle cx="20" cy="20" r="15" fill="none" stroke="currentColor" stroke-width="3"/><path d="M20 12v10M20 26.5v1" stroke="currentColor" stroke-width="3.2" stroke-linecap="round"/></svg>'
/** WeChat draws a text without an icon in two lines at most, one with an icon in one line. */
const ICONS: Readonly<Record<string, string>> = { success: TICK, error: CROSS, loading: '<i class="phone-spinner"></i>' }

/** A question or an action sheet over a dimmed page. A touch answers it. `language` is WeChat's. */
export function drawQuestion(dialog: Dialog, language: string, answer: (answer: DialogAnswer) => void): HTMLElement {
  const mask = element('div', 'phone-mask')
  ignoreEarlierTouch(mask)
  mask.append(dialog.kind === 'actionSheet' ? actionSheet(dialog, language, answer) : modal(dialog, answer))
  // A touch outside closes an action sheet, but not WeChat's question.
  if (dialog.kind === 'actionSheet') mask.addEventListener('click', (event) => event.target === mask && answer('cancel'))
  return mask
}

/** The touch that opened a dialog, such as a long press, must not choose an option in it when the finger is lifted. */
function ignoreEarlierTouch(mask: HTMLElement): void {
  let isTouched = false
  mask.addEventListener('pointerdown', () => (isTouched = true), { capture: true })
  // A click by keyboard has no touch, and its detail is 0.
  mask.addEventListener('click', (event) => !isTouched && event.detail > 0 && event.stopImmediatePropagation(), { capture: true })
}

export function drawToast({ title, icon }: Toast): HTMLElement {
  const box = element('div', `phone-toast is-${icon in ICONS ? icon : 'none'}`)
  box.setAttribute('role', 'status')
  const picture = element('div', 'phone-toast-icon')
  picture.innerHTML = ICONS[icon] ?? ''
  box.append(...(icon in ICONS ? [picture] : []), element('span', '', title))
  return box
}

function modal({ options }: Dialog, answer: (answer: DialogAnswer) => void): HTMLElement {
  const { title = '', content = '', cancelText = '取消', confirmText = '确定', showCancel = true, cancelColor, confirmColor } = options as Record<string, string>
  const box = element('div', 'phone-modal')
  box.setAttribute('role', 'alertdialog')
  box.setAttribute('aria-label', title || content)
  // Without a title the text takes its place, as in WeChat.
  box.append(...(title ? [element('div', 'phone-modal-title', title)] : []), element('div', title ? 'phone-modal-text' : 'phone-modal-title is-plain', content))
  const buttons = element('div', 'phone-buttons')
  if (showCancel) buttons.append(button(cancelText, '', () => answer('cancel'), cancelColor))
  buttons.append(button(confirmText, 'is-confirm', () => answer('confirm'), confirmColor))
  box.append(buttons)
  return box
}

function actionSheet({ options }: Dialog, language: string, answer: (answer: DialogAnswer) => void): HTMLElement {
  const { itemList = [], itemColor, alertText } = options as { itemList?: string[]; itemColor?: string; alertText?: string }
  const box = element('div', 'phone-sheet')
  box.setAttribute('role', 'dialog')
  box.setAttribute('aria-label', itemList.join(', '))
  if (alertText) box.append(element('div', 'phone-sheet-title', alertText))
  box.append(...itemList.map((item, index) => button(item, '', () => answer(index), itemColor)))
  box.append(button(language.startsWith('zh') ? '取消' : 'Cancel', 'is-cancel', () => answer('cancel')))
  return box
}

function button(text: string, className: string, press: () => void, colour?: string): HTMLElement {
  const drawn = element('div', `phone-button ${className}`, text)
  drawn.setAttribute('role', 'button')
  if (colour) drawn.style.color = colour
  drawn.addEventListener('click', press)
  return drawn
}

export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className = '', text = ''): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag)
  created.className = className
  created.textContent = text
  return created
}
