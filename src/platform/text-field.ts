/**
 * The native field behind uni's on H5. uni tells what was typed up to 100 ms late, by the device's clock, which may be set back;
 * submits on every Enter, also on one that belongs to an input method; and sets a value 100 ms after it was told to, or not at
 * all when a key comes in between. So on H5 the field itself is followed, read and set. The mini program's own fields do all of this.
 */
export interface FieldRules {
  /** The `data-field` of the field, by which it is found. */
  readonly name: string
  /** An id or a token, of which the keyboard changes nothing. */
  readonly isLiteral: boolean
  /** Whether the field may hold `text` after `before`. What it may not is refused. */
  readonly fits: (text: string, before: string) => boolean
  /** Whether anything in `text` is written from right to left. */
  readonly hasRightToLeft: (text: string) => boolean
}

export interface FieldEvents {
  /** Each change, with all that the field holds then. */
  input(text: string, isComposing: boolean): void
  /** Enter, but for one of an input method; in a text area without Shift. Returns whether it submits; otherwise it breaks the line. */
  enter(withCommand: boolean): boolean
  /** A paste was too long: the field holds what it held before. */
  refused(): void
}

export interface NativeField {
  /** Follows the field inside `root`, if it is there and not followed yet. */
  follow(root: unknown): void
  /** All that the field holds now; undefined where it is not followed. */
  text(): string | undefined
  /** Without an event to {@link FieldEvents}. Only for a field that is followed. */
  set(text: string): void
  /** Gives it the focus, where that opens no keyboard over the page: at a desk, in a wide window. */
  focusAtDesk(): void
}

/** A window of a desk: as wide as one, with a mouse. */
const DESK = '(min-width: 1024px) and (pointer: fine) and (hover: hover)'

/** A field of H5; undefined where the platform needs no help. */
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
 * From this many UTF-16 units on, a text with letters from right to left is in one font for all of it. Ours have no Hebrew or Arabic, so each
 * word is in another font than the space after it, and what a key costs Chromium grows with the square of these changes: it was a second.
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
    // uni leaves the name of a field on the element round it.
    const tellName = () => found.setAttribute('aria-label', host.getAttribute('aria-label') ?? '')
    new MutationObserver(tellName).observe(host, { attributeFilter: ['aria-label'] })
    tellName()
    // On the way down, before uni's own listeners at the field.
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

  /** What is not put in at all leaves the caret and the way back (undo) as they are. */
  function beforeInput(event: InputEvent, { value, selectionStart, selectionEnd }: Field): void {
    const added = event.data ?? event.dataTransfer?.getData('text/plain') ?? ''
    // A key alone is looked at once it is in.
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

  /** The field holds `text` from now on. */
  function hold(at: Field, text: string): void {
    held = text
    // Finding the direction of each paragraph doubles what a key costs Chromium in a long text (`unicode-bidi: plaintext`).
    const isMixed = hasRightToLeft(text)
    at.toggleAttribute('data-left-to-right', text !== '' && !isMixed)
    at.toggleAttribute('data-one-font', isMixed && text.length > ONE_FONT_FROM)
  }

  function keyDown(event: KeyboardEvent, at: Field): void {
    if (!isEnter(event)) return
    event.stopPropagation()
    // Lifted, the key would say yes to a question that the submit asks, which has the focus by then.
    window.addEventListener('keyup', endOfEnter, { capture: true })
    const isLines = at instanceof HTMLTextAreaElement
    // Safari ends a composition before the key that ended it, which has this code.
    if ((isLines && event.shiftKey) || isComposing || event.isComposing || event.keyCode === 229) return
    if (!on.enter(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    // What one line led to is under the keyboard of a phone.
    if (!isLines && matchMedia('(pointer: coarse)').matches) at.blur()
  }

  /** A press on what acts on the field (`data-holds`) leaves it the focus, and a phone its keyboard. */
  function keepFocus(event: Event): void {
    const pressed = event.target instanceof Element && event.target.closest(`[data-holds="${name}"]`)
    if (!field || !pressed || document.activeElement !== field) return
    event.preventDefault()
    if (!isComposing) return
    // The input method hands over what it has.
    field.blur()
    field.focus()
  }

  return {
    follow,
    text: () => field?.value,
    set(text) {
      if (!field) return
      field.value = text
      hold(field, text)
      isSetting = true
      // For uni's own state, its placeholder and its height.
      field.dispatchEvent(new Event('input', { bubbles: true }))
      isSetting = false
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

/** No keyboard puts a capital or another word in the place of an id. */
const LITERAL = [
  ['autocapitalize', 'off'],
  ['autocorrect', 'off'],
  ['spellcheck', 'false'],
] as const

function isEnter(event: KeyboardEvent): boolean {
  return event.key === 'Enter'
}
// #endif
