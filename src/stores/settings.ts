/** What the person chose for the interface, kept on the device whoever is logged in. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { locale, type Locale } from '@/src/locales'
import { readSetting, writeSetting } from '@/src/platform/device'
import { systemLanguage } from '@/src/platform/launch'
import { HISTORY_LIMITS, type HistoryLimits } from '@/src/storage/port'

/** A language, or the system's. */
export type LanguageChoice = Locale | 'system'

export type LimitKind = keyof HistoryLimits

/** What a person can choose. WeChat gives a mini program 200 MB of files. */
export const LIMIT_CHOICES: Readonly<Record<LimitKind, readonly number[]>> = {
  messagesPerConversation: [1_000, 5_000, 20_000, 100_000],
  bytes: [20_000_000, 50_000_000, 100_000_000, 150_000_000],
}

const LANGUAGE_KEY = 'language'
const LAST_UID_KEY = 'last-uid'
const HISTORY_LIMITS_KEY = 'history-limits'

export const useSettingsStore = defineStore('settings', () => {
  const stored = readSetting(LANGUAGE_KEY)
  const language = shallowRef<LanguageChoice>(stored === 'zh' || stored === 'en' ? stored : 'system')
  const effective = computed<Locale>(() => (language.value === 'system' ? systemLanguage() : language.value))
  locale.value = effective.value

  function setLanguage(choice: LanguageChoice): void {
    language.value = choice
    locale.value = effective.value
    writeSetting(LANGUAGE_KEY, choice)
  }

  const historyLimits = shallowRef<HistoryLimits>(readLimits())

  /** Takes effect on a history once it is told. */
  function setHistoryLimit(kind: LimitKind, value: number): void {
    historyLimits.value = { ...historyLimits.value, [kind]: value }
    writeSetting(HISTORY_LIMITS_KEY, historyLimits.value)
  }

  /** Who logged in here last, to fill in the login page. */
  function lastUid(): string {
    const uid = readSetting(LAST_UID_KEY)
    return typeof uid === 'string' ? uid : ''
  }

  function rememberUid(uid: string): void {
    writeSetting(LAST_UID_KEY, uid)
  }

  return { language, setLanguage, historyLimits, setHistoryLimit, lastUid, rememberUid }
})

/** What was chosen, where it is one of the choices still; the defaults otherwise. */
function readLimits(): HistoryLimits {
  const stored = readSetting(HISTORY_LIMITS_KEY)
  const chosen: Partial<Record<LimitKind, unknown>> = typeof stored === 'object' && stored !== null ? stored : {}
  const limit = (kind: LimitKind) => LIMIT_CHOICES[kind].find((choice) => choice === chosen[kind]) ?? HISTORY_LIMITS[kind]
  return { messagesPerConversation: limit('messagesPerConversation'), bytes: limit('bytes') }
}
