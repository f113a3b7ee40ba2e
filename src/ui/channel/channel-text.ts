import { messageKey, t } from '@/src/locales'
import type { ChannelView } from '@/src/stores/chat'

/** Why the user is not in a channel, as a sentence. '' if they are in it or joining. */
export function channelText({ state, code }: ChannelView): string {
  switch (state) {
    case 'left':
      return t('thread.left')
    case 'failed':
      return t('thread.join.failed', { reason: joinReason(code) })
    case 'parked':
      return t('thread.parked')
    case 'joining':
    case 'waiting':
    case 'joined':
      return ''
  }
}

function joinReason(code: number | undefined): string {
  const key = messageKey(`join.${code}`)
  return key ? t(key) : t('join.other', { code: code ?? '' })
}
