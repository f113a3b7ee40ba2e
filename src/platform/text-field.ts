/**
 * The native field inside uni's on H5. uni reports input up to 100 ms late, by the device's clock, which may be set back. It submits on every Enter, even if
 * that belongs to an input method. It sets a value 100 ms late, or not at all if a key comes in between. So on H5 this follows, reads and sets the field
 * itself. The mini program's own fields do all of this.
 */
// #ifdef H5
import { editField } from './ask'
// #endif

export interface FieldRules {
  /** The `data-field` of the field, by which it is found. */
  readonly name: string
  /** Whether it is an id or a token, which the keyboard must not change. */
  readonly isLiteral: boolean
  /** Whether the field may hold `text` after `before`. Other input is rejected. */
  readonly fits: (text: string, before: string) => boolean
  /** Whether `text` has right-to-left characters. */
  readonly hasRightToLeft: (text: string) => boolean
}

export interface FieldEvents {
  /** Each change, with the field's whole text. */
  input(text: string, isComposing: boolean): void
  /** Enter, unless it belongs to an input method; in a text area without Shift. Returns whether it submits. Otherwise it breaks the line. */
  enter(withCommand: boolean): boolean
  /** The up arrow, in an empty field. */
  up(): void
  /** A paste was too long, so the field is unchanged. */
  refused(): void
}

export interface NativeField {
  /** Follows the field inside `root`, if it exists and is not followed yet. */
  follow(root: unknown): void
  /** The field's whole text. Undefined if it is not followed. */
  text(): string | undefined
  /** Sets the text without an event to {@link FieldEvents}. Only for a followed field. */
  set(text: string): void
  /** The text before the caret, or before the selection. Only for a followed field. */
  before(): string
  /** Puts `text` in the place of the selection and of `replacing` UTF-16 units before it, as typing does: it can be undone. Only for a followed field. */
  insert(text: string, replacing: number): void
  /** Deletes the selection, or from where `startOf` says that the character before the caret begins. It can be undone. Only for a followed field. */
  erase(startOf: (text: string, end: number) => number): void
  /** Closes the on-screen keyboard. With a mouse the field keeps the focus. */
  leave(): void
  /** Focuses it, which opens the keyboard of a phone: only where the user has just asked to write. */
  focus(): void
  /** Focuses it if that does not open an on-screen keyboard: with a mouse, in a wide window. */
  focusAtDesk(): void
}

/** A desktop window: wide, and with a mouse. */
const DESK = '(min-width: 1024px) and (pointer: fine) and (hover: hover)'

/** Whether a field that gets the focus opens an on-screen keyboard. */
export function opensKeyboard(): boolean {
  // #ifdef H5
  return matchMedia('(pointer: coarse)').matches
  // #endif
  // #ifdef MP-WEIXIN
  return true
  // #endif
}

/** A field of H5. Undefined if the platform needs no help. */
export function nativeField(rules: FieldRules, on: FieldEvents): NativeField | undefined {
  // #ifdef H5
  return followedField(rules, on)
  // #endif
  // #ifdef MP-WEIXIN
  return undefined
  // #endif
}

// #ifdef H5
type Field = HTMLInputElement | HTMLTextAreaElement

/**
 * From this many UTF-16 units on, a text with right-to-left letters is set in a single font. Ours have no Hebrew or Arabic, so each word is in another font
 * than the space after it, and Chromium's cost per key grows with the square of these changes: it reached a second.
 */
const ONE_FONT_FROM = 4_000

function followedField({ name, isLiteral, fits, hasRightToLeft }: FieldRules, on: FieldEvents): NativeField {
  let field: Field | undefined
  let held = ''
  let isComposing = false
  let isSetting = false

  function follow(root: unknown): void {
    const host = root instanceof Element ? root.querySelector(`[data-field="${name}"]`) : null
    const found = host?.querySelector<Field>('input, textarea')
    if (!(root instanceof Element) || !host || !found || found === field) return
    if (!field) root.addEventListener('mousedown', keepFocus)
    field = found
    hold(found, found.value)
    isComposing = false
    if (isLiteral) for (const [attribute, value] of LITERAL) found.setAttribute(attribute, value)
    // uni puts the name of a field on the element around it.
    const tellName = () => found.setAttribute('aria-label', host.getAttribute('aria-label') ?? '')
    new MutationObserver(tellName).observe(host, { attributeFilter: ['aria-label'] })
    tellName()
    // In the capture phase, before uni's own listeners on the field.
    const listen = <T extends Event>(type: string, fn: (event: T, at: Field) => void) => host.addEventListener(type, (event) => fn(event as T, found), { capture: true })
    listen('compositionstart', () => {
      isComposing = true
    })
    listen('compositionend', () => {
      isComposing = false
      changed(found)
    })
    listen('beforeinput', beforeInput)
    listen('input', (_event, at) => changed(at))
    listen('keydown', keyDown)
    listen('keyup', endOfEnter)
  }

  /** Input that is rejected before it is inserted changes neither the caret nor the undo history. */
  function beforeInput(event: InputEvent, { value, selectionStart, selectionEnd }: Field): void {
    const added = event.data ?? event.dataTransfer?.getData('text/plain') ?? ''
    // A single key is checked after it was inserted.
    if (added.length < 2 || fits(value.slice(0, selectionStart ?? 0) + added + value.slice(selectionEnd ?? 0), value)) return
    event.preventDefault()
    on.refused()
  }

  function changed(at: Field): void {
    if (isSetting) return
    const isRefused = !fits(at.value, held)
    if (isRefused) at.value = held
    hold(at, at.value)
    on.input(held, isComposing)
    if (isRefused) on.refused()
  }

  /** Records that the field now holds `text`. */
  function hold(at: Field, text: string): void {
    held = text
    // Detecting the direction of each paragraph doubles Chromium's cost per key in a long text (`unicode-bidi: plaintext`).
    const isMixed = hasRightToLeft(text)
    at.toggleAttribute('data-left-to-right', text !== '' && !isMixed)
    at.toggleAttribute('data-one-font', isMixed && text.length > ONE_FONT_FROM)
  }

  function keyDown(event: KeyboardEvent, at: Field): void {
    if (event.key === 'ArrowUp' && at.value === '' && !isComposing && !event.isComposing && !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)) on.up()
    if (!isEnter(event)) return
    event.stopPropagation()
    // Otherwise releasing the key would confirm a dialog that the submit opens, which has the focus by then.
    window.addEventListener('keyup', endOfEnter, { capture: true })
    const isLines = at instanceof HTMLTextAreaElement
    // Safari ends a composition before the key that ended it, which has this code.
    if ((isLines && event.shiftKey) || isComposing || event.isComposing || event.keyCode === 229) return
    if (!on.enter(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    // After a submit in a one-line field, the result is under the keyboard of a phone.
    if (!isLines && opensKeyboard()) at.blur()
  }

  /** A press on a button that acts on the field (`data-holds`) must not take its focus, nor close a phone's keyboard. */
  function keepFocus(event: Event): void {
    const pressed = event.target instanceof Element && event.target.closest(`[data-holds="${name}"]`)
    if (!field || !pressed || document.activeElement !== field) return
    event.preventDefault()
    if (!isComposing) return
    // Makes the input method commit its text.
    field.blur()
    field.focus()
  }

  /**
   * Edits the field as a key does. An on-screen keyboard would open with the focus, so there a field without the focus is changed without the browser's
   * history, which cannot be used there either.
   */
  function edit(at: Field, command: 'insertText' | 'delete', text: string): void {
    const before = document.activeElement
    if (before === at || !opensKeyboard()) {
      at.focus({ preventScroll: true })
      const { ok } = editField(command, text)
      if (before !== at && before instanceof HTMLElement) before.focus({ preventScroll: true })
      if (ok) return
    }
    at.setRangeText(text, at.selectionStart ?? at.value.length, at.selectionEnd ?? at.value.length, 'end')
    at.dispatchEvent(new Event('input', { bubbles: true }))
  }

  return {
    follow,
    text: () => field?.value,
    before: () => field?.value.slice(0, field.selectionStart ?? field.value.length) ?? '',
    insert(text, replacing) {
      if (field && replacing > 0) field.setSelectionRange((field.selectionStart ?? field.value.length) - replacing, field.selectionEnd)
      if (field) edit(field, 'insertText', text)
    },
    erase(startOf) {
      if (!field) return
      const { value, selectionStart, selectionEnd } = field
      if (selectionStart === selectionEnd) field.setSelectionRange(startOf(value, selectionEnd ?? value.length), selectionEnd)
      if (field.selectionStart !== field.selectionEnd) edit(field, 'delete', '')
    },
    leave() {
      if (opensKeyboard()) field?.blur()
    },
    set(text) {
      if (!field) return
      field.value = text
      hold(field, text)
      isSetting = true
      // For uni's own state, its placeholder and its height.
      field.dispatchEvent(new Event('input', { bubbles: true }))
      isSetting = false
    },
    focus() {
      field?.focus({ preventScroll: true })
    },
    focusAtDesk() {
      if (matchMedia(DESK).matches) field?.focus({ preventScroll: true })
    },
  }
}

function endOfEnter(event: KeyboardEvent): void {
  if (!isEnter(event)) return
  event.stopPropagation()
  window.removeEventListener('keyup', endOfEnter, { capture: true })
}

/** The keyboard must not change an id: no capitals, no corrections. */
const LITERAL = [
  ['autocapitalize', 'off'],
  ['autocorrect', 'off'],
  ['spellcheck', 'false'],
] as const

function isEnter(event: KeyboardEvent): boolean {
  return event.key === 'Enter'
}
// #endif
