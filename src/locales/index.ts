/** The interface's languages: a typed dictionary each and one function. Some 30 lines instead of 27 KB of vue-i18n. */
import { shallowRef } from 'vue'
import { en } from './en'
import { zh, type MessageKey } from './zh'

export type { MessageKey }
export type Locale = 'zh' | 'en'

/** By functions: a mini program runs the code of a language when it is first asked for. */
const dictionaries: Readonly<Record<Locale, () => Readonly<Record<MessageKey, string>>>> = { zh: () => zh, en: () => en }

/** The language in use. A view that calls `t` follows it. */
export const locale = shallowRef<Locale>('zh')

/** The text of `key` in the language in use, with `{name}` replaced by `values.name`. */
export function t(key: MessageKey, values?: Readonly<Record<string, string | number>>): string {
  const text = dictionaries[locale.value]()[key]
  if (!values) return text
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

/** `key` as a message key, or undefined: for keys that are put together from codes. */
export function messageKey(key: string): MessageKey | undefined {
  return Object.prototype.hasOwnProperty.call(dictionaries[locale.value](), key) ? (key as MessageKey) : undefined
}
