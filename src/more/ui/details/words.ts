import type { Words } from '@/src/locales'

/** The words of the page with the details of a message, which only this subpackage has. */
export const WORDS = {
  title: { zh: '消息详情', en: 'Message details' },
  time: { zh: '时间', en: 'Time' },
  went: { zh: '发出时间', en: 'Went out' },
  from: { zh: '发送者', en: 'Sender' },
  id: { zh: '消息 ID', en: 'Message ID' },
  kind: { zh: '类型', en: 'Kind' },
  status: { zh: '状态', en: 'State' },
  edited: { zh: '编辑时间', en: 'Edited' },
  recalled: { zh: '撤回时间', en: 'Recalled' },
  forwarded: { zh: '转发自', en: 'Forwarded from' },
  reactions: { zh: '回应', en: 'Reactions' },
  none: { zh: '还没有回应', en: 'No reactions yet' },
  received: { zh: '已收到', en: 'Received' },
  failed: { zh: '发送失败', en: 'Not sent' },
  cancelled: { zh: '已取消发送', en: 'Cancelled' },
  text: { zh: '文字', en: 'Text' },
  image: { zh: '图片', en: 'Picture' },
  voice: { zh: '语音', en: 'Voice' },
  video: { zh: '视频', en: 'Video' },
  file: { zh: '文件', en: 'File' },
  location: { zh: '位置', en: 'Location' },
  card: { zh: '卡片', en: 'Card' },
  record: { zh: '聊天记录', en: 'Chat history' },
  unsupported: { zh: '暂不支持', en: 'Not supported yet' },
} satisfies Readonly<Record<string, Words>>
