import { getCurrentInstance, nextTick, onMounted, onUpdated, shallowReactive } from 'vue'
import { graphemeStart } from '@/src/chat/text/grapheme'
import { hasRightToLeft } from '@/src/chat/text/written-text'
import { fitsField, insertedText } from '@/src/chat/text/typed-text'
import { hideKeyboard } from '@/src/platform/keyboard'
import { dataTaken } from '@/src/platform/measure'
import { nativeField } from '@/src/platform/text-field'

/** A field: its name and content, and the callbacks of its events. */
export interface UseTextFieldOptions {
  /** Its `data-field`, unique in the component. */
  readonly name: string
  /** Its initial text. */
  readonly initial?: string
  /** Whether it is an id or a token, which the keyboard must not change. */
  readonly isLiteral?: boolean
  /** Called with each change by the user. `isComposing`: an input method is still composing. */
  readonly typed: (text: string, isComposing: boolean) => void
  /** Called for Enter and for the on-screen keyboard's own key. */
  readonly submit: () => unknown
  /** Whether Enter alone is a line break, and only Ctrl or Command with Enter submits. */
  readonly breaksLines?: () => boolean
  /** Called for the up arrow in an empty field, on H5. */
  readonly up?: () => void
  /** Called if a paste was too long (`fitsField`). The field is unchanged. */
  readonly refused?: () => void
}

/** The bindings of the template's `<input>` or `<textarea>`. */
export interface TextFieldView {
  /** The value that the program sets. Not the field's current text. */
  readonly given: string
  /** Whether the program has given the mini program's field the focus. */
  readonly focus: boolean
  readonly input: (event: Event) => void
  readonly confirm: (event: Event) => void
}

/** The view for the template, and access to the field's text. */
export interface UseTextFieldReturn {
  readonly view: TextFieldView
  /** The field's whole text. Read it for every submit: there may be no event of the last key yet. */
  text(): string
  /** Sets the field's text. Does not call `typed`. */
  set(text: string): Promise<void>
  /** The text before the caret. */
  before(): string
  /** Puts `piece` in at the caret, as if the user had typed it, in the place of `replacing` UTF-16 units before it. */
  insert(piece: string, replacing?: number): void
  /** Deletes the character before the caret, as a backspace does. */
  erase(): void
  /** Closes its on-screen keyboard. */
  leave(): void
  /** Call it for each `blur` of a field into which {@link insert} puts something: it tells where the caret was. */
  left(event: Event): void
  /** Focuses it and opens its on-screen keyboard: only where the user has just asked to write. */
  focus(): Promise<void>
  /** Focuses it on H5 in a wide desktop window, where that opens no on-screen keyboard. */
  focusAtDesk(): void
}

/**
 * The only way to read a text field (the lint rule `text-fields`). The field is uncontrolled: typed text never comes back as data, so a key causes no
 * rendering, and typed text is not overwritten.
 */
export function useTextField({ name, initial = '', isLiteral = false, typed, submit, breaksLines, up, refused }: UseTextFieldOptions): UseTextFieldReturn {
  const view = shallowReactive({ given: initial, focus: false, input, confirm })
  const instance = getCurrentInstance()
  let text = initial
  /** The text before it was set. Until the next key, an event may still report this text. */
  let replaced: string | undefined
  /** Where the mini program's caret is, in UTF-16 units, as far as an event told. Undefined: at the end. */
  let caret: number | undefined
  /** The number of values that the program has set and that the field may not show yet. */
  let underWay = 0

  const native = nativeField(
    { name, isLiteral, fits: fitsField, hasRightToLeft },
    {
      input: take,
      enter(withCommand) {
        if (breaksLines?.() && !withCommand) return false
        submit()
        return true
      },
      up: () => up?.(),
      refused: () => refused?.(),
    },
  )
  if (native) {
    const follow = () => native.follow(instance?.proxy?.$el)
    onMounted(follow)
    // A field may appear after its component.
    onUpdated(follow)
  }
  const isFollowed = () => native?.text() !== undefined

  function take(held: string, isComposing = false, at?: number): void {
    replaced = undefined
    caret = at
    text = held
    typed(text, isComposing)
  }

  function input(event: Event): void {
    if (isFollowed()) return
    const held = valueOf(event)
    if (!fitsField(held, text)) return refuse()
    if (underWay > 0) return typedBefore(held)
    take(held, false, caretOf(event))
  }

  /** Restores the field's text before the change. */
  function refuse(): void {
    refused?.()
    void give(text)
  }

  /**
   * The event is older than the text that was set last: the field contained `held` then. The set text stays. Characters that the user typed into the old text
   * are appended: the field loses them when it takes the set text, so it is set to both.
   */
  function typedBefore(held: string): void {
    const inserted = insertedText(held, replaced ?? '')
    replaced = held
    if (inserted === '') return
    const both = text + inserted
    if (!fitsField(both, text)) return refuse()
    take(both)
    void put(both, held)
  }

  function confirm(event: Event): void {
    if (isFollowed() || breaksLines?.()) return
    const held = valueOf(event)
    // A second press of the key, before the field was emptied, has the text that was already submitted.
    if (held !== text && held !== replaced) input(event)
    submit()
  }

  function read(): string {
    const held = native?.text() ?? text
    if (held !== text) take(held)
    return text
  }

  async function set(next: string): Promise<void> {
    const before = read()
    text = next
    caret = undefined
    if (isFollowed()) native?.set(next)
    else await put(next, before)
  }

  function insert(piece: string, replacing = 0): void {
    if (isFollowed()) return native?.insert(piece, replacing)
    const at = place()
    const from = Math.max(0, at - replacing)
    change(text.slice(0, from) + piece + text.slice(at), from + piece.length)
  }

  function erase(): void {
    if (isFollowed()) return native?.erase(graphemeStart)
    const at = place()
    const start = graphemeStart(text, at)
    if (start < at) change(text.slice(0, start) + text.slice(at), start)
  }

  /** The caret. Not inside of a pair, if a phone should count otherwise. */
  function place(): number {
    const at = Math.min(caret ?? text.length, text.length)
    return /[\udc00-\udfff]/.test(text.charAt(at)) ? at + 1 : at
  }

  /** Changes the mini program's field as if the user had, and moves the caret there. */
  function change(next: string, at: number): void {
    if (!fitsField(next, text)) return refused?.()
    const before = text
    take(next, false, at)
    void put(next, before)
  }

  /** Sets the mini program's field, which contains `held`, to `next`. Resolves once the value is on its way to the view. */
  async function put(next: string, held: string): Promise<void> {
    replaced = held
    text = next
    underWay++
    await give(held)
    void arrive(view.given)
  }

  /** Sets the field to `text`. The platform ignores a value equal to the last one, so `other` comes first. */
  async function give(other: string): Promise<void> {
    const next = text
    if (view.given === next) {
      view.given = other === next ? `${next} ` : other
      await nextTick()
    }
    // It may have been set again in the meantime.
    if (text === next) view.given = next
  }

  /**
   * Ends what {@link put} began. The program and the view of a mini program are two threads. Each receives the other's messages in order, so an event that
   * arrives before the view's answer belongs to the old text. WeChat does not guarantee that order for a native keyboard: a later event counts as typed, even
   * with the replaced text, since a user may type the same text again.
   */
  async function arrive(given: string): Promise<void> {
    if (instance?.proxy) await dataTaken(instance.proxy)
    underWay--
    if (underWay > 0) replaced = given
  }

  return {
    view,
    text: read,
    set,
    before: () => (isFollowed() ? native?.before() : undefined) ?? text.slice(0, place()),
    insert,
    erase,
    leave() {
      native?.leave()
      hideKeyboard()
    },
    async focus() {
      if (native) return native.focus()
      // The platform ignores a value equal to the last one.
      if (view.focus) {
        view.focus = false
        await nextTick()
      }
      view.focus = true
    },
    left(event) {
      view.focus = false
      // An event of the old text tells nothing of the new one.
      if (underWay === 0 && valueOf(event) === text) caret = caretOf(event)
    },
    focusAtDesk: () => native?.focusAtDesk(),
  }
}

/** Where the event's field has its caret, in UTF-16 units. Undefined if the event does not tell. */
function caretOf(event: Event): number | undefined {
  const { detail } = event as Partial<CustomEvent<{ cursor?: unknown } | null>>
  return typeof detail?.cursor === 'number' && detail.cursor >= 0 ? detail.cursor : undefined
}

/** The text of the event's field: uni-app has it in `detail`, on every platform. */
function valueOf(event: Event): string {
  const { detail } = event as Partial<CustomEvent<{ value?: unknown } | null>>
  return typeof detail?.value === 'string' ? detail.value : ''
}
