/** The rows of a thread for a chunk of messages. */
import { kindOf } from '@/src/kinds/registry'
import { isSameDay } from '../time/clock-label'
import type { ConversationKind } from '../conversation/conversation'
import { isDeleted, isRecalled, shownTime, type Message, type MessageStatus } from '../message/message'
import type { Chunk } from './timeline'

/** After this much silence the next message has a time line above it, ms. The first message of a day always has one. */
export const TIME_LINE_AFTER_MS = 5 * 60_000

export interface Row {
  readonly seq: number
  readonly id: string
  readonly own: boolean
  /** The author's user id; '' for a notice. */
  readonly from: string
  readonly at: number
  readonly message: Message
  /** Whether a time line is above it. */
  readonly time: boolean
  /** Whether the author's name is above the bubble. */
  readonly name: boolean
  /** The status to show; '' for none. */
  readonly status: MessageStatus | ''
}

/** What the rows of a chunk depend on besides its messages. */
export interface ChunkContext {
  /** The user id of the reader. */
  readonly me: string
  readonly kind: ConversationKind
  /** Whether a message that was read shows as delivered, by the user's setting. */
  readonly hidesRead?: boolean
  /** Whether a recalled message is a line without an author. One whose recall has failed is not. */
  isLine?(message: Message): boolean
}

/**
 * The rows of `chunk`, without the messages that the user deleted. `before` and `after` are its neighbours in the log, if the window has them. A run is a
 * series of messages by one author without a time line, a notice or a recalled message in between.
 */
export function rows(chunk: Chunk, before: Message | undefined, after: Message | undefined, context: ChunkContext): Row[] {
  const shown = chunk.messages.filter((message) => !isDeleted(message))
  const all = [before, ...shown, after]
  const { isLine = isRecalled } = context
  const statusOf = ({ status }: Message) => (context.hidesRead && status === 'read' ? 'delivered' : status)
  const hasNoAuthor = (message: Message) => kindOf(message.body).isSystem === true || isLine(message)
  return shown.map((message, i) => {
    const previous = all[i]
    const next = all[i + 2]
    const own = message.from === context.me && !hasNoAuthor(message)
    const isRunStart = (earlier: Message | undefined, later: Message) => startsRun(earlier, later, hasNoAuthor)
    return {
      seq: message.seq,
      id: message.id,
      own,
      from: message.from,
      at: shownTime(message),
      message,
      time: needsTimeLine(previous, message),
      name: isRunStart(previous, message) && !own && context.kind === 'channel',
      status: own && (needsAttention(message) || next === undefined || isRunStart(message, next) || statusOf(next) !== statusOf(message)) ? statusOf(message) : '',
    }
  })
}

function needsTimeLine(previous: Message | undefined, message: Message): boolean {
  if (previous === undefined) return true
  const gap = shownTime(message) - shownTime(previous)
  return gap >= TIME_LINE_AFTER_MS || (gap > 0 && !isSameDay(shownTime(previous), shownTime(message)))
}

/** A message without an author, as a notice, belongs to no run, and ends the one before it. */
function startsRun(previous: Message | undefined, message: Message, hasNoAuthor: (message: Message) => boolean): boolean {
  if (hasNoAuthor(message)) return false
  return needsTimeLine(previous, message) || previous?.from !== message.from || hasNoAuthor(previous)
}

/** A status that needs attention is always shown. Others are shown once for the messages of a run with the same status. */
function needsAttention({ status }: Message): boolean {
  return status === 'queued' || status === 'sending' || status === 'failed'
}
