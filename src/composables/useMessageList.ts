/**
 * The list of a thread: its window of chunks, where it is scrolled to, and what leads to the newest message.
 *
 * Nothing that is being read moves when the window does. A chunk that comes is drawn aside first, unseen, and measured; then
 * one change puts it in its place, puts spacers in the places of the chunks that went, and moves the list by as much as all
 * this added above the reader. That is nothing at all where a spacer gives way to the chunk it stood for. Where the list does
 * have to be moved, it waits until it is at rest: a fling would be stopped, and what moved meanwhile be forgotten.
 */
import { computed, getCurrentInstance, nextTick, onMounted, onUnmounted, shallowRef, watch } from 'vue'
import type { ConversationId } from '@/src/chat/conversation'
import { scrollAnchor, type ThreadView } from '@/src/chat/scroll-anchor'
import { chunkAt, lastSeen, measured, NO_STRETCH, spacersOf, stretchOver, topOf, type DrawnRow, type Stretch } from '@/src/chat/spacers'
import { CHUNK_SIZE, MAX_CHUNKS, chunkOf, type ChunkRange } from '@/src/chat/timeline'
import { t } from '@/src/locales'
import { laidOut, observeVisible, scrollLayoutOf, type Place, type ScrollLayout } from '@/src/platform/measure'
import { useChatStore } from '@/src/stores/chat'
import { parseChunkName } from '@/src/stores/chat/thread'
import type { ScrollEvent } from './events'
import { usePageVisible, whileVisible } from './usePageVisible'
import { provideRulers } from './useRulers'
import { useScrollRest } from './useScrollRest'
import { useThread } from './useThread'
import { provideThreadJumps } from './useThreadJumps'
import { useThreadLayout } from './useThreadLayout'

/** Nearer to the end than this, in px, the reader counts as being there. */
const END_MARGIN_PX = 60
/** While the list moves to its end by itself, that it is not there yet means nothing. */
const SETTLE_MS = 400
/** How often in that time it is looked at whether it is there, when it got another height. */
const RESIZE_LOOKS = 5
/** A chunk is read when less than so many screens are left before the end of the window. */
const AHEAD_SCREENS = 1.5
/** Reading is worth a word when it takes longer than this. */
const SLOW_MS = 300
/** How long a message that was jumped to stands out. */
const HIGHLIGHT_MS = 2_000
/** A message that is jumped to stands so far down the screen, as a part of its height: what was said before is seen too. */
const TARGET_AT = 0.3
/** What is moved by less is not seen to move. */
const UNSEEN_PX = 0.5

/** So often it is measured where to open while messages come; then it opens as near as is known. */
const MEASURE_TRIES = 10

/** What is drawn of the thread. */
interface Drawn {
  /** Names of chunks, in order. */
  readonly names: readonly string[]
  /** Those of them that are drawn aside, to be measured. */
  readonly staged: readonly string[]
  /** Heights of the spacers, in px. */
  readonly above: number
  readonly below: number
  /** All of it is drawn, and nothing shown: the place to show is not known yet. */
  readonly veiled: boolean
}

/** Where what is drawn stands: the list, and by name its chunks. */
interface Measured {
  readonly layout: ScrollLayout
  readonly slots: ReadonlyMap<string, Place>
}

/** Unread messages that lie above what is shown. */
interface Skipped {
  readonly seq: number
  readonly count: number
}

export function useMessageList(conversation: ConversationId, at?: number) {
  const chat = useChatStore()
  const visible = usePageVisible()
  const account = chat.account
  const thread = useThread(conversation, at)
  const rulers = provideRulers((name) => shown.value.staged.includes(name))
  const instance = getCurrentInstance()
  const { isAtRest, isTouched, rest, moved, touched, released } = useScrollRest(cameToRest)

  const shown = shallowRef<Drawn>({ names: [], staged: [], above: 0, below: 0, veiled: true })
  /** The id of an element to scroll to; the two ends take turns, since setting the same value again does nothing. */
  const anchor = shallowRef('')
  const offset = shallowRef(0)
  const isAway = shallowRef(false)
  const isSlow = shallowRef(false)
  const skipped = shallowRef<Skipped>()

  let stretch: Stretch = NO_STRETCH
  /** Heights of the list and of what stands above its first chunk, in px; 0 while nothing was measured. */
  let frameHeight = 0
  let headHeight = 0
  /** Where the reader last scrolled to, in px, which way, and how many chunks may still be read for that. */
  let scrolledTo = 0
  let direction: 'up' | 'down' = 'down'
  let stepsLeft = MAX_CHUNKS
  /** What the window gets now comes from storage, and is to be measured before it is shown. */
  let isReading: 'staged' | 'veiled' | undefined
  let busy: Promise<void> | undefined
  let settled = 0
  let settleTimer: ReturnType<typeof setTimeout> | undefined
  let highlightTimer: ReturnType<typeof setTimeout> | undefined
  let isGone = false
  let stopObserving: (() => void) | undefined

  const window = whileVisible(visible, () => thread.window.value)
  const drawn = whileVisible(visible, () => shown.value)

  const older = computed(() => {
    if (window.value.unreadable) return t('thread.unreadable')
    if (!window.value.hasOlder) return ''
    return t(isSlow.value ? 'thread.older.loading' : 'thread.older')
  })
  const empty = computed(() => {
    if (window.value.empty) return t('thread.empty')
    const { isLong, hasOlder, chunks } = window.value
    return isLong && !hasOlder && chunks.length > 0 ? t('thread.start') : ''
  })
  /** The buttons cost a call when they are first made: not before there is something to jump to. */
  const hasJumps = shallowRef(false)
  const stopJumps = watch([isAway, thread.news, skipped], () => {
    hasJumps.value = true
  })
  provideThreadJumps({
    isAway: whileVisible(visible, () => isAway.value),
    news: whileVisible(visible, () => thread.news.value),
    unreadAbove: whileVisible(visible, () => skipped.value?.count ?? 0),
    toLatest,
    toUnread,
  })

  // ------------------------------------------------------------------------------------------ what is drawn

  function show(change: Partial<Drawn>): void {
    shown.value = { ...shown.value, ...change }
  }

  /** Follows the window. What comes from storage is drawn aside or under a veil until it is measured. */
  function follow(): void {
    const next = window.value.chunks
    const { names, staged } = shown.value
    const added = next.filter((name) => !names.includes(name))
    if (added.length === 0 && names.length === next.length) return
    if (isReading === 'veiled') return show({ names: next, staged: [], above: 0, below: 0, veiled: true })
    if (isReading === 'staged') return show({ names: inOrder([...names, ...added]), staged: [...staged, ...added] })
    for (const name of names) if (!next.includes(name)) rulers.remove(name)
    stretch = stretchOver(stretch, rangeOf(next))
    show({ names: next, staged: staged.filter((name) => next.includes(name)), ...spacersOf(stretch, rangeOf(next)) })
    if (shown.value.above > 0 && !window.value.hasOlder) void closeUp()
  }

  /** A spacer stands for messages that have left the log: it goes, and nothing moves. */
  function closeUp(): Promise<void> {
    return present('staged', async () => {}, placeStaged)
  }

  /** The stretch with the window on the screen. */
  function stretchWith(known: Stretch): Stretch {
    const range = rangeOf(window.value.chunks)
    return stretchOver(known, range, window.value.hasOlder ? 0 : range.from)
  }

  const stopFollowing = watch(window, follow, { flush: 'sync' })

  /** Places of all that is drawn; undefined where nothing has a size. */
  async function measure(): Promise<Measured | undefined> {
    const self = instance?.proxy
    const { names } = shown.value
    const layout = self ? await scrollLayoutOf(self, '.scroll', ['.head', '.slot']) : undefined
    const [[head] = [], slots = []] = layout?.places ?? []
    // What is drawn changed meanwhile: these are the places of something else.
    if (!layout || slots.length !== names.length || names !== shown.value.names) return undefined
    frameHeight = layout.frame.height
    headHeight = head?.height ?? 0
    return { layout, slots: new Map(names.map((name, index) => [name, slots[index] ?? { top: 0, height: 0 }])) }
  }

  /** Reads, and shows what was read. One at a time. */
  function present(how: 'staged' | 'veiled', load: () => Promise<void>, place: (previous: ThreadView) => Promise<void>): Promise<void> {
    const run = async () => {
      await before
      if (isGone) return
      const previous = thread.view()
      const slow = setTimeout(() => (isSlow.value = true), SLOW_MS)
      isReading = how
      try {
        await load()
        await isVisible()
        // The window is followed before the next drawing.
        await nextTick()
      } finally {
        isReading = undefined
        clearTimeout(slow)
        isSlow.value = false
      }
      const { names, staged, veiled } = shown.value
      await Promise.all((veiled ? names : staged).map((name) => rulers.drawn(name)))
      await isVisible()
      // Somebody may be scrolling.
      if (!veiled) await laidOut()
      if (!isGone) await place(previous)
    }
    const before = busy
    const mine = run().finally(() => {
      if (busy === mine) busy = undefined
    })
    busy = mine
    return mine
  }

  function isVisible(): Promise<void> {
    if (visible.value || isGone) return Promise.resolve()
    return new Promise((resolve) => void whenVisible.push(resolve))
  }

  const whenVisible: (() => void)[] = []
  const stopVisible = watch(visible, (isVisible) => {
    if (!isVisible) return
    for (const resolve of whenVisible.splice(0)) resolve()
    void reportSeen()
  })

  // ------------------------------------------------------------------------------------------ the window grows

  async function grow(load: () => Promise<void>): Promise<void> {
    if (busy) return
    await present('staged', load, async (previous) => {
      const decision = scrollAnchor({ previous, next: thread.view(), atBottom: thread.atEnd })
      if (decision === 'to-bottom') {
        placeAtOnce()
        toEnd()
      } else await placeStaged()
    })
    if (!isGone) void lookAround()
  }

  function placeAtOnce(): void {
    stretch = stretchWith(stretch)
    show({ names: window.value.chunks, staged: [], veiled: false, ...spacersOf(stretch, rangeOf(window.value.chunks)) })
  }

  /** Puts what was drawn aside in its place, and keeps what is being read in its own. */
  async function placeStaged(): Promise<void> {
    for (;;) {
      const { names, staged } = shown.value
      const sizes = await Promise.all(staged.map(async (name) => [indexOf(name), (await rulers.measure(name))?.height ?? 0] as const))
      const before = await measure()
      if (isGone) return
      if (names !== shown.value.names) continue
      if (!before) return placeAtOnce()
      const { layout, slots } = before
      const flow = names.filter((name) => !staged.includes(name))
      const next = window.value.chunks
      const now = measured(stretch, flow.map((name) => [indexOf(name), slots.get(name)?.height ?? 0]))
      const grown = stretchWith(measured(now, sizes))
      const kept = flow.find((name) => next.includes(name) && bottomOf(slots.get(name)) > layout.frame.top)
      const keptIndex = kept === undefined ? chunkAt(now, layout.scrollTop - headHeight) : indexOf(kept)
      const shift = topOf(grown, keptIndex) - topOf(now, keptIndex)
      const isMoved = Math.abs(shift) > UNSEEN_PX
      if (isMoved && !isAtRest()) {
        await rest()
        continue
      }
      stretch = grown
      show({ names: next, staged: [], ...spacersOf(grown, rangeOf(next)) })
      if (isMoved) scrollTo(layout.scrollTop + shift)
      await nextTick()
      if (kept !== undefined) await keepInPlace(kept, slots.get(kept)?.top ?? 0)
      return
    }
  }

  /** What was measured may not be what came to be: a row may have changed since. */
  async function keepInPlace(name: string, top: number): Promise<void> {
    if (!isAtRest()) return
    const after = await measure()
    const place = after?.slots.get(name)
    if (!after || !place || !isAtRest()) return
    const moved = place.top - top
    if (Math.abs(moved) > 1) scrollTo(after.layout.scrollTop + moved)
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

  function scrolled({ detail: { scrollTop, scrollHeight } }: ScrollEvent): void {
    moved()
    direction = scrollTop < scrolledTo ? 'up' : 'down'
    scrolledTo = scrollTop
    stepsLeft = MAX_CHUNKS
    lookAt(scrollTop, scrollHeight)
  }

  /** Reads what the reader comes near to, the way they are going. All in px from the top of what can be scrolled. */
  function lookAt(scrollTop: number, scrollHeight: number): void {
    const { names, below, veiled } = shown.value
    const { hasOlder, hasNewer, unreadable } = thread.window.value
    if (busy || veiled || unreadable || frameHeight === 0 || names.length === 0 || stepsLeft === 0) return
    const top = headHeight + topOf(stretch, rangeOf(names).from)
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
    void (isPast ? grow(() => thread.toMessage(chunkAt(stretch, scrollTop - headHeight) * CHUNK_SIZE)) : load())
  }

  /** After the window grew: the end may have come into the window, and gone out of sight, before the observer tells. */
  async function lookAround(): Promise<void> {
    await laidOut()
    if (isGone || busy || !visible.value) return
    const now = await measure()
    if (isGone || busy) return
    if (now) isEndVisible = isAtEnd(now.layout.scrollTop, now.layout)
    endSeen()
    if (now) lookAt(now.layout.scrollTop, now.layout.scrollHeight)
  }

  async function cameToRest(): Promise<void> {
    const now = await measure()
    if (!now || isGone || busy) return
    const { names, staged } = shown.value
    const flow = names.filter((name) => !staged.includes(name))
    stretch = measured(stretch, flow.map((name) => [indexOf(name), now.slots.get(name)?.height ?? 0]))
    lookAt(now.layout.scrollTop, now.layout.scrollHeight)
    await reportSeen()
  }

  // ------------------------------------------------------------------------------------------ jumps

  /** Shows what was read under a veil: at its end, or with a message in its place. */
  async function placeAt(place: 'end' | 'divider' | 'target', seq: number): Promise<void> {
    const { now, name, rows } = await measureRound(place === 'end' ? undefined : seq)
    if (isGone) return
    if (now && shown.value.names.length > 0) remember(now.slots)
    if (shown.value.veiled) placeAtOnce()
    const slot = name === undefined ? undefined : now?.slots.get(name)
    if (now && slot) {
      const { layout } = now
      const row = rows.find((row) => row.seq >= seq) ?? rows[rows.length - 1]
      const down = place === 'target' ? layout.frame.height * TARGET_AT : 0
      const top = Math.max(0, layout.scrollTop + slot.top + (row?.top ?? 0) - layout.frame.top - down)
      scrollTo(top)
      // The observer speaks only when the end comes or goes: that it is not there to begin with is to be found out.
      isEndVisible = isAtEnd(top, layout)
      settled = 0
      endSeen()
    } else toEnd()
    // Whoever measures next finds the list where it was scrolled to.
    await nextTick()
  }

  /**
   * Places of all that is drawn, and the rows of the chunk that the message `seq` is in, of one moment: when messages come
   * while these are measured they are measured again. Without places where nothing has a size.
   */
  async function measureRound(seq: number | undefined): Promise<{ now?: Measured | undefined; name?: string | undefined; rows: readonly DrawnRow[] }> {
    for (let tries = MEASURE_TRIES; ; tries--) {
      const { names } = shown.value
      await Promise.all(names.map((name) => rulers.drawn(name)))
      const name = seq === undefined ? undefined : (names.find((shownName) => indexOf(shownName) >= chunkOf(seq)) ?? names[names.length - 1])
      const size = name === undefined ? undefined : await rulers.measure(name)
      const now = await measure()
      const isOfOneMoment = names === shown.value.names && (!now || name === undefined || size !== undefined)
      if (isGone || isOfOneMoment || tries === 1) return { now, name, rows: size?.rows ?? [] }
      await nextTick()
    }
  }

  function remember(slots: ReadonlyMap<string, Place>): void {
    const heights = [...slots].map(([name, { height }]) => [indexOf(name), height] as const)
    stretch = stretchWith(measured(shown.value.veiled ? NO_STRETCH : stretch, heights))
  }

  async function toLatest(): Promise<void> {
    const head = account?.summary(conversation)?.value
    await present('veiled', () => thread.toLatest(), () => {
      thread.setAtEnd(true)
      return placeAt('end', thread.view().length)
    })
    if (isGone) return
    if (visible.value) void account?.markRead(conversation)
    if (head && head.unread > 0) await offerBack({ seq: head.readTo, count: head.unread })
  }

  /** To the message `seq`, without what lies between. */
  async function toMessage(seq: number): Promise<void> {
    highlight(seq)
    thread.setAtEnd(false)
    await present('veiled', () => thread.toMessage(seq), () => placeAt('target', seq))
  }

  async function toUnread(): Promise<void> {
    const place = skipped.value
    skipped.value = undefined
    if (place) await toMessage(place.seq)
  }

  /** Unread messages that were passed over can be gone back to, unless they are on the screen. */
  async function offerBack(place: Skipped): Promise<void> {
    const [first] = await rowsInView()
    // Where nothing has a size, all that is drawn counts as being on the screen.
    if ((first?.seq ?? thread.view().from) > place.seq) skipped.value = place
  }

  function highlight(seq: number): void {
    thread.highlighted.value = seq
    clearTimeout(highlightTimer)
    highlightTimer = setTimeout(() => (thread.highlighted.value = undefined), HIGHLIGHT_MS)
  }

  async function open(): Promise<void> {
    if (at !== undefined) highlight(at)
    await present('veiled', () => thread.load(), async () => {
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
      // At once: who opens a conversation and goes again has seen what was on the screen.
      await reportSeen()
    })
    lastChunk = shown.value.names[shown.value.names.length - 1]
    await fill()
  }

  /** What is too short to be scrolled could never be scrolled for more. */
  async function fill(): Promise<void> {
    const now = await measure()
    if (!now || isGone || now.layout.scrollHeight > now.layout.frame.height + 1) return
    direction = 'up'
    lookAt(0, now.layout.scrollHeight)
  }

  // ------------------------------------------------------------------------------------------ the end, and what was seen

  let isEndVisible = true
  let stays = 0

  function toEnd(): void {
    settled = Date.now() + SETTLE_MS
    isAway.value = false
    anchor.value = anchor.value === 'end-a' ? 'end-b' : 'end-a'
    clearTimeout(settleTimer)
    settleTimer = setTimeout(() => {
      settled = 0
      endSeen()
    }, SETTLE_MS)
  }

  /** Takes what the observer last said, once the list has come to rest. */
  function endSeen(): void {
    if (Date.now() < settled || shown.value.veiled) return
    const atEnd = isEndVisible && !thread.window.value.hasNewer
    if (thread.atEnd === atEnd && isAway.value !== atEnd) return
    thread.setAtEnd(atEnd)
    isAway.value = !atEnd
    if (atEnd && visible.value) void account?.markRead(conversation)
  }

  /** The end slipped out of sight: because the reader left it, or because the list became less tall before anyone told. */
  async function endLost(): Promise<void> {
    const before = frameHeight
    const now = thread.atEnd && before > 0 ? await measure() : undefined
    if (isGone) return
    if (!now || isTouched() || now.layout.frame.height >= before - 1) return endSeen()
    toEnd()
    await stayAtEnd()
  }

  /** The messages on the screen, in order. */
  async function rowsInView(): Promise<readonly DrawnRow[]> {
    const now = await measure()
    if (!now) return []
    const { frame } = now.layout
    const inView = [...now.slots].filter(([name, slot]) => !shown.value.staged.includes(name) && bottomOf(slot) > frame.top && slot.top < frame.top + frame.height)
    const chunks = await Promise.all(
      inView.map(async ([name, slot]) => ((await rulers.measure(name))?.rows ?? []).map((row) => ({ ...row, top: row.top + slot.top }))),
    )
    const rows = chunks.flat().filter((row) => row.top + row.height > frame.top && row.top < frame.top + frame.height)
    const seen = lastSeen(rows, frame)
    if (seen !== undefined) account?.readTo(conversation, seen + 1)
    return rows
  }

  /** Tells how far the conversation was read: to the last message that was seen. */
  async function reportSeen(): Promise<void> {
    if (!visible.value || isGone || shown.value.veiled || window.value.empty) return
    if (thread.atEnd) return account?.markRead(conversation)
    const [first] = await rowsInView()
    // Where nothing has a size, all that is drawn counts as seen.
    if (!first && frameHeight === 0) account?.readTo(conversation, thread.view().to)
    if (first && skipped.value && first.seq <= skipped.value.seq) skipped.value = undefined
  }

  // A hidden list goes to its end once, when it is shown again.
  let tailSeen = thread.tail.value
  let lastChunk: string | undefined
  const stopTail = watch([thread.tail, visible], async ([tail, isVisible]) => {
    if (!isVisible || tail === tailSeen) return
    tailSeen = tail
    if (thread.window.value.hasNewer) return toLatest()
    const { chunks } = thread.window.value
    const isNewChunk = chunks[chunks.length - 1] !== lastChunk
    lastChunk = chunks[chunks.length - 1]
    // A new chunk is told to the screen together with where to scroll; rows of one that is there are drawn first.
    if (!isNewChunk) await nextTick()
    if (isGone || shown.value.veiled) return
    toEnd()
    await nextTick()
    const now = await measure()
    if (!now || isGone || isTouched() || !thread.atEnd) return
    const { scrollTop, scrollHeight, frame } = now.layout
    if (scrollHeight - scrollTop - frame.height > 1) toEnd()
  })

  const layout = useThreadLayout()
  const stopLayout = watch(layout, async () => {
    if (shown.value.veiled) return
    const view = thread.view()
    if (scrollAnchor({ previous: view, next: view, atBottom: thread.atEnd, resized: true }) !== 'to-bottom') return
    // Said before the list is measured again, so that the end that slips out of sight is not taken for the reader's doing.
    settled = Date.now() + SETTLE_MS
    await nextTick()
    toEnd()
    await stayAtEnd()
  })

  /** A text area grows when it pleases, before it tells or after: the end is looked for until the list has its new height. */
  async function stayAtEnd(): Promise<void> {
    const mine = ++stays
    for (let i = 0; i < RESIZE_LOOKS; i++) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / RESIZE_LOOKS))
      const now = await measure()
      if (!now || isGone || mine !== stays || isTouched()) return
      const { scrollTop, scrollHeight, frame } = now.layout
      if (scrollHeight - scrollTop - frame.height > 1) toEnd()
    }
  }

  onMounted(async () => {
    await open()
    const self = instance?.proxy
    if (!self || isGone) return
    stopObserving = observeVisible(self, { container: '.scroll', target: '#end-a', marginPx: END_MARGIN_PX }, (seen) => {
      isEndVisible = seen
      if (seen) endSeen()
      else void endLost()
    })
  })
  onUnmounted(() => {
    isGone = true
    clearTimeout(settleTimer)
    clearTimeout(highlightTimer)
    for (const resolve of whenVisible.splice(0)) resolve()
    stopVisible()
    stopFollowing()
    stopTail()
    stopJumps()
    stopLayout()
    stopObserving?.()
  })

  return {
    chunks: computed(() => drawn.value.names),
    staged: computed(() => drawn.value.staged),
    above: computed(() => heightStyle(drawn.value.above)),
    below: computed(() => heightStyle(drawn.value.below)),
    veil: computed(() => (drawn.value.veiled ? 'is-veiled' : '')),
    hasJumps: whileVisible(visible, () => hasJumps.value),
    older,
    empty,
    anchor,
    offset,
    scrolled,
    touched,
    released,
    loadOlder,
    loadNewer,
  }
}

function heightStyle(px: number): string {
  return px > 0 ? `height:${px}px` : ''
}

function indexOf(name: string): number {
  return parseChunkName(name).index
}

function inOrder(names: readonly string[]): string[] {
  return [...names].sort((a, b) => indexOf(a) - indexOf(b))
}

function rangeOf(names: readonly string[]): ChunkRange {
  const [first] = names
  const last = names[names.length - 1]
  return first === undefined || last === undefined ? { from: 0, to: 0 } : { from: indexOf(first), to: indexOf(last) + 1 }
}

/** Whether a list that is scrolled to `top` shows its end, or nearly. */
function isAtEnd(top: number, { scrollHeight, frame }: ScrollLayout): boolean {
  return scrollHeight - top - frame.height <= END_MARGIN_PX
}

function bottomOf(place: Place | undefined): number {
  return place ? place.top + place.height : 0
}
