import type { Message } from '@/src/chat/message/message'
import { t } from '@/src/locales'
import { chooseAction } from '@/src/platform/dialogs'
import { useChatStore, type Thread } from '@/src/stores/chat'
import { ACTIONS } from './message-actions'

/** Opens the menu. Resolves when the chosen action is done. */
export type UseMessageMenuReturn = (message: Message, thread: Thread) => Promise<void>

/** The menu of a message: opens with the actions that apply now, and performs the chosen one. */
export function useMessageMenu(): UseMessageMenuReturn {
  const { account } = useChatStore()
  return async (message, thread) => {
    if (!account) return
    const { conversation } = thread
    const isWaiting = account.own.isWaiting(conversation, message)
    const hasOthersFailed = isWaiting && (await account.own.hasFailed(conversation))
    const state = { isWaiting, hasOthersFailed, canCancel: account.own.canCancel(conversation, message) }
    const offered = ACTIONS.filter((action) => action.isOffered(message, state))
    if (offered.length === 0) return
    const index = await chooseAction(offered.map(({ label }) => t(label)))
    const chosen = index === undefined ? undefined : offered[index]
    await chosen?.run(message, { account, conversation, latest: (former) => thread.message(former.seq) ?? former })
  }
}
