/** The end of a thread, where the newest message is: whether the reader is there, and how the list stays there while they are. */
import { getCurrentInstance, nextTick, onUnmounted, shallowRef, watch, type Ref } from 'vue'
import { clock, pause, type Cancel } from '@/src/chat/time/clock'
import { scrollAnchor } from '@/src/chat/timeline/scroll-anchor'
import { observeVisible, type ScrollLayout } from '@/src/platform/measure'
import type { Thread } from '@/src/stores/chat/threads/thread'
import type { DrawnThread } from './useDrawnThread'
import { useThreadLayout } from './useThreadLayout'

/** Nearer to the end than this, in px, the reader counts as being there. */
const END_MARGIN_PX = 60
/** While the list moves to its end by itself, that it is not there yet means nothing. */
const SETTLE_MS = 400
/** How often in that time it is looked at whether it is there, when it got another height. */
const RESIZE_LOOKS = 5

export interface ListEndPorts {
  /** The reader has come to the end. */
  reached(): void
  /** Something new is to be shown, and the window does not end with it. */
  toLatest(): Promise<void>
}

export type ListEnd = ReturnType<typeof useListEnd>

/** Call in the setup of the list. */
export function useListEnd(thread: Thread, drawn: DrawnThread, visible: Readonly<Ref<boolean>>, ports: ListEndPorts) {
  const { shown } = drawn
  const instance = getCurrentInstance()
  const layout = useThreadLayout()
  /** The id of an element to scroll to; the two ends take turns, since setting the same value again does nothing. */
  const anchor = shallowRef('')
  const isAway = shallowRef(false)

  /** Until when the list moves by itself, ms since 1970. */
  let settled = 0
  let cancelSettle: Cancel | undefined
  /** What the observer last said, or was measured since. */
  let isEndVisible = true
  let stays = 0
  /** A message came while a finger held the list: at rest the list goes to its end, unless the reader left it. */
  let isOwed = false
  /** By how much the reader has gone up since, px. */
  let goneUp = 0
  /** The last line of the list is on the screen. */
  let isLastVisible = true
  /** How far the list was scrolled when it was last known to be at its end, px. A reader who went up has it scrolled less far. */
  let endTop = 0
  /** The reader has opened a long text, and was not at the end since. */
  let readsOpened = false
  let isLooking = false
  let tailSeen = thread.tail.value
  let lastChunk: string | undefined
  let stopObserving: (() => void) | undefined

  function toEnd(): void {
    readsOpened = false
    settled = clock.now() + SETTLE_MS
    isAway.value = false
    anchor.value = anchor.value === 'end-a' ? 'end-b' : 'end-a'
    cancelSettle?.()
    cancelSettle = clock.after(SETTLE_MS, () => {
      settled = 0
      void (isLastVisible ? look() : endLost())
    })
  }

  /** Measures how far the list is scrolled; undefined where nothing has a size. */
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

  /** The list was scrolled, to `scrollTop` of `scrollHeight`, px. */
  function scrolled(scrollTop: number, scrollHeight: number): void {
    if (Math.abs(scrollHeight - scrollTop - drawn.frameHeight()) <= 1) endTop = scrollTop
  }

  /** Takes what the observer last said, once the list has come to rest. */
  function endSeen(): void {
    // What came under a finger put the end out of sight: the reader did not leave it.
    if (isOwed || clock.now() < settled || shown.value.veiled) return
    const atEnd = isEndVisible && !thread.window.value.hasNewer
    if (thread.atEnd === atEnd && isAway.value !== atEnd) return
    thread.setAtEnd(atEnd)
    isAway.value = !atEnd
    if (atEnd) ports.reached()
  }

  /** The list was moved: the observer speaks only when the end comes or goes, and would not tell where it began. */
  function movedTo(layout: ScrollLayout): void {
    settled = 0
    isOwed = false
    looked(layout)
  }

  /** Where the list stands now, if it could be measured. */
  function looked(layout: ScrollLayout | undefined): void {
    if (layout) isEndVisible = belowFrame(layout) <= END_MARGIN_PX
    endSeen()
  }

  /** The reader went up by `px`: they are not pulled back, however fast messages come. What moves the list by itself leaves it at its end. */
  async function wentUp(px: number): Promise<void> {
    goneUp += px
    if (!thread.atEnd || isLooking || shown.value.veiled) return
    // What came under the finger is below the screen as well.
    if (isOwed && goneUp <= END_MARGIN_PX) return
    isLooking = true
    const now = await measure()
    isLooking = false
    if (now && !drawn.isGone() && belowFrame(now) > END_MARGIN_PX) movedTo(now)
  }

  /** The list is at rest, and no finger on it. */
  function cameToRest(): void {
    const isBehind = isOwed && thread.atEnd
    isOwed = false
    if (isBehind) toEnd()
  }

  /** The end slipped out of sight: because the reader left it, or because the list, or what is in it, got another height. */
  async function endLost(): Promise<void> {
    // What came under a finger waits for it, and what moves the list by itself looks again.
    if (isOwed || clock.now() < settled || shown.value.veiled) return
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

  /** A text area grows when it pleases, before it tells or after: the end is looked for until the list has its new height. */
  async function stayAtEnd(): Promise<void> {
    const mine = ++stays
    for (let i = 0; i < RESIZE_LOOKS; i++) {
      await pause(clock, SETTLE_MS / RESIZE_LOOKS)
      const now = await measure()
      if (!now || drawn.isGone() || mine !== stays || !thread.atEnd || drawn.isTouched() || wentUpTo(now)) return
      if (!isAtVeryEnd(now)) toEnd()
    }
  }

  // A hidden list goes to its end once, when it is shown again.
  watch([thread.tail, visible], async ([tail, isVisible]) => {
    if (!isVisible || tail === tailSeen) return
    tailSeen = tail
    if (thread.window.value.hasNewer) return ports.toLatest()
    const { chunks } = thread.window.value
    const isNewChunk = chunks[chunks.length - 1] !== lastChunk
    lastChunk = chunks[chunks.length - 1]
    // A new chunk is told to the screen together with where to scroll; rows of one that is there are drawn first.
    if (!isNewChunk) await nextTick()
    if (drawn.isGone() || shown.value.veiled) return
    if (!isOwed) goneUp = 0
    isOwed = drawn.isTouched() && thread.atEnd
    if (isOwed || !thread.atEnd) return
    toEnd()
    await nextTick()
    const now = await measure()
    if (!now || drawn.isGone() || drawn.isTouched() || !thread.atEnd) return
    if (!isAtVeryEnd(now)) toEnd()
  })

  // The reader has left the end where the text that they open reaches beyond the screen.
  watch(thread.openings, async () => {
    readsOpened = true
    await nextTick()
    const now = await measure()
    if (!drawn.isGone()) looked(now)
  })

  watch(layout, async () => {
    if (shown.value.veiled) return
    const view = thread.view()
    if (scrollAnchor({ previous: view, next: view, atBottom: thread.atEnd, resized: true }) !== 'to-bottom') return
    // Said before the list is measured again, so that the end that slips out of sight is not taken for the reader's doing.
    settled = clock.now() + SETTLE_MS
    await nextTick()
    toEnd()
    await stayAtEnd()
  })

  /** The thread stands on the screen, and its end can be watched. */
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
    cancelSettle?.()
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
    cameToRest,
    opened,
    /** What is drawn now is not news: the next chunk is. */
    noteLastChunk: () => (lastChunk = shown.value.names[shown.value.names.length - 1]),
  }
}

/** How much of the list is below what is seen, px. */
function belowFrame({ scrollTop, scrollHeight, frame }: ScrollLayout): number {
  return scrollHeight - scrollTop - frame.height
}

function isAtVeryEnd(layout: ScrollLayout): boolean {
  return belowFrame(layout) <= 1
}
