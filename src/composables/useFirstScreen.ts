import { computed, onMounted, watchEffect, type ShallowRef } from 'vue'
import { conversationKind, parseConversationId, type ConversationId } from '@/src/chat/conversation'
import type { ConversationFilter } from '@/src/chat/conversations'
import { openThread } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { endFirstScreen, firstScreen, makeStores, holdFirstScreen, isPainting, useOnceMade } from '@/src/stores/start'
import { conversationMenu } from './conversation-menu'
import { dataOf, type TapEvent } from './events'

/** The rows that are painted first, as they stood on the screen last; none once the list itself stands. */
export function useFirstScreen(filter: Readonly<ShallowRef<ConversationFilter>>) {
  const chat = useOnceMade(() => useChatStore())

  function tapped(event: TapEvent, act: (id: ConversationId) => unknown): void {
    const id = parseConversationId(dataOf(event, 'id'))
    if (id) act(id)
  }

  function menu(event: TapEvent): void {
    makeStores()
    tapped(event, conversationMenu)
  }

  // In another task: what comes next, the screen does not wait for.
  onMounted(() => setTimeout(makeStores))
  watchEffect(() => {
    if (chat.value?.phase === 'signed-out') endFirstScreen()
  })

  return {
    isPainting,
    rows: computed(() => firstScreen.value?.rows.filter(({ id }) => filter.value === 'all' || conversationKind(id) === filter.value) ?? []),
    open: (event: TapEvent) => tapped(event, openThread),
    menu,
    hold: () => holdFirstScreen(true),
    release: () => holdFirstScreen(false),
  }
}
