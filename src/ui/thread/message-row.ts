import type { ConversationId, ConversationKind } from '@/src/chat/conversation/conversation'
import { isTakenBack, shownTime, type Message } from '@/src/chat/message/message'
import type { Row } from '@/src/chat/timeline/rows'
import { kindOf, USUAL_KIND } from '@/src/kinds/registry'
import { VIEWS } from '@/src/kinds/views'
import { t } from '@/src/locales'
import type { ShownMessage } from '@/src/kinds/view'
import type { Thread } from '@/src/stores/chat'
import { clockText } from '../shared/clock-text'
import { avatarOf, nameOf } from '../shared/identity'
import { failureText } from './failure-text'

/** The content of a row, with the values of its kind. Empty values are not rendered. Values are short, because each is copied to the view. */
export interface RowView {
  readonly key: number
  readonly id: string
  /** The name of its kind, whose bubble is rendered. '' for the most frequent kind. */
  readonly kind: string
  readonly own: string
  readonly time: string
  readonly note: string
  /** The author: for screen readers, and visible if `own` says `is-named`. */
  readonly name: string
  readonly letter: string
  readonly tone: string
  readonly status: string
  readonly state: string
  readonly failed: string
  readonly divider: string
}

export interface RowContext {
  readonly thread: Thread
  readonly kind: ConversationKind
  /** The current time, ms since 1970, which decides what today is. */
  readonly now: number
}

/** The row of `message`, which `row` describes among its neighbours. */
export function messageRow(row: Row, message: Message, { thread, kind, now }: RowContext): RowView {
  const { body, failure } = message
  const { status } = row
  const isFailed = status === 'failed'
  const isShown = status !== '' && status !== 'received' && !isFailed
  const view = VIEWS[kindOf(body).name]
  return {
    // First, so that no value of a kind replaces one of the row.
    ...view?.row?.(body, { isOpened: thread.opened.has(row.seq), message: shownMessage(message, row.own, thread.conversation) }),
    key: row.seq,
    id: row.id,
    kind: body.kind === USUAL_KIND ? '' : body.kind,
    own: [row.own ? 'own' : '', row.name ? 'is-named' : '', row.seq === thread.highlighted.value ? 'is-target' : ''].filter(Boolean).join(' '),
    time: row.time ? clockText(row.at, now) : '',
    note: view?.note?.(body) ?? '',
    name: row.own ? t('list.you') : nameOf(row.from),
    ...avatarOf(`peer:${row.from}`),
    status: isShown ? t(status === 'sent' && kind === 'peer' ? 'status.sent.peer' : `status.${status}`) : '',
    state: isFailed ? (isTakenBack(failure) ? 'is-failed is-cancelled' : 'is-failed') : isShown ? `is-${status}` : '',
    failed: isFailed ? failureText(failure) : '',
    divider: row.seq === thread.divider ? t('thread.unread', { count: thread.unread }) : '',
  }
}

/** What the view of a kind learns about the message of its bubble. */
export function shownMessage(message: Message, isOwn: boolean, conversation: ConversationId): ShownMessage {
  return { id: message.id, from: message.from, at: shownTime(message), conversation, isOwn }
}
