/** Formats numbers. Without Intl, which some WeChat versions lack. */
import { locale, t, type MessageKey, type Words } from '@/src/locales'

const WAN = 10_000

/** `2 万` in Chinese for whole ten thousands, else digits in groups of three: `1,398`. */
export function numberText(value: number): string {
  if (locale.value === 'zh' && value >= WAN && value % WAN === 0) return `${value / WAN} 万`
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** The text of `key` with its `{count}` filled in. There is no space after 万: `2 万条`, but `400 条`. */
export function countText(key: MessageKey | Words, count: number, values?: Readonly<Record<string, string | number>>): string {
  return t(key, { ...values, count: numberText(count) }).replace('万 ', '万')
}
