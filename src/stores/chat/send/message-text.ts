import { commonFieldsOf } from '@/src/chat/message/common-fields'
import { encode, isSendable, type Wire } from '@/src/chat/message/envelope'
import type { Message } from '@/src/chat/message/message'

/** The text of an RTM message. Undefined if the wire cannot carry the kind of the message. `again`: it may have been sent before. */
export function messageText(message: Message, wire: Wire, again: boolean): string | undefined {
  const { id, body } = message
  return isSendable(body, wire) ? encode({ kind: 'message', id, body, ...commonFieldsOf(message), ...(again && { again: true as const }) }, wire) : undefined
}
