/** Reads further messages when the reader comes near them, in the scroll direction, and shows them without moving the visible text. */
import type { Ref } from 'vue'
import { MAX_CHUNKS } from '@/src/chat/timeline/timeline'
import { CHUNK_SIZE } from '@/src/chat/timeline/chunk'
import { scrollAnchor } from '@/src/chat/timeline/scroll-anchor'
import { laidOut } from '@/src/platform/measure'
import type { Thread } from '@/src/stores/chat/threads/thread'
import type { ScrollEvent } from '../shared/events'
import type { UseDrawnThreadReturn } from './useDrawnThread'
import type { UseListEndReturn } from './useListEnd'

/** A chunk is read if fewer screens than this are left before the end of the window. */
const AHEAD_SCREENS = 1.5

/** The handlers of the list's scrolling and of its ends, and the checks after a change of the window. */
export type UseWindowGrowthReturn = ReturnType<typeof useWindowGrowth>

/** Call it in the setup of the list. */
export function useWindowGrowth(thread: Thread, drawn: UseDrawnThreadReturn, end: UseListEndReturn, visible: Readonly<Ref<boolean>>) {
  /** The reader's last scroll offset and the scroll height, in px; the direction, and how many chunks may still be read for that movement. */
  let scrolledTo = 0
  let scrolledOf = 0
  let direction: 'up' | 'down' = 'down'
  let stepsLeft = MAX_CHUNKS

  async function grow(load: () => Promise<void>): Promise<void> {
    if (drawn.isBusy()) return
    await drawn.present('offscreen', load, async (previous) => {
      const decision = scrollAnchor({ previous, next: thread.view(), atBottom: thread.atEnd })
      if (decision === 'to-bottom') {
        drawn.placeAtOnce()
        end.toEnd()
      } else await drawn.placeOffscreen()
    })
    if (!drawn.isGone()) void lookAround()
  }

  async function loadOlder(): Promise<void> {
    const { hasOlder, unreadable, loading } = thread.window.value
    if ((hasOlder || unreadable) && !loading) await grow(() => thread.loadOlder())
  }

  async function loadNewer(): Promise<void> {
    if (thread.window.value.hasNewer && !thread.window.value.loading) await grow(() => thread.loadNewer())
  }

  function scrolled({ detail: { scrollTop, scrollHeight } }: ScrollEvent): void {
    drawn.onScroll()
    end.scrolled(scrollTop, scrollHeight)
    direction = scrollTop < scrolledTo ? 'up' : 'down'
    // A shrinking list scrolls up by itself. That is not the reader.
    if (direction === 'up' && scrollHeight >= scrolledOf && !drawn.isBusy()) void end.wentUp(scrolledTo - scrollTop)
    scrolledTo = scrollTop
    scrolledOf = scrollHeight
    stepsLeft = MAX_CHUNKS
    lookAt(scrollTop, scrollHeight)
  }

  /** Reads what the reader comes near to, in the scroll direction. All in px from the top of the scroll content. */
  function lookAt(scrollTop: number, scrollHeight: number): void {
    const { names, below, hidden } = drawn.shown.value
    const { hasOlder, hasNewer, unreadable } = thread.window.value
    const frameHeight = drawn.frameHeight()
    if (drawn.isBusy() || hidden || unreadable || frameHeight === 0 || names.length === 0 || stepsLeft === 0) return
    const top = drawn.windowTop()
    const bottom = scrollHeight - below
    // A full window must not be asked for more than it can have on both sides.
    const room = names.length < MAX_CHUNKS ? Infinity : Math.max(0, bottom - top - frameHeight) / 3
    const ahead = Math.min(frameHeight * AHEAD_SCREENS, room)
    const [toTop, toBottom] = [scrollTop - top, bottom - scrollTop - frameHeight]
    const load = direction === 'up' ? hasOlder && toTop < ahead && loadOlder : hasNewer && toBottom < ahead && loadNewer
    if (!load) return
    stepsLeft--
    // A reader who is past the window, in a spacer, need not wait for all that is between.
    const isPast = direction === 'up' ? toTop < -2 * frameHeight : toBottom < -2 * frameHeight
    void (isPast ? grow(() => thread.toMessage(drawn.chunkAt(scrollTop) * CHUNK_SIZE)) : load())
  }

  /** After the window has grown, its end may have entered and left the screen before the observer reports. */
  async function lookAround(): Promise<void> {
    await laidOut()
    if (drawn.isGone() || drawn.isBusy() || !visible.value) return
    const now = await drawn.measure()
    if (drawn.isGone() || drawn.isBusy()) return
    end.looked(now?.layout)
    if (now) lookAt(now.layout.scrollTop, now.layout.scrollHeight)
  }

  /** A list too short to scroll would never ask for more by scrolling. */
  async function fill(): Promise<void> {
    const now = await drawn.measure()
    if (!now || drawn.isGone() || now.layout.scrollHeight > now.layout.frame.height + 1) return
    direction = 'up'
    lookAt(0, now.layout.scrollHeight)
  }

  return { scrolled, loadOlder, loadNewer, lookAt, fill }
}
