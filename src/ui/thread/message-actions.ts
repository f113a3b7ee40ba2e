/** The actions of a message's menu, in its order. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isRecalled, isTakenBack, shownBody, type Message } from '@/src/chat/message/message'
import { EXCERPT_MAX_LENGTH, type Quote } from '@/src/chat/message/common-fields'
import { conversationKind } from '@/src/chat/conversation/conversation'
import { time } from '@/src/chat/time/time'
import { kindOf } from '@/src/kinds/registry'
import { t, type MessageKey } from '@/src/locales'
import { confirm, toast } from '@/src/platform/dialogs'
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

/** For how long an own text can be edited, and an own message recalled, ms. A receiver honours both at any time. */
export const EDIT_WITHIN_MS = 24 * 3_600_000
export const RECALL_WITHIN_MS = 2 * 60_000

const isOwn = ({ from }: Message, { uid }: ActionState) => from === uid
const isWithin = ({ at }: Message, ms: number) => Math.abs(time.now() - at) < ms
/** Whether it is still as it was sent: recalled messages have no more actions. */
const isThere = (message: Message) => !isRecalled(message)
/** Whether it has gone, or still can go: one that failed for good is sent again instead. */
const isAlive = ({ status }: Message) => status !== 'failed'

const isOnItsWay = ({ status }: Message, { isWaiting }: ActionState) => isWaiting && status !== 'delivered'

/** @public */
export const ACTIONS: readonly MessageAction[] = [
  {
    name: 'copy',
    label: 'thread.copy',
    isOffered: (message) => isThere(message) && kindOf(message.body).copyText !== undefined,
    run: (message) => copy(copyTextOf(message)),
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
