import type { ConversationId } from '@/src/chat/conversation/conversation'
import { hasFailed, type Message } from '@/src/chat/message/message'
import { t } from '@/src/locales'
import { confirm, toast } from '@/src/platform/dialogs'
import type { Account } from '@/src/stores/chat/account'
import { WORDS } from './action-words'

/** Deletes messages on this device, after a question. Resolves to whether the user confirmed. */
export async function deleteMessages(account: Account, conversation: ConversationId, messages: readonly Message[]): Promise<boolean> {
  const [title, text] = [t(WORDS.delete), t(WORDS[question(account, conversation, messages)])]
  const count = messages.length > 1 ? ` (${messages.length})` : ''
  const isConfirmed = await confirm({ title: `${title}${count}`, text, confirmText: title, cancelText: t('common.cancel'), danger: true })
  if (isConfirmed && !(await account.own.actions.deleteHere(conversation, messages))) toast(t(WORDS['delete.failed']))
  return isConfirmed
}

function question(account: Account, conversation: ConversationId, messages: readonly Message[]): 'delete.ask' | 'delete.ask.sent' | 'delete.ask.unsent' {
  const isWaiting = (message: Message) => account.own.isWaiting(conversation, message)
  const canCancel = (message: Message) => account.own.canCancel(conversation, message)
  if (messages.some((message) => (isWaiting(message) && !canCancel(message)) || hasFailed(message))) return 'delete.ask.sent'
  return messages.every((message) => isWaiting(message)) ? 'delete.ask.unsent' : 'delete.ask'
}
