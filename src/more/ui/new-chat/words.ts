import type { Words } from '@/src/locales'

/** The words of the form for a new chat, which only this subpackage has. */
export const WORDS = {
  peer: { zh: '发起单聊', en: 'Direct chat' },
  channel: { zh: '加入频道', en: 'Join a channel' },
  'peer.label': { zh: '对方的用户 ID', en: 'Their user ID' },
  'peer.placeholder': { zh: '例如 bob', en: 'for example bob' },
  'peer.note': { zh: '对方用这个 ID 登录后就能收到消息。区分大小写。', en: 'They get your messages once logged in with this ID. Upper and lower case differ.' },
  'peer.submit': { zh: '开始聊天', en: 'Start chatting' },
  'channel.label': { zh: '频道 ID', en: 'Channel ID' },
  'channel.placeholder': { zh: '例如 general', en: 'for example general' },
  'channel.note': { zh: '频道不存在时会自动创建，知道 ID 的人都能加入。', en: 'A channel that does not exist is created. Whoever knows the ID can join.' },
  'channel.submit': { zh: '加入', en: 'Join' },
  self: { zh: '这是你自己的 ID，换一个人吧', en: 'That is your own ID; choose somebody else' },
} satisfies Readonly<Record<string, Words>>
