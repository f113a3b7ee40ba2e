/** The interface's languages: a typed dictionary for each, and one function. Some 30 lines instead of 27 KB of vue-i18n. */
import { shallowRef } from 'vue'
import { en } from './en'
import { zh, type MessageKey } from './zh'

export type { MessageKey }
export type Locale = 'zh' | 'en'

/** Functions, because a mini program runs the code of a language on its first use. */
const dictionaries: Readonly<Record<Locale, () => Readonly<Record<MessageKey, string>>>> = { zh: () => zh, en: () => en }

/** The current language. Views that call `t` follow it. */
export const locale = shallowRef<Locale>('zh')

/** Words of a part that brings its own, such as a kind of message (docs/EXTENDING.md). */
export type Words = Readonly<Record<Locale, string>>

/** The text of `key`, or one of the given words, in the current language, with `{name}` replaced by `values.name`. */
export function t(key: MessageKey | Words, values?: Readonly<Record<string, string | number>>): string {
  const text = typeof key === 'string' ? dictionaries[locale.value]()[key] : key[locale.value]
  if (!values) return text
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

/** `key` as a message key, or undefined. For keys that are composed of codes. */
export function messageKey(key: string): MessageKey | undefined {
  return Object.prototype.hasOwnProperty.call(dictionaries[locale.value](), key) ? (key as MessageKey) : undefined
}
