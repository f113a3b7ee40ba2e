/** The area under the field, as high as the on-screen keyboard, and the panels in its place. Also the bar that records a voice, in the place of the field. */
import { computed, getCurrentInstance, nextTick, onUnmounted, shallowRef } from 'vue'
import { t } from '@/src/locales'
import { moveFocus } from '@/src/platform/focus'
import { fieldLeft, keepAboveFree, onKeyboardHeight, showInPlaceOfKeyboard } from '@/src/platform/keyboard'
import { onPartMissing } from '@/src/platform/late-parts'
import { opensKeyboard } from '@/src/platform/text-field'
import type { UseTextFieldReturn } from '../shared/useTextField'
import { useThreadLayout } from '../thread/useThreadLayout'

/** A panel in the place of the keyboard. `voice`: the bar in the place of the field, which has no panel. */
export type ComposerPanel = 'emoji' | 'attach' | 'voice'

/** The least height of a panel, px. Otherwise it has that of the keyboard in whose place it is, so that the list does not move. */
const PANEL_MIN_PX = 272

/** The style of the area, the state of the panel, and the handlers. */
export type UseKeyboardAreaReturn = ReturnType<typeof useKeyboardArea>

/** Call it in the setup of the composer, with its field. */
export function useKeyboardArea({ leave, focus }: Pick<UseTextFieldReturn, 'leave' | 'focus'>) {
  const instance = getCurrentInstance()
  const layout = useThreadLayout()
  const keyboardPx = shallowRef(0)
  /** The panel that is open. */
  const panel = shallowRef<ComposerPanel>()
  /** Its height, px. 0: none is open. */
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

  /** The button of an open panel leads back to the keyboard, if there is one; that of the bar leads to the field. */
  async function toggle(which: ComposerPanel): Promise<void> {
    if (panel.value !== which) return open(which)
    close()
    if (which === 'attach' || (which === 'emoji' && !opensKeyboard())) return
    // The field may be hidden until then.
    await nextTick()
    await focus()
  }

  function open(which: ComposerPanel): void {
    isPanelMissing.value = false
    panel.value = which
    const isBar = which === 'voice'
    panelPx.value = isBar ? 0 : Math.max(PANEL_MIN_PX, lastKeyboardPx)
    // The bar stays when the user taps a message.
    showInPlaceOfKeyboard(isBar ? undefined : close)
    leave()
    layout.value++
  }

  function close(): void {
    if (!panel.value) return
    moveFocus(instance?.proxy?.$el, `[data-testid="composer-${panel.value}"]`)
    panel.value = undefined
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
    hasEmojis: computed(() => panel.value === 'emoji'),
    isAttaching: computed(() => panel.value === 'attach'),
    isSpeaking: computed(() => panel.value === 'voice'),
    loading: computed(() => t(isPanelMissing.value ? 'panel.missing' : 'panel.loading')),
    toggle,
    open,
    close,
    focused,
    /** The field has lost the focus. */
    fieldLeft: () => fieldLeft(() => keyboardPx.value > 0 && keyboardIs(0)),
  }
}
