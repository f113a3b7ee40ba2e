import type { SendFailure } from '@/src/chat/message/message'
import { t, type MessageKey } from '@/src/locales'
import { joinReason } from '../channel/channel-text'

/** The reasons that have a sentence of their own. */
const SENTENCES: { readonly [R in SendFailure['reason']]?: MessageKey } = {
  failed: 'failure.timeout',
  timeout: 'failure.timeout',
  'rate-limited': 'failure.too-often',
  'invalid-user': 'failure.invalid-user',
  'invalid-message': 'failure.invalid-message',
  'not-logged-in': 'failure.offline',
  'too-large': 'failure.too-large',
  'not-sendable': 'failure.not-sendable',
  'not-in-channel': 'failure.not-in-channel',
  expired: 'failure.expired',
  'file-store': 'failure.file-store',
  'file-store-full': 'failure.file-store-full',
  'file-too-large': 'failure.file-too-large',
  'file-quota': 'failure.file-quota',
  'file-type': 'failure.file-type',
  'file-unreadable': 'failure.file-unreadable',
  'file-heic': 'failure.file-heic',
  'file-refused': 'failure.file-refused',
  'file-lost': 'failure.file-lost',
}

/** Sending again the same message leads to the same end. */
const FOR_GOOD: readonly SendFailure['reason'][] = ['too-large', 'not-sendable', 'file-too-large', 'file-type', 'file-unreadable', 'file-heic', 'file-refused', 'file-lost']

/** Why a message was not sent, and that a tap sends it again if that may help. */
export function failureText(failure: SendFailure | undefined): string {
  if (failure?.reason === 'cancelled' || failure?.reason === 'cancelled-late') return t(`failure.${failure.reason}`)
  if (!failure) return t('status.failed')
  return t(FOR_GOOD.includes(failure.reason) ? 'status.failed.for-good' : 'status.failed.why', { reason: sentence(failure) })
}

function sentence(failure: SendFailure): string {
  const { reason, operation, code } = failure
  // The message never went: the join that it waited for was refused.
  if (operation === 'join') return t('failure.join', { reason: joinReason(failure) })
  const key = SENTENCES[reason]
  return key ? t(key) : t('failure.server', { code: code ?? '' })
}
