import { computed, getCurrentInstance, nextTick, onUnmounted, watch } from 'vue'
import { holdPopup } from '@/src/platform/popup'
import { onWindowResize } from '@/src/platform/window'
import { usePageVisible, whileVisible } from '@/src/ui/page/usePageVisible'
import { innerData, type InnerEvent } from '@/src/ui/shared/events'
import { useThreadLayout } from '@/src/ui/thread/useThreadLayout'
import { useProvidedMenu } from '@/src/ui/menu/useMessageMenu'

/** What MessageMenu.vue shows of the menu, and the handlers of its taps. */
export type UseMenuPanelReturn = ReturnType<typeof useMenuPanel>

/** Draws the menu of this page. */
export function useMenuPanel() {
  const menu = useProvidedMenu()
  const visible = usePageVisible()
  const instance = getCurrentInstance()
  const shown = whileVisible(visible, () => menu.opened.value)
  let release = () => {}

  function tapped(event: InnerEvent): Promise<void> | undefined {
    const { action, emoji, does } = innerData(event)
    if (action !== undefined) return menu.choose(action)
    if (emoji !== undefined) return menu.react(emoji)
    if (does === 'close') menu.close()
    return undefined
  }

  /** A finger scrolls beside the menu. */
  function moved(event: InnerEvent): void {
    if (innerData(event).does === 'close') menu.close()
  }

  watch(
    menu.isOpen,
    async (isOpen) => {
      release()
      release = () => {}
      if (!isOpen) return
      await nextTick()
      if (menu.isOpen.value) release = holdPopup(instance?.proxy?.$el, { close: menu.close, hangs: true })
    },
    { flush: 'post' },
  )
  watch([visible, useThreadLayout()], menu.close)
  const stopResize = onWindowResize(menu.close)
  onUnmounted(() => {
    stopResize()
    release()
  })

  return {
    shown,
    /** By name, which actions are offered: 1. Numbers take fewer bytes than `true`. */
    offers: computed(() => Object.fromEntries((shown.value?.actions ?? []).map(({ name }) => [name, 1]))),
    text: whileVisible(visible, () => menu.text.value),
    tapped,
    moved,
    closeText: () => (menu.text.value = ''),
  }
}
