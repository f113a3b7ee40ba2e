/** Reads the reason why a message failed, as stored now and in formats 1 and 2. */
import { FILE_FAILURES } from '@/src/chat/media/file-failure'
import type { SendFailure } from '@/src/chat/message/message'
import { RTM_REASONS, type RtmReason } from '@/src/chat/rtm-reason'
import { isRecord } from '@/src/chat/util/checks'

const OPERATIONS = ['peerMessage', 'channelMessage', 'join'] as const
const REASONS: readonly SendFailure['reason'][] = [...RTM_REASONS, ...FILE_FAILURES, 'not-sendable', 'expired', 'cancelled', 'cancelled-late']

/** Reasons for the codes of RTM 1.x, which earlier versions stored instead of a reason. Any other code is `unknown`. */
const REASONS_OF_CODES: Readonly<Record<(typeof OPERATIONS)[number], { readonly [code: number]: RtmReason }>> = {
  peerMessage: { 1: 'failed', 2: 'timeout', 5: 'rate-limited', 6: 'invalid-user', 7: 'invalid-message', 8: 'invalid-message', 102: 'not-logged-in' },
  channelMessage: { 1: 'failed', 2: 'timeout', 3: 'rate-limited', 4: 'invalid-message', 5: 'not-in-channel', 102: 'not-logged-in' },
  join: { 2: 'refused', 3: 'invalid-channel', 102: 'not-logged-in' },
}

/** Undefined if it is malformed. A later version's reason becomes `unknown` if the record has an operation and a code too. */
export function parseFailure(value: unknown): SendFailure | undefined {
  if (!isRecord(value)) return undefined
  const { reason, operation, code } = value
  const known = OPERATIONS.find((each) => each === operation)
  const details = known !== undefined && typeof code === 'number' ? { operation: known, code } : undefined
  const named = REASONS.find((each) => each === reason)
  if (named !== undefined) return { reason: named, ...details }
  if (details === undefined || typeof reason !== 'string') return undefined
  return { reason: (reason === 'rtm' && REASONS_OF_CODES[details.operation][details.code]) || 'unknown', ...details }
}
