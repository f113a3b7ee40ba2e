/**
 * The rendered part of a thread and its position: its window of chunks, between spacers for the chunks that were shown before.
 * The text that the user reads does not move when the window does. A new chunk is first rendered off-screen and measured. Then one change puts it in its
 * place, replaces the chunks that leave by spacers, and scrolls the list by the height that all this adds above the reader. That is zero where a chunk
 * replaces its own spacer. Where the list has to be scrolled, the change waits until it is idle: scrolling would stop a fling, and movements during the
 * change would be lost.
 */
import { getCurrentInstance, nextTick, onUnmounted, shallowRef, watch, type Ref } from 'vue'
import { clock } from '@/src/chat/time/clock'
import type { ThreadView } from '@/src/chat/timeline/scroll-anchor'
import { chunkAt, extendOver, measured, NOTHING_MEASURED, spacersOf, topOf, type DrawnRow, type MeasuredRange } from '@/src/chat/timeline/spacers'
import { chunkOf } from '@/src/chat/timeline/chunk'
import { bottomOf, laidOut, scrollLayoutOf, type Rect, type ScrollLayout } from '@/src/platform/measure'
import type { Thread } from '@/src/stores/chat/threads/thread'
import { indexOf, inOrder, rangeOf } from './chunk-names'
import { whileVisible } from '../page/usePageVisible'
import { provideChunkMeasuring } from './useChunkMeasuring'
import { useScrollIdle } from './useScrollIdle'
import { useWhenVisible } from './useWhenVisible'

/** A read that takes longer than this shows a loading text, ms. */
const SLOW_MS = 300
/** A shift smaller than this is not visible, px. */
const UNSEEN_PX = 0.5
/** How often it measures again while messages arrive. Then it uses the last measurement. */
const MEASURE_TRIES = 10

export interface Drawn {
  /** Names of the chunks, in order. */
  readonly names: readonly string[]
  /** Those of them that are off-screen, to be measured. */
  readonly offscreen: readonly string[]
  /** Heights of the spacers, in px. */
  readonly above: number
  readonly below: number
  /** All of it is rendered but hidden: the scroll position is not known yet. */
  readonly hidden: boolean
}

/** The positions of the rendered elements: the list, and by name its chunks. */
export interface Measured {
  readonly layout: ScrollLayout
  readonly slots: ReadonlyMap<string, Rect>
}

/** The position of a message: its chunk and that chunk's rows. Without positions if nothing has a size. */
export interface MeasuredPlace {
  readonly now?: Measured | undefined
  readonly name?: string | undefined
  readonly rows: readonly DrawnRow[]
}

/** The rendered window, its positions, and the functions that change and measure it. */
export type UseDrawnThreadReturn = ReturnType<typeof useDrawnThread>

/** Call it in the setup of the list. Calls `becameIdle` each time it was scrolled and is idle again. */
export function useDrawnThread(thread: Thread, visible: Readonly<Ref<boolean>>, becameIdle: () => void) {
  const instance = getCurrentInstance()
  const whenVisible = useWhenVisible(visible)
  const measuring = provideChunkMeasuring((name) => shown.value.offscreen.includes(name))
  const { isIdle, isTouched, whenIdle, onScroll, touched, released, hold } = useScrollIdle(becameIdle)

  const shown = shallowRef<Drawn>({ names: [], offscreen: [], above: 0, below: 0, hidden: true })
  const offset = shallowRef(0)
  const isSlow = shallowRef(false)
  const window = whileVisible(visible, () => thread.window.value)

  let measuredRange: MeasuredRange = NOTHING_MEASURED
  /** Heights of the list and of the content above its first chunk, in px. 0 before the first measurement. */
  let frameHeight = 0
  let headHeight = 0
  /** The window is reading from storage, so new chunks are measured before they are shown. */
  let isReading: 'offscreen' | 'hidden' | undefined
  let busy: Promise<void> | undefined
  let isGone = false

  // ------------------------------------------------------------------------------------------ showing

  function show(change: Partial<Drawn>): void {
    shown.value = { ...shown.value, ...change }
  }

  /** Follows the window. Chunks from storage are off-screen or hidden until they are measured. */
  function follow(): void {
    const next = window.value.chunks
    const { names, offscreen } = shown.value
    const added = next.filter((name) => !names.includes(name))
    if (added.length === 0 && names.length === next.length) return closeUpWhenIdle()
    if (isReading === 'hidden') return show({ names: next, offscreen: [], above: 0, below: 0, hidden: true })
    if (isReading === 'offscreen') return show({ names: inOrder([...names, ...added]), offscreen: [...offscreen, ...added] })
    for (const name of names) if (!next.includes(name)) measuring.remove(name)
    measuredRange = extendOver(measuredRange, rangeOf(next))
    show({ names: next, offscreen: offscreen.filter((name) => next.includes(name)), ...spacersOf(measuredRange, rangeOf(next)) })
    closeUpWhenIdle()
  }

  watch(window, follow, { flush: 'sync' })

  /** Removes a spacer for messages that were deleted from the log, without moving the text. A user who scrolls does not wait for that. */
  function closeUpWhenIdle(): void {
    const { above, hidden } = shown.value
    if (above > 0 && !window.value.hasOlder && !hidden && !busy && isIdle()) void present('offscreen', async () => {}, placeOffscreen).then(becameIdle)
  }

  /** The measured range, extended to the window. */
  function withWindow(known: MeasuredRange): MeasuredRange {
    const range = rangeOf(window.value.chunks)
    return extendOver(known, range, window.value.hasOlder ? 0 : range.from)
  }

  /** Reads, and shows the result. One at a time. */
  function present(how: 'offscreen' | 'hidden', load: () => Promise<void>, place: (previous: ThreadView) => Promise<void>): Promise<void> {
    const run = async () => {
      await before
      if (isGone) return
      const previous = thread.view()
      const cancelSlow = clock.after(SLOW_MS, () => (isSlow.value = true))
      isReading = how
      try {
        await load()
        await whenVisible()
        // The window must be followed before the next render.
        await nextTick()
      } finally {
        isReading = undefined
        cancelSlow()
        isSlow.value = false
      }
      const { names, offscreen, hidden } = shown.value
      await Promise.all((hidden ? names : offscreen).map((name) => measuring.drawn(name)))
      await whenVisible()
      // The user may be scrolling.
      if (!hidden) await laidOut()
      if (!isGone) await place(previous)
    }
    const before = busy
    const mine = run().finally(() => {
      if (busy === mine) busy = undefined
    })
    busy = mine
    return mine
  }

  function placeAtOnce(): void {
    measuredRange = withWindow(measuredRange)
    show({ names: window.value.chunks, offscreen: [], hidden: false, ...spacersOf(measuredRange, rangeOf(window.value.chunks)) })
  }

  /** Moves the off-screen chunks to their place, and keeps the visible text in its own. */
  async function placeOffscreen(): Promise<void> {
    for (;;) {
      const { names, offscreen } = shown.value
      const sizes = await Promise.all(offscreen.map(async (name) => [indexOf(name), (await measuring.measure(name))?.height ?? 0] as const))
      const before = await measure()
      if (isGone) return
      if (names !== shown.value.names) continue
      if (!before) return placeAtOnce()
      const { layout, slots } = before
      const flow = inFlow()
      const next = window.value.chunks
      const now = measured(measuredRange, heightsIn(before))
      const grown = withWindow(measured(now, sizes))
      const kept = flow.find((name) => next.includes(name) && bottomOf(slots.get(name)) > layout.frame.top)
      const keptIndex = kept === undefined ? chunkAt(now, layout.scrollTop - headHeight) : indexOf(kept)
      const shift = topOf(grown, keptIndex) - topOf(now, keptIndex)
      const isMoved = Math.abs(shift) > UNSEEN_PX
      if (isMoved && !isIdle()) {
        await whenIdle()
        continue
      }
      measuredRange = grown
      show({ names: next, offscreen: [], ...spacersOf(grown, rangeOf(next)) })
      if (isMoved) scrollTo(layout.scrollTop + shift)
      await nextTick()
      if (kept !== undefined) await keepInPlace(kept, slots.get(kept)?.top ?? 0)
      return
    }
  }

  /** The layout may differ from the measurement: a row may have changed since. */
  async function keepInPlace(name: string, top: number): Promise<void> {
    if (!isIdle()) return
    const after = await measure()
    const place = after?.slots.get(name)
    if (!after || !place || !isIdle()) return
    const moved = place.top - top
    if (Math.abs(moved) > 1) scrollTo(after.layout.scrollTop + moved)
  }

  function scrollTo(top: number): void {
    // The same value as before would not scroll.
    offset.value = top === offset.value ? top + 0.1 : top
  }

  // ------------------------------------------------------------------------------------------ measuring

  /** Names of the chunks that are in their place. */
  function inFlow(): string[] {
    const { names, offscreen } = shown.value
    return names.filter((name) => !offscreen.includes(name))
  }

  /** Their heights, by chunk. */
  function heightsIn({ slots }: Measured): (readonly [index: number, height: number])[] {
    return inFlow().map((name) => [indexOf(name), slots.get(name)?.height ?? 0])
  }

  /** Positions of all that is rendered, measured again if it changed during the measurement. Undefined if nothing has a size, or the list is gone. */
  async function measure(): Promise<Measured | undefined> {
    for (let tries = MEASURE_TRIES; tries > 0; tries--) {
      const self = isGone ? undefined : instance?.proxy
      const { names } = shown.value
      const layout = self ? await scrollLayoutOf(self, '.scroll', ['.head', '.slot']) : undefined
      if (!layout) return undefined
      const [[head] = [], slots = []] = layout.rects
      if (slots.length === names.length && names === shown.value.names) {
        frameHeight = layout.frame.height
        headHeight = head?.height ?? 0
        return { layout, slots: new Map(names.map((name, index) => [name, slots[index] ?? { top: 0, height: 0 }])) }
      }
      await nextTick()
    }
    return undefined
  }

  /**
   * Positions of all that is rendered, and the rows of the chunk of message `seq`, measured at the same moment: if messages arrive during a measurement it is
   * repeated.
   */
  async function measurePlace(seq: number | undefined): Promise<MeasuredPlace> {
    for (let tries = MEASURE_TRIES; ; tries--) {
      const { names } = shown.value
      await Promise.all(names.map((name) => measuring.drawn(name)))
      const name = seq === undefined ? undefined : (names.find((shownName) => indexOf(shownName) >= chunkOf(seq)) ?? names[names.length - 1])
      const size = name === undefined ? undefined : await measuring.measure(name)
      const now = await measure()
      const isOfOneMoment = names === shown.value.names && (!now || name === undefined || size !== undefined)
      if (isGone || isOfOneMoment || tries === 1) return { now, name, rows: size?.rows ?? [] }
      await nextTick()
    }
  }

  /** Shows the hidden list. Its spacers get the measured heights. */
  function reveal(now: Measured | undefined): void {
    if (now) measuredRange = measured(shown.value.hidden ? NOTHING_MEASURED : measuredRange, heightsIn(now))
    if (shown.value.hidden) placeAtOnce()
  }

  /** An idle list has its final height. */
  function remember(now: Measured): void {
    measuredRange = measured(measuredRange, heightsIn(now))
  }

  /** The messages of `now` that are on the screen, in order. */
  async function rowsInView({ layout: { frame }, slots }: Measured): Promise<readonly DrawnRow[]> {
    const inView = [...slots].filter(([name, slot]) => !shown.value.offscreen.includes(name) && bottomOf(slot) > frame.top && slot.top < frame.top + frame.height)
    const chunks = await Promise.all(
      inView.map(async ([name, slot]) => ((await measuring.measure(name))?.rows ?? []).map((row) => ({ ...row, top: row.top + slot.top }))),
    )
    return chunks.flat().filter((row) => row.top + row.height > frame.top && row.top < frame.top + frame.height)
  }

  onUnmounted(() => (isGone = true))
  return {
    window,
    shown,
    /** The scroll offset to set, in px. */
    offset,
    /** Whether a read takes long enough for a loading text. */
    isSlow,
    isBusy: () => busy !== undefined,
    /** Resolves when it is not busy. */
    async done(): Promise<void> {
      while (busy) await busy
    },
    isGone: () => isGone,
    /** Height of the list in px. 0 before the first measurement. */
    frameHeight: () => frameHeight,
    /** The offset of the window from the top of the scroll content, px. */
    windowTop: () => headHeight + topOf(measuredRange, rangeOf(shown.value.names).from),
    /** The chunk at the top of a list with this scroll offset, or the one whose spacer is there. */
    chunkAt: (scrollTop: number) => chunkAt(measuredRange, scrollTop - headHeight),
    isIdle,
    isTouched,
    onScroll,
    touched,
    released,
    hold,
    present,
    placeAtOnce,
    placeOffscreen,
    scrollTo,
    measure,
    measurePlace,
    reveal,
    remember,
    closeUpWhenIdle,
    rowsInView,
  }
}
