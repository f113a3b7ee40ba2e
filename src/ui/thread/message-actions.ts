/** The actions of a message's menu, in its order. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isTakenBack, type Message } from '@/src/chat/message/message'
import { kindOf } from '@/src/kinds/registry'
import { t, type MessageKey } from '@/src/locales'
import { toast } from '@/src/platform/dialogs'
import type { Account } from '@/src/stores/chat/account'
import { copy } from '../shared/copy'

/** The state, besides the message, that decides which actions are offered. */
export interface ActionState {
  /** Whether it is an own message that is still to be sent, or to be received by its peer. */
  readonly isWaiting: boolean
  /** Whether other messages of the conversation have failed. Known only if this one waits. */
  readonly hasOthersFailed: boolean
  readonly canCancel: boolean
}

export interface ActionContext {
  readonly account: Account
  readonly conversation: ConversationId
  /** Returns the message as it is now: it may have gone while the menu was open. */
  latest(message: Message): Message
}

/**
 * @public
 * @example
 * const details: MessageAction = { name: 'details', label: 'thread.details', isOffered: () => true, run: async ({ id }) => showDetails(id) }
 */
export interface MessageAction {
  readonly name: string
  readonly label: MessageKey
  isOffered(message: Message, state: ActionState): boolean
  run(message: Message, context: ActionContext): Promise<void>
}

const isOnItsWay = ({ status }: Message, { isWaiting }: ActionState) => isWaiting && status !== 'delivered'

/** @public */
export const ACTIONS: readonly MessageAction[] = [
  {
    name: 'copy',
    label: 'thread.copy',
    isOffered: ({ body }) => kindOf(body).copyText !== undefined,
    run: ({ body }) => copy(kindOf(body).copyText?.(body) ?? ''),
  },
  {
    name: 'resend',
    label: 'thread.resend',
    isOffered: (message, state) => !isOnItsWay(message, state) && message.status === 'failed',
    run: (message, { account, conversation, latest }) => account.own.retry(conversation, latest(message)),
  },
  {
    name: 'cancel',
    label: 'thread.cancel',
    isOffered: (message, state) => isOnItsWay(message, state) && state.canCancel,
    async run(message, { account, conversation, latest }) {
      if (!(await account.own.cancel(conversation, latest(message)))) toast(t('thread.cancel.late'))
    },
  },
  {
    name: 'resend-all',
    label: 'thread.resend-all',
    isOffered: (message, state) => (isOnItsWay(message, state) ? state.hasOthersFailed : message.status === 'failed' && !isTakenBack(message.failure)),
    run: (_message, { account, conversation }) => account.own.retryAll(conversation),
  },
]
