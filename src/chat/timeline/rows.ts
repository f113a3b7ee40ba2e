/** The rows of a thread for a chunk of messages. */
import { kindOf, type MessageBody } from '@/src/kinds/registry'
import { isSameDay } from '../time/clock-label'
import type { ConversationKind } from '../conversation/conversation'
import { shownTime, type Message, type MessageStatus } from '../message/message'
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
  readonly body: MessageBody
  /** Whether a time line is above it. */
  readonly time: boolean
  /** Whether the author's name is above the bubble. */
  readonly name: boolean
  /** The status to show; '' for none. */
  readonly status: MessageStatus | ''
}

export interface RowContext {
  /** The user id of the reader. */
  readonly me: string
  readonly kind: ConversationKind
}

/**
 * The rows of `chunk`. `before` and `after` are its neighbours in the log, if the window has them. A run is a series of messages by one author without a time
 * line or notice in between.
 */
export function rows(chunk: Chunk, before: Message | undefined, after: Message | undefined, context: RowContext): Row[] {
  const all = [before, ...chunk.messages, after]
  return chunk.messages.map((message, i) => {
    const previous = all[i]
    const own = message.from === context.me && !kindOf(message.body).isSystem
    return {
      seq: message.seq,
      id: message.id,
      own,
      from: message.from,
      at: shownTime(message),
      body: message.body,
      time: needsTimeLine(previous, message),
      name: startsRun(previous, message) && !own && context.kind === 'channel',
      status: own ? shownStatus(message, all[i + 2]) : '',
    }
  })
}

function needsTimeLine(previous: Message | undefined, message: Message): boolean {
  if (previous === undefined) return true
  const gap = shownTime(message) - shownTime(previous)
  return gap >= TIME_LINE_AFTER_MS || (gap > 0 && !isSameDay(shownTime(previous), shownTime(message)))
}

/** A notice belongs to no run, and ends the one before it, because it has no author. */
function startsRun(previous: Message | undefined, message: Message): boolean {
  if (kindOf(message.body).isSystem) return false
  return needsTimeLine(previous, message) || previous?.from !== message.from
}

/** A status that needs attention is always shown. Others are shown once for the messages of a run with the same status. */
function shownStatus(message: Message, next: Message | undefined): MessageStatus | '' {
  const { status } = message
  if (status === 'queued' || status === 'sending' || status === 'failed') return status
  return next === undefined || startsRun(message, next) || next.status !== status ? status : ''
}
