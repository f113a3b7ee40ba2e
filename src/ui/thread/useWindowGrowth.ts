/** What a reader comes near to is read, the way they are going, and shown without moving what they read. */
import type { Ref } from 'vue'
import { MAX_CHUNKS } from '@/src/chat/timeline/timeline'
import { CHUNK_SIZE } from '@/src/chat/timeline/chunk'
import { scrollAnchor } from '@/src/chat/timeline/scroll-anchor'
import { laidOut } from '@/src/platform/measure'
import type { Thread } from '@/src/stores/chat/threads/thread'
import type { ScrollEvent } from '../shared/events'
import type { DrawnThread } from './useDrawnThread'
import type { ListEnd } from './useListEnd'

/** A chunk is read when less than so many screens are left before the end of the window. */
const AHEAD_SCREENS = 1.5

/** Call in the setup of the list. */
export function useWindowGrowth(thread: Thread, drawn: DrawnThread, end: ListEnd, visible: Readonly<Ref<boolean>>) {
  /** Where the reader last scrolled to, in px, and of how much; which way, and how many chunks may still be read for that. */
  let scrolledTo = 0
  let scrolledOf = 0
  let direction: 'up' | 'down' = 'down'
  let stepsLeft = MAX_CHUNKS

  async function grow(load: () => Promise<void>): Promise<void> {
    if (drawn.isBusy()) return
    await drawn.present('staged', load, async (previous) => {
      const decision = scrollAnchor({ previous, next: thread.view(), atBottom: thread.atEnd })
      if (decision === 'to-bottom') {
        drawn.placeAtOnce()
        end.toEnd()
      } else await drawn.placeStaged()
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
    drawn.moved()
    end.scrolled(scrollTop, scrollHeight)
    direction = scrollTop < scrolledTo ? 'up' : 'down'
    // What has become less than it was moves up by itself.
    if (direction === 'up' && scrollHeight >= scrolledOf && !drawn.isBusy()) void end.wentUp(scrolledTo - scrollTop)
    scrolledTo = scrollTop
    scrolledOf = scrollHeight
    stepsLeft = MAX_CHUNKS
    lookAt(scrollTop, scrollHeight)
  }

  /** Reads what the reader comes near to, the way they are going. All in px from the top of what can be scrolled. */
  function lookAt(scrollTop: number, scrollHeight: number): void {
    const { names, below, veiled } = drawn.shown.value
    const { hasOlder, hasNewer, unreadable } = thread.window.value
    const frameHeight = drawn.frameHeight()
    if (drawn.isBusy() || veiled || unreadable || frameHeight === 0 || names.length === 0 || stepsLeft === 0) return
    const top = drawn.windowTop()
    const bottom = scrollHeight - below
    // A full window must not be asked for more than it can hold on both sides.
    const room = names.length < MAX_CHUNKS ? Infinity : Math.max(0, bottom - top - frameHeight) / 3
    const ahead = Math.min(frameHeight * AHEAD_SCREENS, room)
    const [toTop, toBottom] = [scrollTop - top, bottom - scrollTop - frameHeight]
    const load = direction === 'up' ? hasOlder && toTop < ahead && loadOlder : hasNewer && toBottom < ahead && loadNewer
    if (!load) return
    stepsLeft--
    // Whoever has gone past the window, into a spacer, need not wait for all that lies between.
    const isPast = direction === 'up' ? toTop < -2 * frameHeight : toBottom < -2 * frameHeight
    void (isPast ? grow(() => thread.toMessage(drawn.chunkAt(scrollTop) * CHUNK_SIZE)) : load())
  }

  /** After the window grew: the end may have come into the window, and gone out of sight, before the observer tells. */
  async function lookAround(): Promise<void> {
    await laidOut()
    if (drawn.isGone() || drawn.isBusy() || !visible.value) return
    const now = await drawn.measure()
    if (drawn.isGone() || drawn.isBusy()) return
    end.looked(now?.layout)
    if (now) lookAt(now.layout.scrollTop, now.layout.scrollHeight)
  }

  /** What is too short to be scrolled could never be scrolled for more. */
  async function fill(): Promise<void> {
    const now = await drawn.measure()
    if (!now || drawn.isGone() || now.layout.scrollHeight > now.layout.frame.height + 1) return
    direction = 'up'
    lookAt(0, now.layout.scrollHeight)
  }

  return { scrolled, loadOlder, loadNewer, lookAt, fill }
}
