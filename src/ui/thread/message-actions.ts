/** The actions of a message's menu, in its order. Only the subpackage uses them, so the build puts this file there. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { canForward } from '@/src/chat/message/forwardable'
import { isRecalled, isCancelled, shownBody, type Message } from '@/src/chat/message/message'
import { EXCERPT_MAX_LENGTH, type Quote } from '@/src/chat/message/common-fields'
import { conversationKind } from '@/src/chat/conversation/conversation'
import type { ImageBody } from '@/src/kinds/image/spec'
import { kindOf } from '@/src/kinds/registry'
import type { VideoBody } from '@/src/kinds/video/spec'
import { t, type MessageKey, type Words } from '@/src/locales'
import { confirm, toast } from '@/src/platform/dialogs'
import type { Account } from '@/src/stores/chat/account'
import { copy } from '../shared/copy'
import { foreignHost } from '../shared/media-row'
import { openDetails, openForward } from '../shared/more-pages'
import { WORDS } from './action-words'
import { deleteMessages } from './deleting'
import { mayChange, mayEdit, type Changer } from './may-change'
import { mediaStates } from './media-states'
import { shownMessage } from './message-row'
import { OWN_ACTIONS } from './own-actions'
import { select } from './selecting'

/** The state, besides the message, that decides which actions are offered. */
export interface ActionState extends Changer {
  /** Whether it is an own message that is still to be sent, or to be received by its peer. */
  readonly isWaiting: boolean
  /** Whether other messages of the conversation have failed. Known only if this one waits. */
  readonly hasOthersFailed: boolean
  readonly canCancel: boolean
  /** Whether the user can react to it. The menu then has a row of reactions. */
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

/**
 * An entry of {@link ACTIONS}. The build reads `name`, `label`, `icon` and `isDangerous` from its source, so they must be written as plain values. The label may
 * be a member of a list of words too, such as `WORDS.copy`.
 *
 * @public
 * @example
 * const details: MessageAction = { name: 'details', label: { zh: '详情', en: 'Details' }, icon: 'details', isOffered: () => true, run: async ({ id }) => showDetails(id) }
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

/** For how long an own message can be recalled, ms. A receiver honours that at any time. */
const RECALL_WITHIN_MS = 2 * 60_000

/** Whether it is still as it was sent: recalled messages have no more actions. */
const isThere = (message: Message) => !isRecalled(message)
/** Whether it has gone, or still can go: one that failed for good is sent again instead. */
const isAlive = ({ status }: Message) => status !== 'failed'

const isOnItsWay = ({ status }: Message, { isWaiting }: ActionState) => isWaiting && status !== 'delivered'

function copyTextOf(message: Message): string {
  const body = shownBody(message)
  return kindOf(body).copyText?.(body) ?? ''
}

function hasCopyText(message: Message): boolean {
  return isThere(message) && copyTextOf(message) !== ''
}

function quoteOf(message: Message): Quote {
  const body = shownBody(message)
  const { id, from } = message
  return { id, from, at: message.at, kind: body.kind, text: kindOf(body).excerpt(body, EXCERPT_MAX_LENGTH) }
}

/** The picture or video of a message, if it may be loaded. */
function savedBody(message: Message): ImageBody | VideoBody | undefined {
  const body = shownBody(message)
  return (body.kind === 'image' || body.kind === 'video') && foreignHost(body) === undefined ? body : undefined
}

/** Asks before something that cannot be undone. */
function ask(text: Words, button: Words): Promise<boolean> {
  return confirm({ title: t(button), text: t(text), confirmText: t(button), cancelText: t('common.cancel'), danger: true })
}

/** @public */
export const ACTIONS: readonly MessageAction[] = [
  {
    name: 'copy',
    label: WORDS.copy,
    icon: 'copy',
    isOffered: hasCopyText,
    run: (message) => copy(copyTextOf(message)),
  },
  {
    name: 'select-text',
    label: WORDS['select-text'],
    icon: 'select-text',
    isOffered: (message, { selectsInPlace }) => !selectsInPlace && hasCopyText(message),
    run: async (message, { showText }) => showText(copyTextOf(message)),
  },
  {
    name: 'quote',
    label: WORDS.quote,
    icon: 'quote',
    isOffered: (message) => isThere(message) && isAlive(message) && kindOf(message.body).encode !== undefined,
    run: async (message, { account, conversation }) => account.composers.quote(conversation, quoteOf(message)),
  },
  {
    name: 'forward',
    label: WORDS.forward,
    icon: 'forward',
    isOffered: (message, { isRich }) => canForward(message, isRich),
    run: async ({ seq }, { conversation }) => openForward(conversation, [seq]),
  },
  {
    name: 'save',
    label: WORDS.save,
    icon: 'save',
    isOffered: (message) => isThere(message) && savedBody(message) !== undefined,
    async run(message, { account, conversation }) {
      const body = savedBody(message)
      if (body) await mediaStates.value.save(shownMessage(message, message.from === account.uid, conversation), body)
    },
  },
  {
    name: 'edit',
    label: WORDS.edit,
    icon: 'edit',
    isOffered: mayEdit,
    run: async (message, { account, conversation, latest }) => account.composers.edit(conversation, latest(message), copyTextOf(latest(message))),
  },
  {
    name: 'recall',
    label: WORDS.recall,
    icon: 'recall',
    isOffered: (message, state) => mayChange(message, state, RECALL_WITHIN_MS),
    async run(message, { account, conversation, latest }) {
      const question = WORDS[conversationKind(conversation) === 'channel' ? 'recall.ask.channel' : 'recall.ask']
      if (!(await ask(question, WORDS.recall))) return
      if (!(await account.own.actions.recall(conversation, latest(message)))) toast(t('thread.action.full'))
    },
  },
  {
    name: 'resend',
    label: WORDS.resend,
    icon: 'resend',
    isOffered: (message, state) => !isOnItsWay(message, state) && message.status === 'failed',
    run: (message, { account, conversation, latest }) => account.own.retry(conversation, latest(message)),
  },
  {
    name: 'cancel',
    label: WORDS.cancel,
    icon: 'cancel',
    isOffered: (message, state) => isOnItsWay(message, state) && state.canCancel,
    async run(message, { account, conversation, latest }) {
      if (!(await account.own.cancel(conversation, latest(message)))) toast(t(WORDS['cancel.late']))
    },
  },
  {
    name: 'resend-all',
    label: WORDS['resend-all'],
    icon: 'resend-all',
    isOffered: (message, state) => (isOnItsWay(message, state) ? state.hasOthersFailed : message.status === 'failed' && !isCancelled(message.failure)),
    run: (_message, { account, conversation }) => account.own.retryAll(conversation),
  },
  {
    name: 'select',
    label: 'thread.select',
    icon: 'select',
    isOffered: () => true,
    run: async (message, { conversation }) => select(conversation, message),
  },
  {
    name: 'details',
    label: WORDS.details,
    icon: 'details',
    isOffered: () => true,
    run: async ({ from, id }, { conversation }) => openDetails({ conversation, from, id }),
  },
  ...OWN_ACTIONS,
  {
    name: 'delete',
    label: WORDS.delete,
    icon: 'delete',
    isDangerous: true,
    isOffered: () => true,
    run: async (message, { account, conversation, latest }) => void (await deleteMessages(account, conversation, [latest(message)])),
  },
]

/** The actions that are offered on a message. A recalled one has none of a team. */
export function offeredActions(message: Message, state: ActionState): readonly MessageAction[] {
  return ACTIONS.filter((action) => !(isRecalled(message) && OWN_ACTIONS.includes(action)) && action.isOffered(message, state))
}
