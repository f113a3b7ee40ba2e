import { computed, getCurrentInstance, nextTick, onMounted, onUnmounted, shallowRef, watch, type ComponentPublicInstance } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation'
import { displayId } from '@/src/chat/names'
import { scrollAnchor } from '@/src/chat/scroll-anchor'
import { t } from '@/src/locales'
import { observeVisible, placesOf, scrollOffsetOf } from '@/src/platform/measure'
import { useChatStore } from '@/src/stores/chat'
import { usePageVisible, whileVisible } from './usePageVisible'
import { useThread } from './useThread'
import { useThreadLayout } from './useThreadLayout'

/** Nearer to the end than this, in px, the reader counts as being there. */
const END_MARGIN_PX = 60
/** While the list moves to its end by itself, that it is not there yet means nothing. */
const SETTLE_MS = 400

/** The list of a thread: its window of chunks, where it is scrolled to, and what leads to the newest message. */
export function useMessageList(conversation: ConversationId) {
  const chat = useChatStore()
  const visible = usePageVisible()
  const account = chat.account
  const thread = useThread(conversation)
  const instance = getCurrentInstance()
  /** The id of an element to scroll to; the two ends take turns, since setting the same value again does nothing. */
  const anchor = shallowRef('')
  const offset = shallowRef(0)
  const isAway = shallowRef(false)
  let settled = 0
  let settleTimer: ReturnType<typeof setTimeout> | undefined
  let isGone = false
  let stopObserving: (() => void) | undefined

  const window = whileVisible(visible, () => thread.window.value)
  const news = whileVisible(visible, () => thread.news.value)
  const target = displayId(conversationTarget(conversation))

  const older = computed(() => {
    if (window.value.unreadable) return t('thread.unreadable')
    if (!window.value.hasOlder) return ''
    return t(window.value.loading ? 'thread.older.loading' : 'thread.older')
  })
  const empty = computed(() => {
    if (window.value.empty) return t(conversationKind(conversation) === 'peer' ? 'thread.empty.peer' : 'thread.empty.channel', { name: target })
    return window.value.isLong && !window.value.loading ? t('thread.start') : ''
  })
  const jump = computed(() => {
    if (news.value > 0) return `↓ ${t('thread.new', { count: news.value > 99 ? '99+' : news.value })}`
    return isAway.value ? '↓' : ''
  })

  function component(): ComponentPublicInstance | undefined {
    return instance?.proxy ?? undefined
  }

  function toEnd(): void {
    settled = Date.now() + SETTLE_MS
    isAway.value = false
    anchor.value = anchor.value === 'end-a' ? 'end-b' : 'end-a'
    clearTimeout(settleTimer)
    settleTimer = setTimeout(endSeen, SETTLE_MS)
  }

  let isEndVisible = true
  /** Takes what the observer last said, once the list has come to rest. */
  function endSeen(): void {
    if (Date.now() < settled) return
    const atEnd = isEndVisible && !thread.window.value.hasNewer
    if (thread.atEnd !== atEnd || isAway.value === atEnd) {
      thread.setAtEnd(atEnd)
      isAway.value = !atEnd
      if (atEnd && visible.value) void account?.markRead(conversation)
    }
  }

  /** Loads at one end of the window, and keeps what is being read where it is. */
  async function grow(load: () => Promise<void>): Promise<void> {
    const self = component()
    if (!self) return
    const before = thread.view()
    const names = thread.window.value.chunks
    const [places, scrolled] = await Promise.all([placesOf(self, '.slot'), scrollOffsetOf(self, '.scroll')])
    await load()
    const decision = scrollAnchor({ previous: before, next: thread.view(), atBottom: thread.atEnd })
    if (decision !== 'keep-offset' || !scrolled) return
    await nextTick()
    const after = await placesOf(self, '.slot')
    const now = await scrollOffsetOf(self, '.scroll')
    const kept = names.findIndex((name) => thread.window.value.chunks.includes(name))
    const placeBefore = places[kept]
    const placeAfter = after[thread.window.value.chunks.indexOf(names[kept] ?? '')]
    if (!placeBefore || !placeAfter || !now) return
    const moved = placeAfter.top - placeBefore.top
    // Where the platform anchors by itself nothing has moved.
    if (Math.abs(moved) > 1) scrollTo(now.scrollTop + moved)
  }

  function scrollTo(top: number): void {
    // The same value as before would not scroll.
    offset.value = top === offset.value ? top + 0.1 : top
  }

  async function loadOlder(): Promise<void> {
    const { hasOlder, unreadable, loading } = thread.window.value
    if ((hasOlder || unreadable) && !loading) await grow(() => thread.loadOlder())
  }

  async function loadNewer(): Promise<void> {
    if (thread.window.value.hasNewer && !thread.window.value.loading) await grow(() => thread.loadNewer())
  }

  async function toLatest(): Promise<void> {
    await thread.toLatest()
    thread.setAtEnd(true)
    await nextTick()
    toEnd()
    if (visible.value) void account?.markRead(conversation)
  }

  async function open(): Promise<void> {
    await thread.load()
    await nextTick()
    const view = thread.view()
    const decision = scrollAnchor({ previous: undefined, next: view, atBottom: true, readTo: thread.divider ?? view.length })
    if (decision === 'to-bottom') toEnd()
  }

  /** The divider has been drawn, `top` px from the top of the window: it goes to the top of the list. */
  async function toDivider(top: number): Promise<void> {
    const self = component()
    if (!self) return
    const [[frame], [end], scrolled] = await Promise.all([placesOf(self, '.scroll'), placesOf(self, '.end'), scrollOffsetOf(self, '.scroll')])
    if (!frame || !end || !scrolled) return
    scrollTo(scrolled.scrollTop + top - frame.top)
    // The observer speaks only when the end comes or goes: that it is not there to begin with is to be found out.
    isEndVisible = end.top - top <= frame.height + END_MARGIN_PX
    endSeen()
  }

  const stopDivider = watch(thread.dividerTop, (top) => {
    if (top !== undefined) void toDivider(top)
  })
  // A hidden list goes to its end once, when it is shown again.
  let tailSeen = thread.tail.value
  const stopTail = watch([thread.tail, visible], async ([tail, isVisible]) => {
    if (!isVisible || tail === tailSeen) return
    tailSeen = tail
    if (thread.window.value.hasNewer) await toLatest()
    else toEnd()
  })

  const layout = useThreadLayout()
  const stopLayout = watch(layout, async () => {
    if (!thread.atEnd) return
    // Said before the list is measured again, so that the end that slips out of sight is not taken for the reader's doing.
    settled = Date.now() + SETTLE_MS
    await nextTick()
    toEnd()
  })

  onMounted(async () => {
    await open()
    const self = component()
    if (!self || isGone) return
    stopObserving = observeVisible(self, { container: '.scroll', target: '#end-a', marginPx: END_MARGIN_PX }, (seen) => {
      isEndVisible = seen
      endSeen()
    })
  })
  onUnmounted(() => {
    isGone = true
    clearTimeout(settleTimer)
    stopTail()
    stopDivider()
    stopLayout()
    stopObserving?.()
  })

  return {
    chunks: computed(() => window.value.chunks),
    older,
    empty,
    anchor,
    offset,
    jump,
    loadOlder,
    loadNewer,
    toLatest,
  }
}
