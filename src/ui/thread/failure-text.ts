import type { SendFailure } from '@/src/chat/message/message'
import { t, type MessageKey } from '@/src/locales'

/** RTM's codes for messages, by operation: those that have a sentence of their own. */
const SENTENCES: Readonly<Record<'peerMessage' | 'channelMessage' | 'join', ReadonlyMap<number, MessageKey>>> = {
  peerMessage: new Map([
    [1, 'failure.timeout'],
    [2, 'failure.timeout'],
    [5, 'failure.too-often'],
    [6, 'failure.invalid-user'],
    [7, 'failure.invalid-message'],
    [8, 'failure.invalid-message'],
    [102, 'failure.offline'],
  ]),
  channelMessage: new Map([
    [1, 'failure.timeout'],
    [2, 'failure.timeout'],
    [3, 'failure.too-often'],
    [4, 'failure.invalid-message'],
    [5, 'failure.not-in-channel'],
    [102, 'failure.offline'],
  ]),
  join: new Map([[102, 'failure.offline']]),
}

/** Why a message was not sent, and that a tap sends it again if that may help. */
export function failureText(failure: SendFailure | undefined): string {
  if (failure?.reason === 'cancelled' || failure?.reason === 'cancelled-late') return t(`failure.${failure.reason}`)
  if (!failure) return t('status.failed')
  return t(failure.reason === 'too-large' || failure.reason === 'not-sendable' ? 'status.failed.for-good' : 'status.failed.why', { reason: reason(failure) })
}

function reason(failure: SendFailure): string {
  if (failure.reason !== 'rtm') return t(`failure.${failure.reason}`)
  const key = SENTENCES[failure.operation].get(failure.code)
  return key ? t(key) : t('failure.server', { code: failure.code })
}
