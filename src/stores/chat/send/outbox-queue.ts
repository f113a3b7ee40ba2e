/** The waiting messages of one conversation, and its attempt in progress. */
import type { OutboxItem } from '@/src/chat/delivery/outbox-rules'
import type { Cancel } from '@/src/chat/time/clock'

export interface Queue {
  items: OutboxItem[]
  /** The message in the current attempt. */
  sending: number | undefined
  /** Whether the user has cancelled it since. */
  isCancelled: boolean
  draining: boolean
  /** The number of pauses that have not ended: nothing is sent above 0. */
  pauses: number
  cancelLook: Cancel | undefined
  cancelOnlineRetry: Cancel | undefined
}

export function emptyQueue(): Queue {
  return { items: [], sending: undefined, isCancelled: false, draining: false, pauses: 0, cancelLook: undefined, cancelOnlineRetry: undefined }
}

export function cancelTimers({ cancelLook, cancelOnlineRetry }: Queue): void {
  cancelLook?.()
  cancelOnlineRetry?.()
}
