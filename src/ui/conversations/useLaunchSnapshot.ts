import { computed, onMounted, watch, type ShallowRef } from 'vue'
import { clock } from '@/src/chat/time/clock'
import { isOfFilter, parseConversationId, type ConversationFilter, type ConversationId } from '@/src/chat/conversation/conversation'
import { openThread } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { launchSnapshot, holdLaunchSnapshot, isPainting, makeStores, storeOnceMade } from '@/src/stores/start'
import { conversationMenu } from './conversation-menu'
import { dataOf, type TapEvent } from '../shared/events'
import { inFront } from '../page/usePageVisible'

/** The rows of the snapshot, whether it is shown, and its touch handlers. */
export type UseLaunchSnapshotReturn = ReturnType<typeof useLaunchSnapshot>

/** The rows of the launch snapshot, until the list itself is rendered. */
export function useLaunchSnapshot(filter: Readonly<ShallowRef<ConversationFilter>>, visible: Readonly<ShallowRef<boolean>>) {
  const chat = storeOnceMade(() => useChatStore())
  const hasFirst = computed(() => launchSnapshot.value !== undefined)
  const isStarting = computed(() => !chat.value || chat.value.phase === 'starting')

  function tapped(event: TapEvent, act: (id: ConversationId) => unknown): void {
    const id = parseConversationId(dataOf(event, 'id'))
    if (id) act(id)
  }

  function menu(event: TapEvent): void {
    makeStores()
    tapped(event, (id) => onceStarted(() => conversationMenu(id)))
  }

  /** Calls `act` once the logged-in user and their conversations are known. */
  function onceStarted(act: () => unknown): void {
    if (!isStarting.value) return void act()
    const stop = watch(isStarting, () => {
      stop()
      act()
    })
  }

  // In another task, so that the screen is painted first.
  onMounted(() => void clock.after(0, makeStores))

  return {
    isPainting,
    /** Until the store reports the connection. */
    isConnecting: computed(() => hasFirst.value && isStarting.value),
    hasFirst,
    rows: computed(() => launchSnapshot.value?.rows.filter(({ id }) => isOfFilter(id, filter.value)) ?? []),
    open: inFront(visible, (event: TapEvent) => tapped(event, openThread)),
    menu,
    hold: () => holdLaunchSnapshot(true),
    release: () => holdLaunchSnapshot(false),
  }
}
