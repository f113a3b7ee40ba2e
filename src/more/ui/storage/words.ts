import type { Words } from '@/src/locales'

/** The words of the storage on the device, which only this subpackage has. */
export const WORDS = {
  total: { zh: '当前账号在本机的聊天记录', en: 'Messages of this account on this device' },
  unreadable: { zh: '本机存储暂时读不出来，请稍后再试。', en: 'The storage of this device cannot be read right now. Please try again later.' },
  'limit.messagesPerConversation': { zh: '每个会话最多保留', en: 'Keep per conversation' },
  'limit.bytes': { zh: '全部会话最多占用', en: 'Use at most' },
  'limit.messages.value': { zh: '{count} 条', en: '{count} messages' },
  'limit.lower.title': { zh: '降低上限？', en: 'Lower the limit?' },
  'limit.lower.messages': { zh: '将删除最早的消息，最多 {count} 条，无法恢复。', en: 'Messages deleted for good, the oldest first: up to {count}.' },
  'limit.lower.bytes': { zh: '将删除最早的消息，约 {size}，无法恢复。', en: 'The oldest messages, about {size}, are deleted for good.' },
  'limits.hint': { zh: '超出后先删最早的消息，未读和未发出的不删。', en: 'Beyond that the oldest messages go first, but never unread or unsent ones.' },
  row: { zh: '{size}，{count} 条消息', en: '{size}, {count} messages' },
  'row.one': { zh: '{size}，{count} 条消息', en: '{size}, {count} message' },
  more: { zh: '仅列出占用最多的 {count} 个会话', en: 'Only the {count} largest conversations are listed' },
  clear: { zh: '清空', en: 'Clear' },
  'clear.label': { zh: '清空 {name} 的聊天记录', en: 'Clear the messages of {name}' },
  'clear.title': { zh: '清空和 {name} 的聊天记录？', en: 'Clear the messages with {name}?' },
  'clear.title.channel': { zh: '清空频道 {name} 的聊天记录？', en: 'Clear the messages of channel {name}?' },
  'clear-all': { zh: '清空全部聊天记录', en: 'Clear all messages' },
  'clear-all.title': { zh: '清空全部聊天记录？', en: 'Clear all messages?' },
  'clear.text': { zh: '只删除这台设备上的消息，会话会保留；未发出的消息也会取消。无法恢复。', en: 'Only the messages on this device go; the conversation stays. Unsent messages are cancelled too. This cannot be undone.' },
  failed: { zh: '没能完成：本机存储暂时不可用，请稍后再试', en: 'That did not work: the storage of this device is not available. Please try again later' },
  kept: { zh: '浏览器已承诺保留这些记录，不会自行删除。', en: 'The browser has promised not to delete these messages by itself.' },
  'may-go': { zh: '浏览器没有承诺保留这些记录：空间不足，或者很久没有打开（Safari 是 7 天）时，可能会删除。', en: 'The browser has not promised to keep these messages: it may delete them when it runs out of room, or after a long time without a visit (7 days in Safari).' },
  hint: { zh: 'RTM 不在服务器上保存消息，清空后无法找回。', en: 'RTM keeps no messages on its servers: what is cleared here cannot be brought back.' },
} satisfies Readonly<Record<string, Words>>
