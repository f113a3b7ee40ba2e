import { nextTick, onUnmounted, shallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/clock'
import { inputValue } from './events'

/** How long one pauses in typing before it is looked for, ms. */
export const SEARCH_AFTER_MS = 200

/**
 * A field in which one types what is looked for. It is told by `search` once one pauses, and at once when one says so or empties
 * the field; of a key the screen hears only when the button that empties it comes or goes.
 */
export function useSearchField(search: (query: string) => void) {
  /** What the field is told to hold; not what it holds. */
  const value = shallowRef('')
  const isFilled = shallowRef(false)
  let text = ''
  let cancelConfirm: Cancel | undefined

  function take(typed: string): void {
    text = typed
    isFilled.value = text !== ''
    cancelConfirm?.()
  }

  function input(event: Event): void {
    take(inputValue(event))
    if (text === '') search('')
    else cancelConfirm = clock.after(SEARCH_AFTER_MS, confirm)
  }

  function confirm(): void {
    cancelConfirm?.()
    search(text)
  }

  /** The field takes a value only when it differs from the one before: so first what stands there, then nothing. */
  async function clear(): Promise<void> {
    value.value = text
    take('')
    search('')
    await nextTick()
    value.value = ''
  }

  onUnmounted(() => cancelConfirm?.())

  return { value, isFilled, input, confirm, clear }
}
