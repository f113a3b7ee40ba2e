import type { Words } from '@/src/locales'

/** The words of the menu of a message and of its actions, which only the subpackage has. */
export const WORDS = {
  copy: { zh: '复制', en: 'Copy' },
  'select-text': { zh: '选择文字', en: 'Select text' },
  quote: { zh: '引用', en: 'Quote' },
  forward: { zh: '转发', en: 'Forward' },
  edit: { zh: '编辑', en: 'Edit' },
  recall: { zh: '撤回', en: 'Recall' },
  'recall.ask': { zh: '撤回这条消息？', en: 'Recall this message?' },
  'recall.ask.channel': { zh: '撤回这条消息？不在线的成员仍会看到它。', en: 'Recall this message? Members who are offline will still see it.' },
  resend: { zh: '重新发送', en: 'Send again' },
  'resend-all': { zh: '全部重新发送', en: 'Send all again' },
  cancel: { zh: '取消发送', en: 'Cancel sending' },
  'cancel.late': { zh: '已经发出，无法取消', en: 'It has gone already and cannot be cancelled' },
  details: { zh: '详情', en: 'Details' },
  delete: { zh: '删除', en: 'Delete' },
  'delete.ask': { zh: '删除后只有你看不到这条消息，对方仍能看到。', en: 'Only you will no longer see this message. The others still can.' },
  'delete.ask.sent': { zh: '这条消息可能已经发出。删除后只有你看不到它，对方仍可能收到。', en: 'This message may have been sent. Only you will no longer see it; the others may still get it.' },
  'delete.failed': { zh: '没能删除，请稍后再试', en: 'Not deleted. Try again later' },
  react: { zh: '更多表情', en: 'More reactions' },
  menu: { zh: '消息菜单', en: 'Message menu' },
  'menu.close': { zh: '关闭菜单', en: 'Close menu' },
} satisfies Readonly<Record<string, Words>>
