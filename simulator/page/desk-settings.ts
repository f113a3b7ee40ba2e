/** The language and theme of the simulator's own page. Those of the phones are separate. */
import { readJson } from './phone-settings'

export interface DeskSettings {
  readonly language: 'zh' | 'en'
  /** 'system' follows the browser. */
  readonly theme: 'system' | 'light' | 'dark'
}

const KEY = 'simulator/desk'

export function readDeskSettings(): DeskSettings {
  return { language: navigator.language.startsWith('zh') ? 'zh' : 'en', theme: 'system', ...readJson(KEY) }
}

export function writeDeskSettings(settings: DeskSettings): void {
  localStorage.setItem(KEY, JSON.stringify(settings))
}

const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
let applied: DeskSettings | undefined
systemDark.addEventListener('change', () => applied && applyDeskSettings(applied))

/** Gives the document the theme and the language. With `system` it follows the browser from now on. */
export function applyDeskSettings(settings: DeskSettings): void {
  const { language, theme } = settings
  const root = document.documentElement
  applied = settings
  root.lang = language === 'zh' ? 'zh-CN' : 'en'
  root.dataset['desk'] = theme !== 'system' ? theme : systemDark.matches ? 'dark' : 'light'
}
