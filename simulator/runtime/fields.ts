/**
 * <input> and <textarea>. A field owns its text: typing changes it and notifies the app. The app changes it only by setting `value` to something other than
 * its last value, so setting '' after '' clears nothing, as on a phone.
 */
import type * as glassEasel from 'glass-easel'
import { domOf } from './dom'
import { tellProgram } from './view-messages'

/** WeChat's built-in component, seen from inside. */
export interface BuiltinComponent {
  readonly _$: glassEasel.GeneralComponent
  readonly data: Record<string, unknown>
  triggerEvent(name: string, detail: unknown, options?: Record<string, boolean>): void
}

type NativeField = HTMLInputElement | HTMLTextAreaElement

interface Field {
  readonly component: BuiltinComponent
  /** The last value that the app set. */
  given: string
  shown: string
  /** In UTF-16 units. */
  cursor: number
  native?: NativeField
  /** px. */
  height: number
}

const fields = new WeakMap<object, Field>()
/** The fields on the screen. */
const drawn = new Set<Field>()
let focused: Field | undefined
let keyboardHeight = 0

/** The text of the field, or undefined if the element is not a field. */
export function shownText(element: object): string | undefined {
  return fields.get(element)?.shown
}

export function isFocused(element: object): boolean {
  return focused !== undefined && fields.get(element) === focused
}

export function fieldDefinition(multiline: boolean): Record<string, unknown> {
  return {
    properties: {
      value: String,
      placeholder: String,
      type: String,
      password: Boolean,
      disabled: Boolean,
      focus: Boolean,
      autoFocus: Boolean,
      maxlength: { type: Number, value: 140 },
      confirmType: { type: String, value: multiline ? 'return' : 'done' },
      confirmHold: Boolean,
      holdKeyboard: Boolean,
      cursorSpacing: Number,
      adjustPosition: { type: Boolean, value: true },
      autoHeight: Boolean,
      showConfirmBar: Boolean,
      disableDefaultPadding: Boolean,
      fixed: Boolean,
      placeholderStyle: String,
      placeholderClass: String,
    },
    observers: {
      value(this: BuiltinComponent, value: string) {
        const field = fields.get(this._$)
        if (!field || field.given === value) return
        field.given = value
        show(field, value)
      },
      'placeholder, type, password, disabled, maxlength, autoHeight, placeholderStyle, placeholderClass'(this: BuiltinComponent) {
        const field = fields.get(this._$)
        if (field) applyAttributes(field)
      },
      focus(this: BuiltinComponent, wanted: boolean) {
        const field = fields.get(this._$)
        if (field && wanted) setTimeout(() => focusField(field))
      },
    },
    lifetimes: {
      attached(this: BuiltinComponent) {
        const field: Field = { component: this, given: '', shown: '', cursor: 0, native: nativeOf(this), height: 0 }
        fields.set(this._$, field)
        if (field.native) {
          drawn.add(field)
          listen(field, field.native, multiline)
        }
        applyAttributes(field)
        field.given = String(this.data['value'] ?? '')
        show(field, field.given)
        if (this.data['focus'] || this.data['autoFocus']) setTimeout(() => focusField(field))
      },
      detached(this: BuiltinComponent) {
        const field = fields.get(this._$)
        if (field) drawn.delete(field)
        if (focused?.component === this) focused = undefined
      },
    },
  }
}

/** Types without a browser: replaces the text, cut at `maxlength`. */
export function typeInto(element: object, text: string): void {
  const field = requireField(element)
  if (field.component.data['disabled'] === true) return
  focusField(field)
  const { maxlength } = field.component.data as { maxlength: number }
  const shown = maxlength < 0 ? text : text.slice(0, maxlength)
  if (shown === field.shown) return
  typed(field, shown, shown.length)
}

/** Presses the keyboard's own key without a browser. */
export function confirmField(element: object): void {
  const field = requireField(element)
  field.component.triggerEvent('confirm', { value: field.shown })
  if (field.component.data['confirmHold'] !== true && field.component.data['holdKeyboard'] !== true) blurField()
}

export function focusElement(element: object): void {
  const field = fields.get(element)
  if (field && field.component.data['disabled'] !== true) focusField(field)
}

/** A touch outside of a field closes the keyboard, unless the field has `hold-keyboard`. */
export function pressOutside(): void {
  if (!holdsKeyboard()) blurField()
}

/** In a browser, a press moves the focus away from a field with `hold-keyboard` only to another field. */
function keepHeldFocus(event: Event): void {
  if (holdsKeyboard() && event.target instanceof Element && !event.target.closest('input, textarea')) event.preventDefault()
}

/** Blurs the focused field. Returns whether there was one. */
export function blurField(): boolean {
  const field = focused
  if (!field) return false
  focused = undefined
  if (field.native && document.activeElement === field.native) field.native.blur()
  field.component.triggerEvent('blur', { value: field.shown, cursor: field.native?.selectionEnd ?? field.cursor })
  return true
}

/** Whether the focused field keeps the focus on touches elsewhere: `hold-keyboard`. */
function holdsKeyboard(): boolean {
  return focused?.component.data['holdKeyboard'] === true
}

/** Tells the focused field that the keyboard opened or closed. Returns how far WeChat pushes the page up, in px. */
export function keyboardChanged(height: number, pageBottom: number): number {
  keyboardHeight = height
  if (!focused) return 0
  focused.component.triggerEvent('keyboardheightchange', { height, duration: 0.25 })
  const { adjustPosition, cursorSpacing } = focused.component.data as { adjustPosition: boolean; cursorSpacing: number }
  if (!adjustPosition || height === 0 || !focused.native) return 0
  const hidden = focused.native.getBoundingClientRect().bottom + cursorSpacing - (pageBottom - height)
  return Math.min(height, Math.max(0, hidden))
}

function listen(field: Field, native: NativeField, multiline: boolean): void {
  // Added only once, however often this is called.
  document.addEventListener('mousedown', keepHeldFocus, true)
  native.addEventListener('input', () => typed(field, native.value, native.selectionStart ?? native.value.length))
  native.addEventListener('focus', () => focusField(field))
  native.addEventListener('blur', () => {
    if (focused === field) blurField()
  })
  native.addEventListener('keydown', (event) => {
    if ((event as KeyboardEvent).key !== 'Enter') return
    if (multiline && field.component.data['confirmType'] === 'return') return
    event.preventDefault()
    confirmField(field.component._$)
  })
}

function typed(field: Field, text: string, cursor: number): void {
  field.shown = text
  field.cursor = cursor
  tellProgram(() => field.component.triggerEvent('input', { value: text, cursor, keyCode: 0 }))
  resize(field)
}

function show(field: Field, text: string): void {
  field.shown = text
  field.cursor = text.length
  if (field.native && field.native.value !== text) field.native.value = text
  resize(field)
}

function focusField(field: Field): void {
  if (focused === field) return
  blurField()
  focused = field
  if (field.native && document.activeElement !== field.native) field.native.focus({ preventScroll: true })
  field.component.triggerEvent('focus', { value: field.shown, height: keyboardHeight })
}

function applyAttributes(field: Field): void {
  const { native } = field
  if (!native) return
  const { placeholder, type, password, disabled, maxlength } = field.component.data as Record<string, unknown>
  domOf(field.component._$)?.toggleAttribute('auto-height', field.component.data['autoHeight'] === true)
  native.placeholder = String(placeholder ?? '')
  native.disabled = disabled === true
  if (typeof maxlength === 'number' && maxlength >= 0) native.maxLength = maxlength
  else native.removeAttribute('maxlength')
  if (native instanceof HTMLInputElement) native.type = password === true ? 'password' : type === 'number' || type === 'digit' ? 'tel' : 'text'
  colourPlaceholder(field)
  resize(field)
}

/** Updates the placeholders' colours from their classes after a change of theme. */
export function colourPlaceholders(): void {
  for (const field of drawn) colourPlaceholder(field)
}

function colourPlaceholder({ native, component }: Field): void {
  const { placeholderStyle, placeholderClass } = component.data as Record<string, unknown>
  native?.style.setProperty('--placeholder', placeholderColour(native, String(placeholderClass || 'input-placeholder'), String(placeholderStyle ?? '')))
}

/** The colour of `placeholder-class` and `placeholder-style`; '' for none. A class of a component carries its scope as a prefix. */
function placeholderColour(native: NativeField, className: string, style: string): string {
  const field = native.parentElement
  if (!field) return ''
  const scopes = Array.from(field.classList, (name) => /^(c\d+--)/.exec(name)?.[1]).filter((scope) => scope !== undefined)
  const probe = document.createElement('span')
  probe.className = [className, ...scopes.map((scope) => scope + className)].join(' ')
  probe.setAttribute('style', style)
  field.append(probe)
  const inherited = getComputedStyle(field).color
  const own = getComputedStyle(probe).color
  probe.remove()
  return own === inherited ? '' : own
}

/** `auto-height`: as high as its text. */
function resize(field: Field): void {
  const { native, component } = field
  if (!native || component.data['autoHeight'] !== true) return
  native.style.height = '0'
  const height = native.scrollHeight
  native.style.height = `${height}px`
  if (height === field.height) return
  field.height = height
  component.triggerEvent('linechange', { height, lineCount: Math.max(1, Math.round(height / (parseFloat(getComputedStyle(native).lineHeight) || height))) })
}

function nativeOf(component: BuiltinComponent): NativeField | undefined {
  const inner = component._$.getShadowRoot()?.getElementById('n')
  return inner && (domOf(inner) as NativeField | undefined)
}

function requireField(element: object): Field {
  const field = fields.get(element)
  if (!field) throw new Error('not an input or a textarea')
  return field
}
