import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { t } from '@/src/locales'
import { confirm, toast } from '@/src/platform/dialogs'
import type { Account } from '@/src/stores/chat/account'
import { WORDS } from './action-words'

/** Deletes messages on this device, after a question. Resolves to whether the user confirmed. */
export async function deleteMessages(account: Account, conversation: ConversationId, messages: readonly Message[]): Promise<boolean> {
  const mayHaveGone = messages.some((message) => account.own.isWaiting(conversation, message) && !account.own.canCancel(conversation, message))
  const [title, text] = [t(WORDS.delete), t(WORDS[mayHaveGone ? 'delete.ask.sent' : 'delete.ask'])]
  const count = messages.length > 1 ? ` (${messages.length})` : ''
  const isConfirmed = await confirm({ title: `${title}${count}`, text, confirmText: title, cancelText: t('common.cancel'), danger: true })
  if (isConfirmed && !(await account.own.actions.deleteHere(conversation, messages))) toast(t(WORDS['delete.failed']))
  return isConfirmed
}
