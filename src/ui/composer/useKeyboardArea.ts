/** The area under the field of the composer: as high as the on-screen keyboard, or with the panel of emojis in its place. */
import { computed, getCurrentInstance, onUnmounted, shallowRef } from 'vue'
import { t } from '@/src/locales'
import { moveFocus } from '@/src/platform/focus'
import { fieldLeft, keepAboveFree, onKeyboardHeight, showInPlaceOfKeyboard } from '@/src/platform/keyboard'
import { onPartMissing } from '@/src/platform/late-parts'
import { opensKeyboard } from '@/src/platform/text-field'
import { useThreadLayout } from '../thread/useThreadLayout'

/** The least height of the panel of emojis, px. Otherwise it has that of the keyboard in whose place it is, so that the list does not move. */
const PANEL_MIN_PX = 272

/** The style of the area, the state of the panel, and the handlers. */
export type UseKeyboardAreaReturn = ReturnType<typeof useKeyboardArea>

/** Call it in the setup of the composer. `closeKeyboard`: of its field. */
export function useKeyboardArea({ closeKeyboard }: { closeKeyboard(): void }) {
  const instance = getCurrentInstance()
  const layout = useThreadLayout()
  const keyboardPx = shallowRef(0)
  /** The height of the panel, px. 0: it is closed. */
  const panelPx = shallowRef(0)
  /** Whether the panel could not be loaded. */
  const isPanelMissing = shallowRef(false)
  /** The height of the last keyboard, px. */
  let lastKeyboardPx = 0

  /** The height of the keyboard, px. */
  function keyboardIs(px: number, above = 0): void {
    keepAboveFree(above)
    keyboardPx.value = px
    if (px > 0) lastKeyboardPx = px
    layout.value++
  }

  function toggle(): void {
    if (panelPx.value > 0) return close()
    isPanelMissing.value = false
    panelPx.value = Math.max(PANEL_MIN_PX, lastKeyboardPx)
    showInPlaceOfKeyboard(close)
    closeKeyboard()
    layout.value++
  }

  function close(): void {
    if (panelPx.value === 0) return
    moveFocus(instance?.proxy?.$el, '[data-testid="composer-emoji"]')
    panelPx.value = 0
    showInPlaceOfKeyboard(undefined)
    layout.value++
  }

  /** A keyboard that closed without an event may come back without one. WeChat reports its height here. */
  function focused(event: Event): void {
    if (opensKeyboard()) close()
    const { detail } = event as Partial<CustomEvent<{ height?: unknown } | null>>
    const height = detail?.height
    if (typeof height === 'number' && height > 0 && height !== keyboardPx.value) keyboardIs(height)
  }

  const stopKeyboard = onKeyboardHeight(keyboardIs)
  const stopMissing = onPartMissing(() => (isPanelMissing.value = true))
  onUnmounted(() => {
    stopKeyboard()
    stopMissing()
    keepAboveFree(0)
    showInPlaceOfKeyboard(undefined)
  })

  return {
    style: computed(() => {
      const px = panelPx.value || keyboardPx.value
      return px > 0 ? `height:${px}px;padding:0` : ''
    }),
    /** Whether the panel is open. */
    isOpen: computed(() => panelPx.value > 0),
    loading: computed(() => t(isPanelMissing.value ? 'emoji.missing' : 'emoji.loading')),
    toggle,
    close,
    focused,
    /** The field has lost the focus. */
    fieldLeft: () => fieldLeft(() => keyboardPx.value > 0 && keyboardIs(0)),
  }
}
