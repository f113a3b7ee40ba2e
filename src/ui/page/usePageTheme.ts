import { computed, watch, type ShallowRef } from 'vue'
import { onShow } from '@dcloudio/uni-app'
import { colourBars, pageClass } from '@/src/platform/theme'
import { useSettingsStore } from '@/src/stores/settings'
import { launchSnapshot, storeOnceMade } from '@/src/stores/start'
import { whileVisible } from './usePageVisible'

/** The class of the page's root, '' if the style sheets need none. */
export type UsePageThemeReturn = Readonly<ShallowRef<string>>

/** The theme of a page: the class of its root ('' if the style sheets need none), and the colours of the platform's bars around it. */
export function usePageTheme(visible: Readonly<ShallowRef<boolean>>): UsePageThemeReturn {
  const settings = storeOnceMade(() => useSettingsStore())
  const painted = computed(() => launchSnapshot.value?.theme ?? 'system')
  onShow(colour)
  watch(() => settings.value?.barTheme, colour)

  function colour(): void {
    const theme = settings.value ? settings.value.barTheme : painted.value
    if (visible.value && theme && theme !== 'system') colourBars(theme)
  }

  return whileVisible(visible, () => pageClass(settings.value ? settings.value.theme : painted.value))
}
