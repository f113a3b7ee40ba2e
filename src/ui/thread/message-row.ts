import type { ConversationId, ConversationKind } from '@/src/chat/conversation/conversation'
import { isRecalled, isCancelled, shownBody, shownTime, type Message } from '@/src/chat/message/message'
import type { Row } from '@/src/chat/timeline/rows'
import { kindOf, USUAL_KIND } from '@/src/kinds/registry'
import { VIEWS } from '@/src/kinds/views'
import { t } from '@/src/locales'
import type { ShownMessage } from '@/src/kinds/view'
import type { ActionStates, Thread } from '@/src/stores/chat'
import type { Selected } from '@/src/stores/chat/threads/selections'
import { recalledText } from '../conversations/preview-text'
import { clockText } from '../shared/clock-text'
import { failureText } from './failure-text'
import { belowView, type BelowView } from './message-below'
import type { RowPeople } from './row-people'

/** The content of a row, with the values of its kind. Values are short, because each is copied to the view, and undefined is not. */
export interface MessageRowView extends BelowView {
  readonly key: number
  readonly id: string
  /** The name of its kind, whose bubble is rendered. Undefined for the most frequent kind. */
  readonly kind: string | undefined
  readonly own: string
  readonly hasTime?: 1 | undefined
  readonly time: string
  /** 1 if it is a line without a bubble. */
  readonly isNote?: 1 | undefined
  readonly note: string
  readonly hasStatus?: 1 | undefined
  /** The place of its author in the list of the chunk's people. */
  readonly who: number
  /** 1 if the author's name is above the bubble. */
  readonly named?: 1 | undefined
  readonly status: string
  readonly state: string
  readonly failed: string | undefined
  readonly divider: string | undefined
  /** 1 if `note` says that the message was recalled. */
  readonly isRecalled?: 1 | undefined
  /** 1 if its words can be written again. */
  readonly again?: 1 | undefined
  /** A class while messages are being selected: whether this one is. */
  readonly check?: 'is-on' | 'is-off' | undefined
}

/** What the content of a row depends on besides its message. */
export interface MessageRowContext {
  readonly thread: Thread
  readonly kind: ConversationKind
  /** The current time, ms since 1970, which decides what today is. */
  readonly now: number
  /** The user id of the reader. */
  readonly me: string
  /** The states of own actions that have not arrived. */
  readonly states: ActionStates
  readonly people: RowPeople
  /** The selected messages, by seq. Undefined while none are being selected. */
  readonly selected?: Selected
  /** The recalled messages that others quote, see {@link quoteKey}. */
  readonly recalledQuotes?: ReadonlySet<string> | undefined
  /** Whether the words of an own recalled message can be written again. */
  canWriteAgain(message: Message): boolean
}

/** Whether a recalled message is a line without its words. If its recall has failed it still has them. */
export function isRecalledLine(message: Message, states: ActionStates): boolean {
  return isRecalled(message) && states.get(message.seq)?.recall !== 'failed'
}

/** The row of its message, which `row` describes among its neighbours. */
export function messageRow(row: Row, { thread, kind, now, me, states, people, selected, recalledQuotes, canWriteAgain }: MessageRowContext): MessageRowView {
  const { status, message } = row
  const { failure } = message
  const body = shownBody(message)
  const isLine = isRecalledLine(message, states)
  const isFailed = status === 'failed'
  const isShown = status !== '' && status !== 'received' && !isFailed
  const view = VIEWS[kindOf(body).name]
  const note = isLine ? recalledText(message.from, me) : view?.note?.(body)
  return {
    // First, so that no value of a kind replaces one of the row.
    ...view?.row?.(body, { isOpened: thread.opened.body.has(row.seq), message: shownMessage(message, row.own, thread.conversation) }),
    key: row.seq,
    id: row.id,
    kind: body.kind === USUAL_KIND ? undefined : body.kind,
    own: [row.own ? 'own' : '', row.name ? 'is-named' : '', row.seq === thread.highlighted.value ? 'is-target' : ''].filter(Boolean).join(' '),
    hasTime: row.time ? 1 : undefined,
    time: row.time ? clockText(row.at, now) : '',
    isNote: note === undefined ? undefined : 1,
    note: note ?? '',
    isRecalled: isLine ? 1 : undefined,
    again: isLine && canWriteAgain(message) ? 1 : undefined,
    check: selected && (selected.has(row.seq) ? 'is-on' : 'is-off'),
    ...(isLine ? undefined : belowView(message, states.get(row.seq), { me, now, recalledQuotes, isOpened: thread.opened.reactions.has(row.seq) })),
    // A line is not shown with its author.
    who: note === undefined ? people.placeOf(row.from) : 0,
    named: row.name ? 1 : undefined,
    hasStatus: isShown ? 1 : undefined,
    status: isShown ? t(status === 'sent' && kind === 'peer' ? 'status.sent.peer' : `status.${status}`) : '',
    state: isFailed ? (isCancelled(failure) ? 'is-failed is-cancelled' : 'is-failed') : isShown ? `is-${status}` : '',
    failed: isFailed ? failureText(failure) : undefined,
    divider: row.seq === thread.divider ? t('thread.unread', { count: thread.unread }) : undefined,
  }
}

/** What the view of a kind learns about the message of its bubble. */
export function shownMessage(message: Message, isOwn: boolean, conversation: ConversationId): ShownMessage {
  return { id: message.id, seq: message.seq, from: message.from, at: shownTime(message), conversation, isOwn }
}
