import { computed, watchEffect } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { t } from '@/src/locales'
import { backOrConversations, nameDocument, openChannelInfo } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import { useChannel } from '../channel/useChannel'
import { inFront, usePageVisible, whileVisible } from '../page/usePageVisible'
import { conversationName } from '../shared/identity'
import { usePeer } from './usePeer'

/** The title and the status below it, and the taps of the bar. */
export type UseThreadHeaderReturn = ReturnType<typeof useThreadHeader>

/** The bar above a thread: its name and status. */
export function useThreadHeader(conversation: ConversationId) {
  const target = conversationTarget(conversation)
  const isChannel = conversationKind(conversation) === 'channel'
  const detail = isChannel ? channelDetail(target) : usePeer(target)
  const visible = usePageVisible()
  const settings = useSettingsStore()
  const typing = isChannel ? undefined : useChatStore().account?.typing.of(conversation)
  const shown = whileVisible(visible, () => detail.value)
  const isTyping = whileVisible(visible, () => typing?.value !== undefined && settings.typing)
  const title = computed(() => conversationName(conversation))
  watchEffect(() => visible.value && nameDocument(title.value))

  function info(): void {
    if (isChannel) openChannelInfo(conversation)
  }

  /** From a selection to the thread, and from there to the conversations. */
  function back(): void {
    const selections = useChatStore().account?.selections
    if (selections?.of(conversation).value) selections.end(conversation)
    else backOrConversations()
  }

  return { title, detail: computed(() => shown.value), isTyping: computed(() => (isTyping.value ? 1 : 0)), isChannel, info: inFront(visible, info), back: inFront(visible, back) }
}

function channelDetail(channelId: string) {
  const { view } = useChannel(channelId)
  return computed(() => (view.value.state === 'joined' && view.value.count > 0 ? t('channel.count', { count: view.value.count }) : ''))
}
