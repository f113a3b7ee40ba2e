import { onUnmounted, shallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { useTextField } from '../shared/useTextField'

/** The search starts after this pause in typing, ms. */
export const SEARCH_AFTER_MS = 200

/** The field for the template, whether it has text, and a function that clears it. */
export type UseSearchFieldReturn = ReturnType<typeof useSearchField>

/**
 * The search field. Calls `search` once the user pauses, and at once on Enter or when the field becomes empty. Never with text that an input method is still
 * composing.
 */
export function useSearchField(search: (query: string) => void) {
  const isFilled = shallowRef(false)
  let cancelSearch: Cancel | undefined
  const field = useTextField({ name: 'search', isLiteral: true, typed, submit: searchNow })

  function typed(text: string, isComposing: boolean): void {
    isFilled.value = text !== ''
    cancelSearch?.()
    if (isComposing) return
    if (text === '') search('')
    else cancelSearch = clock.after(SEARCH_AFTER_MS, searchNow)
  }

  function searchNow(): void {
    const text = field.text()
    cancelSearch?.()
    search(text)
  }

  async function clear(): Promise<void> {
    const emptied = field.set('')
    typed('', false)
    await emptied
  }

  onUnmounted(() => cancelSearch?.())

  return { field: field.view, isFilled, clear }
}
