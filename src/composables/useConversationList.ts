import { computed, onMounted, shallowRef } from 'vue'
import type { ConversationId, ConversationKind } from '@/src/chat/conversation'
import { filtered, type ConversationFilter } from '@/src/chat/conversations'
import { t } from '@/src/locales'
import { openNewChat, preloadPages } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { dataOf, type ScrollEvent, type TapEvent } from './events'
import { usePageVisible, whileVisible } from './usePageVisible'

/** The height of a row in px, as the style sheet has it. */
const ROW_HEIGHT = 72
/** Rows drawn: two screens and a half of a tall phone. The window moves in steps of a third of it. */
const WINDOW_ROWS = 30
const WINDOW_STEP = 10
/** Rows of the first screen of most phones: the rest is drawn once these are shown, and all conversations are known. */
const FIRST_ROWS = 8

const KINDS: readonly ConversationFilter[] = ['all', 'peer', 'channel']

interface Row {
  readonly key: number
  readonly id: ConversationId
}

/** The conversation list: which rows are near the screen, and what they say. */
export function useConversationList() {
  const chat = useChatStore()
  const visible = usePageVisible()
  const filter = shallowRef<ConversationFilter>('all')
  const first = shallowRef(0)
  const ready = shallowRef(false)
  const keys = new Map<ConversationId, number>()

  const book = computed(() => chat.account?.book)
  const drawn = computed(() => (ready.value && book.value?.isComplete.value !== false ? WINDOW_ROWS : FIRST_ROWS))
  const query = shallowRef('')
  const ids = computed(() => filtered(book.value?.order.value ?? [], filter.value, query.value))

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
    if (ids.value.length > 0 || book.value?.isComplete.value === false) return undefined
    if (query.value.trim() !== '') return { title: t('list.empty.search', { query: query.value.trim() }), actions: false }
    return filter.value === 'all' ? { title: t('list.empty.title'), actions: true } : { title: t('list.empty.filtered'), actions: false }
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

  function choose(event: TapEvent): void {
    const kind = dataOf(event, 'kind')
    const chosen = KINDS.find((known) => known === kind)
    if (chosen) filter.value = chosen
  }

  function search(wanted: string): void {
    // The list stays where it is scrolled to, as far as it goes.
    query.value = wanted
  }

  function start(event: TapEvent): void {
    const kind = dataOf(event, 'kind')
    openNewChat(kind === 'peer' || kind === 'channel' ? (kind satisfies ConversationKind) : undefined)
  }

  onMounted(() => {
    ready.value = true
    preloadPages()
  })

  return {
    filters: computed(() => KINDS.map((kind) => ({ kind, label: t(`list.filter.${kind}`) }))),
    filter,
    choose,
    search,
    // The same array while the same rows stand in the same order: then nothing of them is sent.
    rows: computed<readonly Row[]>((before) => (before && isSame(before, list.value.rows) ? before : list.value.rows)),
    above: computed(() => list.value.above),
    below: computed(() => list.value.below),
    empty,
    ready,
    scrolled,
    start,
  }
}

function isSame(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every(({ id }, index) => id === b[index]?.id)
}
