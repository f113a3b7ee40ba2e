import { computed } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation'
import { messageKey, t } from '@/src/locales'
import { useChannel } from './useChannel'
import { usePageVisible, whileVisible } from './usePageVisible'

const NOTHING = { text: '', canJoin: false }

/** What a thread says about a channel one is not in, and joining it. Nothing in a peer's thread. */
export function useChannelNotice(conversation: ConversationId) {
  if (conversationKind(conversation) === 'peer') return { text: '', canJoin: false, join: () => {} }
  const channel = useChannel(conversationTarget(conversation))
  const shown = whileVisible(usePageVisible(), () => {
    const { state, code } = channel.view.value
    switch (state) {
      case 'left':
        return { text: t('thread.left'), canJoin: true }
      case 'failed':
        return { text: t('thread.join.failed', { reason: joinReason(code) }), canJoin: true }
      case 'parked':
        return { text: t('thread.parked'), canJoin: true }
      case 'joining':
      case 'waiting':
      case 'joined':
        return NOTHING
    }
  })
  return { text: computed(() => shown.value.text), canJoin: computed(() => shown.value.canJoin), join: () => void channel.join() }
}

function joinReason(code: number | undefined): string {
  const key = messageKey(`join.${code}`)
  return key ? t(key) : t('join.other', { code: code ?? '' })
}
