import type { Words } from '@/src/locales'

/** The words of the page that forwards messages, which only this subpackage has. */
export const WORDS = {
  title: { zh: '转发给', en: 'Forward to' },
  search: { zh: '搜索会话', en: 'Search chats' },
  none: { zh: '没有找到会话', en: 'No chats found' },
  each: { zh: '逐条转发', en: 'One by one' },
  record: { zh: '合并转发', en: 'As one' },
  send: { zh: '转发', en: 'Forward' },
  sendTo: { zh: '转发（{count}）', en: 'Forward ({count})' },
  most: { zh: '最多选择 {count} 个会话', en: 'Choose at most {count} chats' },
  messages: { zh: '{count} 条消息', en: '{count} messages' },
  message: { zh: '1 条消息', en: '1 message' },
  skipped: { zh: '另有 {count} 条不能转发', en: '{count} more cannot be forwarded' },
  left: { zh: '合并转发放不下后面的 {count} 条', en: 'As one, without the last {count}: they do not fit' },
  nothing: { zh: '没有可以转发的消息', en: 'There is nothing to forward' },
  done: { zh: '已转发', en: 'Forwarded' },
  tooLong: { zh: '有 {count} 条太长，没能转发', en: 'Too long to forward: {count}' },
  ofPeer: { zh: '{me} 和 {other} 的聊天记录', en: 'Chat history of {me} and {other}' },
  ofChannel: { zh: '{name} 的聊天记录', en: 'Chat history of {name}' },
} satisfies Readonly<Record<string, Words>>
