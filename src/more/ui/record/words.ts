import type { Words } from '@/src/locales'

/** The words of the page with a record, which only this subpackage has. */
export const WORDS = {
  title: { zh: '聊天记录', en: 'Chat history' },
  more: { zh: '还有 {count} 条消息没有收进这份聊天记录。', en: 'Messages that are not part of this chat history: {count}.' },
} satisfies Readonly<Record<string, Words>>
