import type { Words } from '@/src/locales'

/** The words of the bar of selected messages, which only this subpackage has. */
export const WORDS = {
  count: { zh: '已选 {count} 条', en: '{count} selected' },
} satisfies Readonly<Record<string, Words>>
