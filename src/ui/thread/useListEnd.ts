/** The end of a thread, where the newest message is: whether the reader is there, and how the list stays there while they are. */
import { getCurrentInstance, nextTick, onUnmounted, shallowRef, watch, type Ref } from 'vue'
import { clock, pause, type Cancel } from '@/src/chat/time/clock'
import { scrollAnchor } from '@/src/chat/timeline/scroll-anchor'
import { observeVisible, type ScrollLayout } from '@/src/platform/measure'
import type { Thread } from '@/src/stores/chat/threads/thread'
import type { UseDrawnThreadReturn } from './useDrawnThread'
import { useThreadLayout } from './useThreadLayout'

/** Nearer to the end than this, in px, the reader counts as being at the end. */
const END_MARGIN_PX = 60
/** While the list scrolls to its end by itself, ms, the reader does not count as having left it. */
const END_SCROLL_MS = 400
/** How often the position is checked in that time, if the list's height changed. */
const RESIZE_LOOKS = 5

/** What the list does at its end. */
export interface UseListEndOptions {
  /** The reader has reached the end. */
  reached(): void
  /** There is something new to show, and the window does not end with it. */
  toLatest(): Promise<void>
}

/** Whether the reader is away from the end, the element to scroll to, and the handlers that the list calls. */
export type UseListEndReturn = ReturnType<typeof useListEnd>

/** Call it in the setup of the list. */
export function useListEnd(thread: Thread, drawn: UseDrawnThreadReturn, visible: Readonly<Ref<boolean>>, ports: UseListEndOptions) {
  const { shown } = drawn
  const instance = getCurrentInstance()
  const layout = useThreadLayout()
  /** The id of an element to scroll to. Two elements at the end take turns, since setting the same value again does nothing. */
  const anchor = shallowRef('')
  const isAway = shallowRef(false)

  /** Until when the list scrolls by itself, ms since 1970. */
  let scrollsUntil = 0
  let cancelEndScroll: Cancel | undefined
  /** The observer's last report, or a later measurement. */
  let isEndVisible = true
  let stays = 0
  /** A message arrived while a finger was on the list. Once idle the list scrolls to its end, unless the reader left it. */
  let isScrollPending = false
  /** How far the reader has scrolled up since, px. */
  let goneUp = 0
  /** The last line of the list is on the screen. */
  let isLastVisible = true
  /** The scroll offset when the list was last known to be at its end, px. It is smaller after the reader has scrolled up. */
  let endTop = 0
  /** The reader has opened a long text, and was not at the end since. */
  let readsOpened = false
  let isLooking = false
  let endVersionSeen = thread.endVersion.value
  let lastChunk: string | undefined
  let stopObserving: (() => void) | undefined

  function toEnd(): void {
    readsOpened = false
    scrollsUntil = clock.now() + END_SCROLL_MS
    isAway.value = false
    anchor.value = anchor.value === 'end-a' ? 'end-b' : 'end-a'
    cancelEndScroll?.()
    cancelEndScroll = clock.after(END_SCROLL_MS, () => {
      scrollsUntil = 0
      void (isLastVisible ? look() : endLost())
    })
  }

  /** Measures the scroll offset. Undefined if nothing has a size. */
  async function measure(): Promise<ScrollLayout | undefined> {
    const layout = (await drawn.measure())?.layout
    if (layout && isAtVeryEnd(layout)) endTop = layout.scrollTop
    return layout
  }

  function wentUpTo({ scrollTop }: ScrollLayout): boolean {
    return scrollTop < endTop - 1
  }

  async function look(): Promise<void> {
    await measure()
    if (!drawn.isGone()) endSeen()
  }

  /** Handles a scroll event: `scrollTop` of `scrollHeight`, px. */
  function scrolled(scrollTop: number, scrollHeight: number): void {
    if (Math.abs(scrollHeight - scrollTop - drawn.frameHeight()) <= 1) endTop = scrollTop
  }

  /** Applies the observer's last report, once the list is idle. */
  function endSeen(): void {
    // Messages under the finger moved the end off the screen. The reader did not leave it.
    if (isScrollPending || clock.now() < scrollsUntil || shown.value.hidden) return
    const atEnd = isEndVisible && !thread.window.value.hasNewer
    if (thread.atEnd === atEnd && isAway.value !== atEnd) return
    thread.setAtEnd(atEnd)
    isAway.value = !atEnd
    if (atEnd) ports.reached()
  }

  /** The program has scrolled the list. The observer reports only changes, so it would not report the new state. */
  function movedTo(layout: ScrollLayout): void {
    scrollsUntil = 0
    isScrollPending = false
    looked(layout)
  }

  /** Applies the measured position, if there is one. */
  function looked(layout: ScrollLayout | undefined): void {
    if (layout) isEndVisible = belowFrame(layout) <= END_MARGIN_PX
    endSeen()
  }

  /** The reader scrolled up by `px`, so they are not pulled back, however fast messages arrive. The list's own scrolling never leaves the end. */
  async function wentUp(px: number): Promise<void> {
    goneUp += px
    if (!thread.atEnd || isLooking || shown.value.hidden) return
    // Messages that arrived under the finger are below the screen as well.
    if (isScrollPending && goneUp <= END_MARGIN_PX) return
    isLooking = true
    const now = await measure()
    isLooking = false
    if (now && !drawn.isGone() && belowFrame(now) > END_MARGIN_PX) movedTo(now)
  }

  /** The list is idle, and no finger is on it. */
  function becameIdle(): void {
    const isBehind = isScrollPending && thread.atEnd
    isScrollPending = false
    if (isBehind) toEnd()
  }

  /** The end has left the screen: the reader scrolled away, or the height of the list or its content changed. */
  async function endLost(): Promise<void> {
    // Messages under a finger are handled when it is lifted, and the list's own scrolling checks again.
    if (isScrollPending || clock.now() < scrollsUntil || shown.value.hidden) return
    const now = thread.atEnd && visible.value ? await measure() : undefined
    if (drawn.isGone()) return
    if (readsOpened) return looked(now)
    if (!now || wentUpTo(now) || drawn.isTouched()) return endSeen()
    if (!thread.atEnd || thread.window.value.hasNewer || isAtVeryEnd(now)) return endSeen()
    toEnd()
    await stayAtEnd()
  }

  function lastSeen(isVisible: boolean): void {
    isLastVisible = isVisible
    if (isVisible) readsOpened = false
    void (isVisible ? measure() : endLost())
  }

  /** The order of a text area's growth and its event varies. So this checks for the end until the list has its new height. */
  async function stayAtEnd(): Promise<void> {
    const mine = ++stays
    for (let i = 0; i < RESIZE_LOOKS; i++) {
      await pause(clock, END_SCROLL_MS / RESIZE_LOOKS)
      const now = await measure()
      if (!now || drawn.isGone() || mine !== stays || !thread.atEnd || drawn.isTouched() || wentUpTo(now)) return
      if (!isAtVeryEnd(now)) toEnd()
    }
  }

  // A hidden list scrolls to its end once, when it is shown again.
  watch([thread.endVersion, visible], async ([endVersion, isVisible]) => {
    if (!isVisible || endVersion === endVersionSeen) return
    endVersionSeen = endVersion
    if (thread.window.value.hasNewer) return ports.toLatest()
    const { chunks } = thread.window.value
    const isNewChunk = chunks[chunks.length - 1] !== lastChunk
    lastChunk = chunks[chunks.length - 1]
    // A new chunk is sent together with the scroll position. New rows of a known chunk are rendered first.
    if (!isNewChunk) await nextTick()
    if (drawn.isGone() || shown.value.hidden) return
    if (!isScrollPending) goneUp = 0
    isScrollPending = drawn.isTouched() && thread.atEnd
    if (isScrollPending || !thread.atEnd) return
    toEnd()
    await nextTick()
    const now = await measure()
    if (!now || drawn.isGone() || drawn.isTouched() || !thread.atEnd) return
    if (!isAtVeryEnd(now)) toEnd()
  })

  // The reader has left the end if the text that they open reaches beyond the screen.
  watch(thread.openings, async () => {
    readsOpened = true
    await nextTick()
    const now = await measure()
    if (!drawn.isGone()) looked(now)
  })

  watch(layout, async () => {
    if (shown.value.hidden) return
    const view = thread.view()
    if (scrollAnchor({ previous: view, next: view, atBottom: thread.atEnd, resized: true }) !== 'to-bottom') return
    // Set before the list is measured again: the end leaves the screen, but the reader did not leave it.
    scrollsUntil = clock.now() + END_SCROLL_MS
    await nextTick()
    toEnd()
    await stayAtEnd()
  })

  /** The thread is on the screen, so its end can be observed. */
  function opened(): void {
    const self = instance?.proxy
    if (!self || drawn.isGone()) return
    const container = '.scroll'
    const stopEnd = observeVisible(self, { container, target: '#end-a', marginPx: END_MARGIN_PX }, (seen) => {
      isEndVisible = seen
      if (seen) endSeen()
      else void endLost()
    })
    const stopLast = observeVisible(self, { container, target: '#end-b', marginPx: 0 }, lastSeen)
    stopObserving = () => {
      stopEnd()
      stopLast()
    }
  }

  onUnmounted(() => {
    cancelEndScroll?.()
    stopObserving?.()
  })

  return {
    anchor,
    isAway,
    toEnd,
    movedTo,
    looked,
    scrolled,
    wentUp,
    becameIdle,
    opened,
    /** The chunks rendered now are not new. The next one is. */
    noteLastChunk: () => (lastChunk = shown.value.names[shown.value.names.length - 1]),
  }
}

/** How much of the list is below the screen, px. */
function belowFrame({ scrollTop, scrollHeight, frame }: ScrollLayout): number {
  return scrollHeight - scrollTop - frame.height
}

function isAtVeryEnd(layout: ScrollLayout): boolean {
  return belowFrame(layout) <= 1
}
