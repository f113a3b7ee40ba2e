/** What the person chose for the interface, kept on the device whoever is logged in. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { locale, type Locale } from '@/src/locales'
import { readSetting, writeSetting } from '@/src/platform/device'
import { systemLanguage } from '@/src/platform/launch'

/** A language, or the system's. */
export type LanguageChoice = Locale | 'system'

const LANGUAGE_KEY = 'language'
const LAST_UID_KEY = 'last-uid'

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

  /** Who logged in here last, to fill in the login page. */
  function lastUid(): string {
    const uid = readSetting(LAST_UID_KEY)
    return typeof uid === 'string' ? uid : ''
  }

  function rememberUid(uid: string): void {
    writeSetting(LAST_UID_KEY, uid)
  }

  return { language, setLanguage, lastUid, rememberUid }
})
