/** A phone's settings: in localStorage by user, shared by the phone's own page and the page with both. */
import type { PrivacyState, Theme } from '../runtime/types'
import { MODELS, type ModelName } from './models'

export interface PhoneSettings {
  readonly model: ModelName
  readonly theme: Theme
  readonly language: 'zh_CN' | 'en'
  readonly font: FontSize
  readonly network: Network
  readonly isDiskFull: boolean
  readonly privacy: PrivacyState
}

export type { PrivacyState }

export const PRIVACY_STATES: readonly PrivacyState[] = ['declared', 'agreed', 'refused', 'undeclared']

export type FontSize = 'small' | 'standard' | 'large'
export type Network = 'on' | 'slow' | 'off'

/** WeChat's `fontSizeSetting`, in px. */
export const FONT_PX: Readonly<Record<FontSize, number>> = { small: 15, standard: 16, large: 20 }

const keyOf = (uid: string) => `simulator/phone/${uid}`

export function readPhoneSettings(uid: string): PhoneSettings {
  const standard: PhoneSettings = { model: 'iphone', theme: 'light', language: navigator.language.startsWith('zh') ? 'zh_CN' : 'en', font: 'standard', network: 'on', isDiskFull: false, privacy: 'declared' }
  const kept = readJson(keyOf(uid)) as Partial<PhoneSettings>
  return { ...standard, ...kept, ...(kept.model && kept.model in MODELS ? {} : { model: standard.model }) }
}

export function writePhoneSettings(uid: string, settings: PhoneSettings): void {
  localStorage.setItem(keyOf(uid), JSON.stringify(settings))
}

/** The object under a key of localStorage; {} if there is none or it is invalid. */
export function readJson(key: string): object {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    // It was edited by hand or written by another version: treat it as missing.
    return {}
  }
}
