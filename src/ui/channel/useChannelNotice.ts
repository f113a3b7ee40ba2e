import { computed } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { channelText } from './channel-text'
import { useChannel } from './useChannel'
import { usePageVisible, whileVisible } from '../page/usePageVisible'

/** The notice, `''` for none, and joining the channel. */
export type UseChannelNoticeReturn = ReturnType<typeof useChannelNotice>

/** What a thread shows about a channel that the user is not in, and joining it. Empty in a peer's thread. */
export function useChannelNotice(conversation: ConversationId) {
  if (conversationKind(conversation) === 'peer') return { text: '', canJoin: false, join: () => {} }
  const channel = useChannel(conversationTarget(conversation))
  const text = whileVisible(usePageVisible(), () => channelText(channel.view.value))
  return { text, canJoin: computed(() => text.value !== ''), join: () => void channel.join() }
}
