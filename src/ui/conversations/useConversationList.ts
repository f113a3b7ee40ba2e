import { computed, onMounted, shallowRef } from 'vue'
import type { ConversationFilter, ConversationId, ConversationKind } from '@/src/chat/conversation/conversation'
import { filtered } from '@/src/chat/conversation/order'
import { FIRST_SCREEN_ROWS } from '@/src/chat/start/launch-snapshot'
import { isolated } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { openNewChat, preloadPages } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { dropLaunchSnapshot } from '@/src/stores/start'
import { dataOf, type ScrollEvent, type TapEvent } from '../shared/events'
import { inFront, usePageVisible, whileVisible } from '../page/usePageVisible'

/** The height of a row in px, as in the style sheet. */
const ROW_HEIGHT = 72
/** The number of rendered rows: two and a half screens of a tall phone. The window moves in steps of a third of it. */
const WINDOW_ROWS = 30
const WINDOW_STEP = 10

interface Row {
  readonly key: number
  readonly id: ConversationId
}

/** The rendered rows, the heights above and below them in px, the states of an empty list, and event handlers. */
export type UseConversationListReturn = ReturnType<typeof useConversationList>

/** The conversation list: the rows near the screen, after the filter and the search. */
export function useConversationList(filter: () => ConversationFilter, query: () => string) {
  const chat = useChatStore()
  const visible = usePageVisible()
  const first = shallowRef(0)
  const ready = shallowRef(false)
  const keys = new Map<ConversationId, number>()

  const conversations = computed(() => chat.account?.conversations)
  // The rest is rendered after the first paint, once all conversations are loaded.
  const drawn = computed(() => (ready.value && conversations.value?.isComplete.value !== false ? WINDOW_ROWS : FIRST_SCREEN_ROWS))
  const ids = computed(() => filtered(conversations.value?.order.value ?? [], filter(), query()))

  const list = whileVisible(visible, () => {
    const from = Math.min(first.value, Math.max(0, ids.value.length - WINDOW_ROWS))
    const shown = ids.value.slice(from, from + drawn.value)
    return {
      rows: shown.map((id) => ({ key: keyOf(id), id })),
      above: `height:${from * ROW_HEIGHT}px`,
      below: `height:${(ids.value.length - from - shown.length) * ROW_HEIGHT}px`,
    }
  })

  const empty = whileVisible(visible, () => {
    if (ids.value.length > 0 || conversations.value?.isComplete.value === false) return undefined
    if (query().trim() !== '') return { title: t('list.empty.search', { query: isolated(query().trim()) }), actions: false }
    return filter() === 'all' ? { title: t('list.empty.title'), actions: true } : { title: t('list.empty.filtered'), actions: false }
  })

  /** A short key for a row: it is sent again for every row below one that moves. */
  function keyOf(id: ConversationId): number {
    const key = keys.get(id) ?? keys.size
    keys.set(id, key)
    return key
  }

  function scrolled(event: ScrollEvent): void {
    const top = Math.floor(event.detail.scrollTop / ROW_HEIGHT)
    const wanted = Math.max(0, Math.floor((top - WINDOW_STEP) / WINDOW_STEP) * WINDOW_STEP)
    if (wanted !== first.value) first.value = wanted
  }

  function start(event: TapEvent): void {
    const kind = dataOf(event, 'kind')
    openNewChat(kind === 'peer' || kind === 'channel' ? (kind satisfies ConversationKind) : undefined)
  }

  onMounted(() => {
    ready.value = true
    dropLaunchSnapshot()
    preloadPages()
  })

  return {
    // Returns the old array if the rows and their order are the same, so that nothing is sent.
    rows: computed<readonly Row[]>((before) => (before && isSame(before, list.value.rows) ? before : list.value.rows)),
    above: computed(() => list.value.above),
    below: computed(() => list.value.below),
    empty,
    ready,
    scrolled,
    start: inFront(visible, start),
  }
}

function isSame(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every(({ id }, index) => id === b[index]?.id)
}
