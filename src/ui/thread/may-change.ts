import { isRecalled, type Message } from '@/src/chat/message/message'
import { time } from '@/src/chat/time/time'

/** For how long an own text can be edited, ms. A receiver honours edits at any time. */
const EDIT_WITHIN_MS = 24 * 3_600_000

/** Who changes a message. */
export interface Changer {
  readonly uid: string
  /** Whether messages can be changed after they were sent: not in plain mode. */
  readonly isRich: boolean
}

/** Whether it is an own message that can be changed until `ms` after it was sent. One that failed for good is sent again instead. */
export function mayChange(message: Message, { uid, isRich }: Changer, ms: number): boolean {
  return isRich && message.from === uid && !isRecalled(message) && message.status !== 'failed' && Math.abs(time.now() - message.at) < ms
}

/** Whether the user may change the words of a message. */
export function mayEdit(message: Message, changer: Changer): boolean {
  return message.body.kind === 'text' && mayChange(message, changer, EDIT_WITHIN_MS)
}
