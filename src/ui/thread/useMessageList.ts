/**
 * The list of a thread: where it opens, its jumps, and which messages the reader has seen. {@link useDrawnThread} decides what is rendered and where, {@link
 * useWindowGrowth} how it grows, {@link useListEnd} handles its end.
 */
import { computed, getCurrentInstance, nextTick, onMounted, onUnmounted, shallowRef, watch } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { scrollAnchor } from '@/src/chat/timeline/scroll-anchor'
import { lastSeen, type DrawnRow } from '@/src/chat/timeline/spacers'
import { t } from '@/src/locales'
import { closeKeyboard } from '@/src/platform/keyboard'
import { rectsOf } from '@/src/platform/measure'
import { isAttended } from '@/src/stores/attention'
import { useChatStore } from '@/src/stores/chat'
import { useMessageMenu } from '../menu/useMessageMenu'
import type { ScrollEvent } from '../shared/events'
import { useDrawnThread } from './useDrawnThread'
import { useListEnd } from './useListEnd'
import { usePageVisible, whileVisible } from '../page/usePageVisible'
import { useThread } from './useThread'
import { nearScreen } from './media-states'
import { provideThreadJumps } from './useThreadJumps'
import { provideThreadNews } from './useThreadNews'
import { useWindowGrowth } from './useWindowGrowth'

/** How long the target of a jump is highlighted. */
const HIGHLIGHT_MS = 2_000
/** The position of a jump's target, as a share of the screen's height, so that some messages before it are visible too. */
const TARGET_AT = 0.3

/** The messages beside those on the screen whose pictures are loaded too: a screen of texts. */
const PICTURES_BESIDE = 10
/** The messages at the end of a thread whose pictures are loaded while it is at its end. */
const AT_END = 20

/** Unread messages above the rendered ones. */
interface Skipped {
  readonly seq: number
  readonly count: number
}

/** The view of the list: names of its chunks, styles of its spacers, scroll positions to set, and event handlers. */
export type UseMessageListReturn = ReturnType<typeof useMessageList>

/** Call it in the setup of the list. It opens at the message `asked`, if given, else at the first unread one that mentions the user, if there is one. */
export function useMessageList(conversation: ConversationId, asked?: number) {
  const chat = useChatStore()
  const visible = usePageVisible()
  const account = chat.account
  const at = asked ?? account?.conversations.ref(conversation)?.value.mentioned?.[0]
  const thread = useThread(conversation, at)
  const isHeard = provideThreadNews(thread, visible)
  const drawn = useDrawnThread(thread, visible, () => void becameIdle())
  const end = useListEnd(thread, drawn, visible, { reached: markRead, toLatest })
  const growth = useWindowGrowth(thread, drawn, end, visible)
  const instance = getCurrentInstance()
  const menu = useMessageMenu()
  const { window, shown } = drawn
  const onScreen = whileVisible(visible, () => shown.value)

  /** Messages on the screen are seen. */
  const isLooking = computed(() => visible.value && isAttended.value)
  const skipped = shallowRef<Skipped>()
  let cancelHighlight: Cancel | undefined

  const older = computed(() => {
    if (window.value.unreadable) return t('thread.unreadable')
    if (!window.value.hasOlder) return ''
    return t(drawn.isSlow.value ? 'thread.older.loading' : 'thread.older')
  })
  const empty = computed(() => {
    if (window.value.empty) return t('thread.empty')
    const { isLong, hasOlder, chunks } = window.value
    return isLong && !hasOlder && chunks.length > 0 ? t('thread.start') : ''
  })
  /** Creating the buttons costs a setData call, so they wait until there is a jump. */
  const hasJumps = shallowRef(false)
  watch([end.isAway, thread.newCount, skipped], () => {
    hasJumps.value = true
  })
  provideThreadJumps({
    isAway: whileVisible(visible, () => end.isAway.value),
    newCount: whileVisible(visible, () => thread.newCount.value),
    unreadAbove: whileVisible(visible, () => skipped.value?.count ?? 0),
    toLatest,
    toUnread,
  })

  // ------------------------------------------------------------------------------------------ jumps

  async function open(): Promise<void> {
    thread.highlighted.value = at
    await drawn.present('hidden', () => thread.load(), async () => {
      const view = thread.view()
      const next = at === undefined ? view : { ...view, target: at }
      const decision = scrollAnchor({ previous: undefined, next, atBottom: true, readTo: thread.divider ?? view.length })
      if (decision === 'to-message') await placeAt('target', at ?? 0)
      else if (decision === 'to-unread-divider') await placeAt('divider', thread.divider ?? 0)
      else {
        thread.setAtEnd(true)
        await placeAt('end', view.length)
      }
      if (decision !== 'to-unread-divider' && thread.divider !== undefined) await offerBack({ seq: thread.divider, count: thread.unread })
      if (at !== undefined) endHighlight()
      // At once: a user who opens a conversation and leaves has seen the messages on the screen.
      await reportSeen()
    })
    end.noteLastChunk()
    await growth.fill()
  }

  /** Shows the hidden list: at its end, or with a message in its place. */
  async function placeAt(place: 'end' | 'divider' | 'target', seq: number): Promise<void> {
    const { now, name, rows } = await drawn.measurePlace(place === 'end' ? undefined : seq)
    if (drawn.isGone()) return
    drawn.reveal(now)
    const slot = name === undefined ? undefined : now?.slots.get(name)
    if (now && slot) {
      const { layout } = now
      const row = rows.find((row) => row.seq >= seq) ?? rows[rows.length - 1]
      const down = place === 'target' ? layout.frame.height * TARGET_AT : 0
      const top = Math.max(0, layout.scrollTop + slot.top + (row?.top ?? 0) - layout.frame.top - down)
      drawn.scrollTo(top)
      end.movedTo({ ...layout, scrollTop: top })
    } else end.toEnd()
    // Later measurements must find the list at the new scroll position.
    await nextTick()
  }

  async function toLatest(): Promise<void> {
    const unread = skippedUnread()
    await drawn.present('hidden', async () => void (await Promise.all([thread.toLatest(), unread])), () => {
      thread.setAtEnd(true)
      return placeAt('end', thread.view().length)
    })
    const place = await unread
    if (drawn.isGone()) return
    markRead()
    if (place) await offerBack(place)
  }

  /** The unread messages that a jump to the end skips. The messages seen last are saved as read first, which takes a moment. */
  async function skippedUnread(): Promise<Skipped | undefined> {
    await account?.readMarks.save(conversation)
    const head = account?.conversations.ref(conversation)?.value
    return head && head.unread > 0 ? { seq: head.readTo, count: head.unread } : undefined
  }

  /** Jumps to the message `seq`, without loading the messages between. */
  async function toMessage(seq: number): Promise<void> {
    cancelHighlight?.()
    thread.highlighted.value = seq
    thread.setAtEnd(false)
    await drawn.present('hidden', () => thread.toMessage(seq), () => placeAt('target', seq))
    endHighlight()
  }

  async function toUnread(): Promise<void> {
    const place = skipped.value
    skipped.value = undefined
    if (place) await toMessage(place.seq)
  }

  /** Offers a jump back to skipped unread messages, unless they are on the screen. */
  async function offerBack(place: Skipped): Promise<void> {
    const [first] = await rowsSeen()
    // If nothing has a size, all rendered messages count as visible.
    if ((first?.seq ?? thread.view().from) > place.seq) skipped.value = place
  }

  /** From the moment it is on the screen, however long reading took. */
  function endHighlight(): void {
    cancelHighlight?.()
    if (!drawn.isGone()) cancelHighlight = clock.after(HIGHLIGHT_MS, () => (thread.highlighted.value = undefined))
  }

  // ------------------------------------------------------------------------------------------ read position, pictures

  function showsPictures(from: number, to: number): void {
    nearScreen.value = { conversation, from, to }
  }

  function markRead(): void {
    if (isLooking.value) void account?.readMarks.markRead(conversation)
  }

  /** The messages on the screen, in order. If the user looks at them, they count as read. */
  async function rowsSeen(): Promise<readonly DrawnRow[]> {
    const now = await drawn.measure()
    if (!now) return []
    const rows = await drawn.rowsInView(now)
    const [first] = rows
    const last = rows[rows.length - 1]
    if (first && last) showsPictures(first.seq - PICTURES_BESIDE, last.seq + 1 + PICTURES_BESIDE)
    const seen = lastSeen(rows, now.layout.frame)
    if (isLooking.value && seen !== undefined) account?.readMarks.readTo(conversation, seen + 1)
    return rows
  }

  /** Reports the read position: the last message that was seen. */
  async function reportSeen(): Promise<void> {
    if (drawn.isGone() || shown.value.hidden) return
    // Not measured: it costs more than the pictures that a tall screen would show above these.
    if (thread.atEnd) showsPictures(thread.view().length - AT_END, Infinity)
    if (window.value.empty) return
    if (thread.atEnd) return markRead()
    const [first] = await rowsSeen()
    // If nothing has a size, all rendered messages count as seen.
    if (!first && drawn.frameHeight() === 0) {
      const { from, to } = thread.view()
      showsPictures(from, to)
      if (isLooking.value) account?.readMarks.readTo(conversation, to)
    }
    if (first && skipped.value && first.seq <= skipped.value.seq) skipped.value = undefined
  }

  async function becameIdle(): Promise<void> {
    for (;;) {
      await drawn.done()
      // The list scrolls again, and will be idle again. Messages that were on the screen are seen.
      if (!drawn.isIdle()) return reportSeen()
      const now = await drawn.measure()
      if (drawn.isGone()) return
      if (drawn.isBusy()) continue
      end.becameIdle()
      if (now) {
        drawn.remember(now)
        growth.lookAt(now.layout.scrollTop, now.layout.scrollHeight)
      }
      await reportSeen()
      return drawn.closeUpWhenIdle()
    }
  }

  watch(thread.wanted, (wanted) => wanted && void toMessage(wanted.seq))
  // New messages must not move the bubble that the menu is at.
  watch(() => menu.request.value !== undefined, drawn.hold)
  menu.opensOver(async () => {
    const self = instance?.proxy
    return self && !drawn.isGone() ? (await rectsOf(self, ['.scroll']))[0]?.[0] : undefined
  })
  watch(isLooking, (looks) => looks && void reportSeen())

  onMounted(async () => {
    await open()
    end.opened()
  })
  onUnmounted(() => {
    cancelHighlight?.()
    if (nearScreen.value?.conversation === conversation) nearScreen.value = undefined
  })

  return {
    chunks: computed(() => onScreen.value.names),
    offscreen: computed(() => onScreen.value.offscreen),
    above: computed(() => heightStyle(onScreen.value.above)),
    below: computed(() => heightStyle(onScreen.value.below)),
    hiddenClass: computed(() => (onScreen.value.hidden ? 'is-hidden' : '')),
    hasJumps: whileVisible(visible, () => hasJumps.value),
    isHeard,
    older,
    empty,
    anchor: end.anchor,
    offset: drawn.offset,
    tapped(): void {
      menu.close()
      closeKeyboard()
    },
    scrolled(event: ScrollEvent): void {
      void menu.scrolled()
      growth.scrolled(event)
    },
    touched: drawn.touched,
    released: drawn.released,
    loadOlder: growth.loadOlder,
    loadNewer: growth.loadNewer,
  }
}

function heightStyle(px: number): string {
  return px > 0 ? `height:${px}px` : ''
}
