import { clock } from '@/src/chat/time/clock'
import { LOGIN_TIMEOUT_MS, RECONNECTING_SEND_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '@/src/chat/rtm-limits'
import { timeoutError } from '../error-name'
import type { RtmOperation } from '../errors'
import { fromSdkError } from './error'

/** How much longer than the SDK itself the adapter waits, in ms: a promise of the SDK may hang, one of the port may not. */
const MARGIN_MS = 2_000

/** The SDK's own longest waits. logout waits for a login in progress; a message waits for the connection first. */
function patience(operation: RtmOperation): number {
  if (operation === 'login' || operation === 'logout') return LOGIN_TIMEOUT_MS
  return operation === 'peerMessage' || operation === 'channelMessage' ? RECONNECTING_SEND_TIMEOUT_MS + REQUEST_TIMEOUT_MS : REQUEST_TIMEOUT_MS
}

/** Calls the SDK: turns an exception into a rejection, every error into an RtmError of `operation`, and a hanging promise into a timeout. */
export function callSdk(operation: RtmOperation, call: () => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(patience(operation) + MARGIN_MS, () => reject(timeoutError(operation)))
    const run = async () => call()
    run()
      .then(resolve, (error: unknown) => reject(fromSdkError(operation, error)))
      .finally(cancel)
  })
}
