import type { Words } from '@/src/locales'

/** The words of the page about a channel, which only this subpackage has. */
export const WORDS = {
  members: { zh: '成员', en: 'Members' },
  leave: { zh: '退出频道', en: 'Leave channel' },
  'leave.title': { zh: '退出 {name}？', en: 'Leave {name}?' },
  'leave.text': { zh: '退出后不再收到这个频道的消息，已有的记录会保留。', en: 'You will no longer get its messages. What you have stays.' },
  'leave.confirm': { zh: '退出', en: 'Leave' },
  join: { zh: '加入频道', en: 'Join channel' },
  you: { zh: '我', en: 'Me' },
  more: { zh: '仅显示前 {count} 位', en: 'Showing the first {count}' },
} satisfies Readonly<Record<string, Words>>
