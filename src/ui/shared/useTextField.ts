import { getCurrentInstance, nextTick, onMounted, onUpdated, shallowReactive } from 'vue'
import { hasRightToLeft } from '@/src/chat/text/written-text'
import { fitsField, insertedText } from '@/src/chat/text/typed-text'
import { dataTaken } from '@/src/platform/measure'
import { nativeField } from '@/src/platform/text-field'

export interface TextFieldOptions {
  /** Its `data-field`, unlike that of any other field of the component. */
  readonly name: string
  /** What it holds at first. */
  readonly initial?: string
  /** An id or a token, of which the keyboard changes nothing. */
  readonly isLiteral?: boolean
  /** Called with each change that the user makes. `isComposing`: an input method has not decided yet. */
  readonly typed: (text: string, isComposing: boolean) => void
  /** Called for Enter and for the key of the keyboard on the screen. */
  readonly submit: () => unknown
  /** Whether Enter alone is a new line, and submits only with Ctrl or Command. */
  readonly breaksLines?: () => boolean
  /** Called when a paste was too long to take (`fitsField`). The field holds what it held before. */
  readonly refused?: () => void
}

/** What the template binds to its `<input>` or `<textarea>`. */
export interface TextFieldView {
  /** What the field is told to hold; not what it holds. */
  readonly given: string
  readonly input: (event: Event) => void
  readonly confirm: (event: Event) => void
}

export interface TextField {
  readonly view: TextFieldView
  /** All that the field holds now. For every submit: no event may have told of the last key yet. */
  text(): string
  /** Puts `text` into the field; `typed` is not called. */
  set(text: string): Promise<void>
  /** Gives it the focus on H5 in a wide window at a desk, where that opens no keyboard. */
  focusAtDesk(): void
}

/**
 * The one way to read a text field (the lint rule `text-fields`). The field is uncontrolled: what is typed never comes back as
 * data, so a key costs no drawing and nothing that was typed is overwritten.
 */
export function useTextField({ name, initial = '', isLiteral = false, typed, submit, breaksLines, refused }: TextFieldOptions): TextField {
  const view = shallowReactive({ given: initial, input, confirm })
  const instance = getCurrentInstance()
  let text = initial
  /** What the field held before it was set. Until the next key, an event may still say that the field holds this. */
  let replaced: string | undefined
  /** How many values the field was given that it may not show yet. */
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
      refused: () => refused?.(),
    },
  )
  if (native) {
    const follow = () => native.follow(instance?.proxy?.$el)
    onMounted(follow)
    // A field may come later than its component.
    onUpdated(follow)
  }
  const isFollowed = () => native?.text() !== undefined

  function take(held: string, isComposing = false): void {
    replaced = undefined
    text = held
    typed(text, isComposing)
  }

  function input(event: Event): void {
    if (isFollowed()) return
    const held = valueOf(event)
    if (!fitsField(held, text)) return refuse()
    if (underWay > 0) typedBefore(held)
    else take(held)
  }

  /** The field holds what it held before. */
  function refuse(): void {
    refused?.()
    void give(text)
  }

  /**
   * The event is older than the text that was set last: the field held `held` then. What was set stays. What the user had typed
   * into the old text comes after it: the field loses that when it takes the text, so it is given both.
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
    // A second press of the key, before the field was emptied, holds what went with the first.
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
    if (isFollowed()) native?.set(next)
    else await put(next, before)
  }

  /** Puts `next` into the mini program's field, in the place of `held`. Resolves once it is on its way to the screen. */
  async function put(next: string, held: string): Promise<void> {
    replaced = held
    text = next
    underWay++
    await give(held)
    void arrive(view.given)
  }

  /** Gives the field `text`. The platform takes a value only when it differs from the one it was given last: so `other` first. */
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
   * Ends what {@link put} began. The program and the screen of a mini program are two threads. Each gets in order what the other sends, so an
   * event that comes before the screen's answer is of the old text. WeChat does not promise that order for a native keyboard: an event that
   * comes later still counts as typed, even with the words that were replaced, since a user may well type the same words again.
   */
  async function arrive(given: string): Promise<void> {
    if (instance?.proxy) await dataTaken(instance.proxy)
    underWay--
    if (underWay > 0) replaced = given
  }

  return { view, text: read, set, focusAtDesk: () => native?.focusAtDesk() }
}

/** What the field of the event holds: uni-app puts it into `detail`, on every platform. */
function valueOf(event: Event): string {
  const { detail } = event as Partial<CustomEvent<{ value?: unknown } | null>>
  return typeof detail?.value === 'string' ? detail.value : ''
}
