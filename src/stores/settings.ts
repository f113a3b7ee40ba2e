/** The user's settings of the interface, saved on the device for all users. */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { HISTORY_LIMITS, LIMIT_CHOICES, type HistoryLimits, type LimitKind } from '@/src/chat/conversation/history-limits'
import { readProfile, type Profile } from '@/src/chat/message/common-fields'
import { isRecord } from '@/src/chat/util/checks'
import { locale, messageKey, t, type Locale } from '@/src/locales'
import { readSetting, writeSetting } from '@/src/platform/device'
import { systemLanguage, tellLanguage } from '@/src/platform/launch'
import { nameBars } from '@/src/platform/tab-bar'
import { markDocument, onThemeChange, systemTheme, type Theme, type ThemeChoice } from '@/src/platform/theme'

/** A language, or the system's. */
export type LanguageChoice = Locale | 'system'

export type { ThemeChoice } from '@/src/platform/theme'

/** The return key in the composer sends, or breaks the line. */
export type ReturnKey = 'send' | 'line'

const LANGUAGE_KEY = 'language'
const THEME_KEY = 'theme'
const NOTIFIES_KEY = 'notifications'
const RETURN_KEY = 'return-key'
const READ_MARKS_KEY = 'read-marks'
const TYPING_KEY = 'typing'
const LAST_UID_KEY = 'last-uid'
/** Followed by a user id. */
const PROFILE_KEY = 'profile:'
const HISTORY_LIMITS_KEY = 'history-limits'

export const useSettingsStore = defineStore('settings', () => {
  const stored = readSetting(LANGUAGE_KEY)
  const language = shallowRef<LanguageChoice>(stored === 'zh' || stored === 'en' ? stored : 'system')
  const effective = computed<Locale>(() => (language.value === 'system' ? systemLanguage() : language.value))
  speak()

  function speak(): void {
    locale.value = effective.value
    tellLanguage(effective.value)
    nameBars((name) => {
      const key = messageKey(name)
      return key && t(key)
    })
  }

  function setLanguage(choice: LanguageChoice): void {
    language.value = choice
    speak()
    writeSetting(LANGUAGE_KEY, choice)
  }

  const storedTheme = readSetting(THEME_KEY)
  const theme = shallowRef<ThemeChoice>(storedTheme === 'light' || storedTheme === 'dark' ? storedTheme : 'system')
  /** Followed only after a change: until then the platform colours its bars itself. */
  const system = shallowRef<Theme>()
  let stopSystem = () => {}
  onScopeDispose(() => stopSystem())
  markDocument(theme.value)

  function setTheme(choice: ThemeChoice): void {
    if (!system.value) {
      system.value = systemTheme()
      stopSystem = onThemeChange((now) => {
        system.value = now
      })
    }
    theme.value = choice
    markDocument(choice)
    writeSetting(THEME_KEY, choice)
  }

  const returnKey = shallowRef<ReturnKey>(readSetting(RETURN_KEY) === 'line' ? 'line' : 'send')

  function setReturnKey(choice: ReturnKey): void {
    returnKey.value = choice
    writeSetting(RETURN_KEY, choice)
  }

  /** Whether peers learn what was read here, and this user sees what they have read. */
  const [readMarks, setReadMarks] = onOff(READ_MARKS_KEY, true)

  /** Whether peers see that the user types, and this user sees that they do. */
  const [typing, setTyping] = onOff(TYPING_KEY, true)

  /** Whether notifications announce new messages, if the browser allows it. */
  const [notifies, setNotifies] = onOff(NOTIFIES_KEY, false)

  const historyLimits = shallowRef<HistoryLimits>(readLimits())

  /** Saves a limit. It does not change an open history by itself. */
  function setHistoryLimit(kind: LimitKind, value: number): void {
    historyLimits.value = { ...historyLimits.value, [kind]: value }
    writeSetting(HISTORY_LIMITS_KEY, historyLimits.value)
  }

  /** The last user that logged in here, to fill in the login page. */
  function lastUid(): string {
    const uid = readSetting(LAST_UID_KEY)
    return typeof uid === 'string' ? uid : ''
  }

  function rememberUid(uid: string): void {
    writeSetting(LAST_UID_KEY, uid)
  }

  const profiles = new Map<string, Profile | undefined>()

  /** How a user wants to be shown to others, as chosen on this device. Undefined if nothing was chosen. */
  function profileOf(uid: string): Profile | undefined {
    // A composer asks with each key.
    if (!profiles.has(uid)) profiles.set(uid, readProfile(readSetting(PROFILE_KEY + uid)))
    return profiles.get(uid)
  }

  function setProfile(uid: string, profile: Profile): void {
    writeSetting(PROFILE_KEY + uid, profile)
    profiles.delete(uid)
  }

  return {
    language,
    setLanguage,
    theme,
    setTheme,
    /** The colours of the bars around a page. Undefined if the platform sets them itself. */
    barTheme: computed(() => (theme.value === 'system' ? system.value : theme.value)),
    returnKey,
    setReturnKey,
    readMarks,
    setReadMarks,
    typing,
    setTyping,
    notifies,
    setNotifies,
    historyLimits,
    setHistoryLimit,
    profileOf,
    setProfile,
    lastUid,
    rememberUid,
  }
})

/** The saved choice, if it is still a valid one. Otherwise the defaults. */
function readLimits(): HistoryLimits {
  const stored = readSetting(HISTORY_LIMITS_KEY)
  const chosen: Partial<Record<LimitKind, unknown>> = isRecord(stored) ? stored : {}
  const limit = (kind: LimitKind) => LIMIT_CHOICES[kind].find((choice) => choice === chosen[kind]) ?? HISTORY_LIMITS[kind]
  return { messagesPerConversation: limit('messagesPerConversation'), bytes: limit('bytes') }
}

/** A setting that is on or off, and the function that sets and saves it. `usual`: as long as nothing was chosen. */
function onOff(key: string, usual: boolean): readonly [ShallowRef<boolean>, (isOn: boolean) => void] {
  const stored = readSetting(key)
  const setting = shallowRef(typeof stored === 'boolean' ? stored : usual)
  const set = (isOn: boolean) => {
    setting.value = isOn
    writeSetting(key, isOn)
  }
  return [setting, set]
}
