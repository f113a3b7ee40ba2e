/** State shared by the parts of the page: language, theme, and the time. */
import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { applyDeskSettings, readDeskSettings, writeDeskSettings } from '../desk-settings'
import { textIn, type TextKey } from '../texts'

/** The frame of the phone's body around its screen, px of the unscaled phone. */
export const BEZEL = 11

export const desk = shallowRef(readDeskSettings())

watch(
  desk,
  (settings) => {
    applyDeskSettings(settings)
    writeDeskSettings(settings)
  },
  { immediate: true },
)

export function t(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
  return textIn(desk.value.language, key, values)
}

/** Polls every `ms`, at once, and whenever `now` is called, since phones do not report changes. */
export function usePolled<Value>(ask: () => Value, ms: number): { readonly value: Readonly<ShallowRef<Value>>; now(): void } {
  const value = shallowRef(ask()) as ShallowRef<Value>
  const now = () => {
    value.value = ask()
  }
  const timer = setInterval(now, ms)
  onScopeDispose(() => clearInterval(timer))
  return { value, now }
}

/** The size of the window, in px. */
export function useWindowSize(): Readonly<ShallowRef<{ readonly width: number; readonly height: number }>> {
  const size = shallowRef({ width: window.innerWidth, height: window.innerHeight })
  const update = () => {
    size.value = { width: window.innerWidth, height: window.innerHeight }
  }
  window.addEventListener('resize', update)
  onScopeDispose(() => window.removeEventListener('resize', update))
  return size
}

/** Formats 1,234,567 and 1.2 KB. */
export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1_048_576) return `${(bytes / 1024).toFixed(1)} KB`
  return `${(bytes / 1_048_576).toFixed(1)} MB`
}

export function time(at: number): string {
  return `${new Date(at).toLocaleTimeString('en-GB')}.${String(at % 1000).padStart(3, '0')}`
}
