import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isDeleted, type Message } from '@/src/chat/message/message'
import type { Account } from '@/src/stores/chat/account'
import { mayEdit } from '../thread/may-change'

/** It is looked for among this many of the newest messages. */
const AMONG = 100

/** The last own message that may be edited. Undefined if there is none among the newest. */
export async function lastEditable(account: Account, conversation: ConversationId, isRich: boolean): Promise<Message | undefined> {
  const messages = await account.newest(conversation, AMONG)
  return messages.find((message) => mayEdit(message, { uid: account.uid, isRich }) && !isDeleted(message))
}
