import { computed } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation'
import { displayId } from '@/src/chat/names'
import { t } from '@/src/locales'
import { openChannelInfo } from '@/src/platform/pages'
import { useChannel } from './useChannel'
import { usePageVisible, whileVisible } from './usePageVisible'
import { usePeer } from './usePeer'

/** The bar above a thread: who or what it is with, and what is known of them. */
export function useThreadHeader(conversation: ConversationId) {
  const target = conversationTarget(conversation)
  const isChannel = conversationKind(conversation) === 'channel'
  const detail = isChannel ? channelDetail(target) : usePeer(target)
  const shown = whileVisible(usePageVisible(), () => detail.value)

  function info(): void {
    if (isChannel) openChannelInfo(conversation)
  }

  return { title: displayId(target), detail: computed(() => shown.value), isChannel, info }
}

function channelDetail(channelId: string) {
  const { view } = useChannel(channelId)
  return computed(() => (view.value.state === 'joined' && view.value.count > 0 ? t('channel.count', { count: view.value.count }) : ''))
}
