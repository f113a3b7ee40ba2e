/**
 * The native text area behind uni's on H5. uni tells what was typed up to 100 ms late, empties the field 100 ms after it was
 * told to, not at all when a key comes in between, and sends on every Enter, also on one that picks a word from the list of
 * an input method. So on H5 the field itself is followed and emptied. The mini program's own text area does all of this.
 */

export interface TextAreaEvents {
  /** Each change, with all that the field holds then. */
  input(text: string): void
  /** Enter alone; with Shift it is a new line. */
  enter(): void
}

export interface NativeTextArea {
  empty(): void
  stop(): void
}

/** Follows the text area inside the component whose root is `root`; undefined where the platform needs no help. */
export function followTextArea(root: unknown, on: TextAreaEvents): NativeTextArea | undefined {
  // #ifdef H5
  const found = root instanceof Element ? root.querySelector('textarea') : null
  if (!(root instanceof Element) || !found) return undefined
  const field: HTMLTextAreaElement = found
  const ending = new AbortController()
  // on the way down, before uni's own listeners at the field
  const options = { capture: true, signal: ending.signal }
  root.addEventListener('input', () => on.input(field.value), options)
  root.addEventListener('keydown', (event) => onKey(event as KeyboardEvent), options)
  root.addEventListener('keyup', (event) => isEnter(event as KeyboardEvent) && event.stopPropagation(), options)

  function onKey(event: KeyboardEvent): void {
    if (!isEnter(event)) return
    event.stopPropagation()
    if (event.shiftKey || isComposing(event)) return
    event.preventDefault()
    on.enter()
  }

  return {
    empty() {
      field.value = ''
      // for uni's own state, its placeholder and its height
      field.dispatchEvent(new Event('input', { bubbles: true }))
    },
    stop: () => ending.abort(),
  }
  // #endif
  // #ifdef MP-WEIXIN
  return undefined
  // #endif
}

// #ifdef H5
function isEnter(event: KeyboardEvent): boolean {
  return event.key === 'Enter'
}

/** Whether the key belongs to an input method. Safari ends a composition before the key that ended it, which has this code. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229
}
// #endif
