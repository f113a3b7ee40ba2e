/** How the simulator's own page looks: its language and theme, which are not those of the phones. */
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

/** Gives the document the theme and the language. */
export function applyDeskSettings({ language, theme }: DeskSettings): void {
  const root = document.documentElement
  root.lang = language === 'zh' ? 'zh-CN' : 'en'
  if (theme === 'system') delete root.dataset['desk']
  else root.dataset['desk'] = theme
}
