import { watch, type ShallowRef } from 'vue'
import { onShow } from '@dcloudio/uni-app'
import { colourBars, pageClass } from '@/src/platform/theme'
import { useSettingsStore } from '@/src/stores/settings'
import { whileVisible } from './usePageVisible'

/**
 * The theme of a page: the class of its root, '' where the style sheets know by themselves, and the colours of the bars that the
 * platform draws round it.
 */
export function usePageTheme(visible: Readonly<ShallowRef<boolean>>): Readonly<ShallowRef<string>> {
  const settings = useSettingsStore()
  onShow(colour)
  watch(() => settings.barTheme, colour)

  function colour(): void {
    if (visible.value && settings.barTheme) colourBars(settings.barTheme)
  }

  return whileVisible(visible, () => pageClass(settings.theme))
}
