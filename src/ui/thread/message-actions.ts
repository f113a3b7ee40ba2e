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
  /** Whether the user can react to it. The menu then has a row of reactions, see {@link ReactionPort}. */
  readonly canReact: boolean
  /** Whether a part of a text can be selected in its bubble, as with a mouse. */
  readonly selectsInPlace: boolean
}

export interface ActionContext {
  readonly account: Account
  readonly conversation: ConversationId
  /** Returns the message as it is now: it may have gone while the menu was open. */
  latest(message: Message): Message
  /** Shows a text of which the user can select a part. */
  showText(text: string): void
}

/** What the menu's reactions do. Only a thread that has reactions provides it. */
export interface ReactionPort {
  canReact(message: Message, conversation: ConversationId): boolean
  /** The user has chosen one of the quick reactions. */
  onReact(message: Message, emoji: string, context: ActionContext): Promise<void>
  /** The user wants to choose among all emojis. */
  onReactMore(message: Message, context: ActionContext): Promise<void>
}

/**
 * An entry of {@link ACTIONS}. The build reads `name`, `label`, `icon` and `isDangerous` from its source, so they must be written as plain values.
 *
 * @public
 * @example
 * const details: MessageAction = { name: 'details', label: 'thread.details', icon: 'details', isOffered: () => true, run: async ({ id }) => showDetails(id) }
 */
export interface MessageAction {
  readonly name: string
  readonly label: MessageKey
  /** A name in src/ui/menu/icons.scss. */
  readonly icon: string
  /** Whether it destroys something. It is then red. */
  readonly isDangerous?: boolean
  isOffered(message: Message, state: ActionState): boolean
  run(message: Message, context: ActionContext): Promise<void>
}

const isOnItsWay = ({ status }: Message, { isWaiting }: ActionState) => isWaiting && status !== 'delivered'

/** @public */
export const ACTIONS: readonly MessageAction[] = [
  {
    name: 'copy',
    label: 'thread.copy',
    icon: 'copy',
    isOffered: ({ body }) => kindOf(body).copyText !== undefined,
    run: ({ body }) => copy(kindOf(body).copyText?.(body) ?? ''),
  },
  {
    name: 'select-text',
    label: 'thread.select-text',
    icon: 'select-text',
    isOffered: ({ body }, { selectsInPlace }) => !selectsInPlace && kindOf(body).copyText !== undefined,
    run: async ({ body }, { showText }) => showText(kindOf(body).copyText?.(body) ?? ''),
  },
  {
    name: 'resend',
    label: 'thread.resend',
    icon: 'resend',
    isOffered: (message, state) => !isOnItsWay(message, state) && message.status === 'failed',
    run: (message, { account, conversation, latest }) => account.own.retry(conversation, latest(message)),
  },
  {
    name: 'cancel',
    label: 'thread.cancel',
    icon: 'cancel',
    isOffered: (message, state) => isOnItsWay(message, state) && state.canCancel,
    async run(message, { account, conversation, latest }) {
      if (!(await account.own.cancel(conversation, latest(message)))) toast(t('thread.cancel.late'))
    },
  },
  {
    name: 'resend-all',
    label: 'thread.resend-all',
    icon: 'resend-all',
    isOffered: (message, state) => (isOnItsWay(message, state) ? state.hasOthersFailed : message.status === 'failed' && !isTakenBack(message.failure)),
    run: (_message, { account, conversation }) => account.own.retryAll(conversation),
  },
]
