import { messageKey, t } from '@/src/locales'
import type { ChannelView } from '@/src/stores/chat'

/** Why the user is not in a channel, as a sentence. '' if they are in it or joining. */
export function channelText({ state, failure }: ChannelView): string {
  switch (state) {
    case 'left':
      return t('thread.left')
    case 'failed':
      return t('thread.join.failed', { reason: joinReason(failure) })
    case 'suspended':
      return t('thread.suspended')
    case 'joining':
    case 'waiting':
    case 'joined':
      return ''
  }
}

/** Why a join was refused, without a full stop. */
export function joinReason(failure: { readonly reason: string; readonly code?: number } | undefined): string {
  const key = failure && messageKey(`join.${failure.reason}`)
  return key ? t(key) : t('join.other', { code: failure?.code ?? '' })
}
