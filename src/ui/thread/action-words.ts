import type { Words } from '@/src/locales'

/** The words of the menu of a message and of its actions, which only the subpackage has. */
export const WORDS = {
  copy: { zh: '复制', en: 'Copy' },
  'select-text': { zh: '选择文字', en: 'Select text' },
  quote: { zh: '引用', en: 'Quote' },
  forward: { zh: '转发', en: 'Forward' },
  save: { zh: '保存', en: 'Save' },
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
  'delete.ask': { zh: '只在这台设备上删除，其他人仍能看到。', en: 'Deleted on this device only. Others can still see what was sent.' },
  'delete.ask.sent': { zh: '可能已经发出。只在这台设备上删除，其他人仍可能收到。', en: 'It may have been sent already. Deleted on this device only; others may still get it.' },
  'delete.ask.unsent': { zh: '还没有发出，删除后不会再发送。', en: 'Not sent yet. Once deleted, it is never sent.' },
  'delete.failed': { zh: '没能删除，请稍后再试', en: 'Not deleted. Try again later' },
  react: { zh: '更多表情', en: 'More reactions' },
  menu: { zh: '消息菜单', en: 'Message menu' },
  'menu.close': { zh: '关闭菜单', en: 'Close menu' },
} satisfies Readonly<Record<string, Words>>
