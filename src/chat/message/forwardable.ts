import { isSendable } from './envelope'
import { isDeleted, isRecalled, type Message } from './message'

/** Whether a message can be forwarded. Plain mode (not `isRich`) forwards texts only. */
export function canForward(message: Message, isRich: boolean): boolean {
  if (isRecalled(message) || isDeleted(message)) return false
  return isRich ? isSendable(message.body, 'rich') : message.body.kind === 'text'
}
