/** The actions of a message's menu, in its order. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isRecalled, isTakenBack, shownBody, type Message } from '@/src/chat/message/message'
import { EXCERPT_MAX_LENGTH, type Quote } from '@/src/chat/message/common-fields'
import { conversationKind } from '@/src/chat/conversation/conversation'
import { time } from '@/src/chat/time/time'
import { kindOf } from '@/src/kinds/registry'
import { t, type MessageKey, type Words } from '@/src/locales'
import { confirm, toast } from '@/src/platform/dialogs'
import type { Account } from '@/src/stores/chat/account'
import { copy } from '../shared/copy'
import { OWN_ACTIONS } from './own-actions'

/** The state, besides the message, that decides which actions are offered. */
export interface ActionState {
  /** Whether it is an own message that is still to be sent, or to be received by its peer. */
  readonly isWaiting: boolean
  /** Whether other messages of the conversation have failed. Known only if this one waits. */
  readonly hasOthersFailed: boolean
  readonly canCancel: boolean
  /** The user id of the reader. */
  readonly uid: string
  /** Whether messages can be changed after they were sent: not in plain mode. */
  readonly isRich: boolean
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
  readonly label: MessageKey | Words
  /** A name in src/ui/menu/icons.scss. */
  readonly icon: string
  /** Whether it destroys something. It is then red. */
  readonly isDangerous?: boolean
  isOffered(message: Message, state: ActionState): boolean
  run(message: Message, context: ActionContext): Promise<void>
}

/** For how long an own text can be edited, and an own message recalled, ms. A receiver honours both at any time. */
export const EDIT_WITHIN_MS = 24 * 3_600_000
export const RECALL_WITHIN_MS = 2 * 60_000

const isOwn = ({ from }: Message, { uid }: Pick<ActionState, 'uid'>) => from === uid
const isWithin = ({ at }: Message, ms: number) => Math.abs(time.now() - at) < ms
/** Whether it is still as it was sent: recalled messages have no more actions. */
const isThere = (message: Message) => !isRecalled(message)
/** Whether it has gone, or still can go: one that failed for good is sent again instead. */
const isAlive = ({ status }: Message) => status !== 'failed'

const isOnItsWay = ({ status }: Message, { isWaiting }: ActionState) => isWaiting && status !== 'delivered'

function copyTextOf(message: Message): string {
  const body = shownBody(message)
  return kindOf(body).copyText?.(body) ?? ''
}

function quoteOf(message: Message): Quote {
  const body = shownBody(message)
  const { id, from } = message
  return { id, from, at: message.at, kind: body.kind, text: kindOf(body).excerpt(body, EXCERPT_MAX_LENGTH) }
}

/** Asks before something that cannot be undone. */
function ask(text: MessageKey, button: MessageKey): Promise<boolean> {
  return confirm({ title: t(button), text: t(text), confirmText: t(button), cancelText: t('common.cancel'), danger: true })
}

/** Whether the user may change the words of a message. */
export function mayEdit(message: Message, state: Pick<ActionState, 'uid' | 'isRich'>): boolean {
  return state.isRich && isOwn(message, state) && isThere(message) && isAlive(message) && message.body.kind === 'text' && isWithin(message, EDIT_WITHIN_MS)
}

/** @public */
export const ACTIONS: readonly MessageAction[] = [
  {
    name: 'copy',
    label: 'thread.copy',
    icon: 'copy',
    isOffered: (message) => isThere(message) && kindOf(message.body).copyText !== undefined,
    run: (message) => copy(copyTextOf(message)),
  },
  {
    name: 'select-text',
    label: 'thread.select-text',
    icon: 'select-text',
    isOffered: (message, { selectsInPlace }) => !selectsInPlace && isThere(message) && kindOf(message.body).copyText !== undefined,
    run: async (message, { showText }) => showText(copyTextOf(message)),
  },
  {
    name: 'quote',
    label: 'thread.quote.action',
    icon: 'quote',
    isOffered: (message) => isThere(message) && isAlive(message) && kindOf(message.body).encode !== undefined,
    run: async (message, { account, conversation }) => account.composers.quote(conversation, quoteOf(message)),
  },
  {
    name: 'edit',
    label: 'thread.edit',
    icon: 'edit',
    isOffered: mayEdit,
    run: async (message, { account, conversation, latest }) => account.composers.edit(conversation, latest(message), copyTextOf(latest(message))),
  },
  {
    name: 'recall',
    label: 'thread.recall',
    icon: 'recall',
    isOffered: (message, state) => state.isRich && isOwn(message, state) && isThere(message) && isAlive(message) && isWithin(message, RECALL_WITHIN_MS),
    async run(message, { account, conversation, latest }) {
      const question = conversationKind(conversation) === 'channel' ? 'thread.recall.ask.channel' : 'thread.recall.ask'
      if (!(await ask(question, 'thread.recall'))) return
      if (!(await account.own.actions.recall(conversation, latest(message)))) toast(t('thread.action.full'))
    },
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
  {
    name: 'delete',
    label: 'thread.delete',
    icon: 'delete',
    isDangerous: true,
    isOffered: () => true,
    async run(message, { account, conversation, latest }) {
      const mayHaveGone = account.own.isWaiting(conversation, message) && !account.own.canCancel(conversation, message)
      if (!(await ask(mayHaveGone ? 'thread.delete.ask.sent' : 'thread.delete.ask', 'thread.delete'))) return
      if (!(await account.own.actions.deleteHere(conversation, [latest(message)]))) toast(t('thread.delete.failed'))
    },
  },
  ...OWN_ACTIONS,
]
