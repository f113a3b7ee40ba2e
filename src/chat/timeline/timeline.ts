/**
 * The view's data of a thread: stable chunks by their position in the log, and a window of them that grows at both ends.
 * Chunk k always has the messages k * CHUNK_SIZE <= seq < (k + 1) * CHUNK_SIZE, so appending, a status or an older page leaves every other chunk the same
 * object. Storage is read outside: `openAt`, `jump`, `older` and `newer` say what to read (`reading`), `withChunks` takes the result. Messages that arrive or
 * change during a read are newer than its result, and win.
 */
import { keepingChanges, type Message } from '../message/message'
import { CHUNK_SIZE, chunkOf, type ChunkRange } from './chunk'

/** The largest window, in chunks. */
export const MAX_CHUNKS = 6
/** The number of chunks in a new window: the newest may have a single message, two fill a screen. */
const OPEN_CHUNKS = 2

export interface Chunk {
  readonly index: number
  /** By seq. Complete for the log's part of its range, except for messages that storage could not read. */
  readonly messages: readonly Message[]
}

/** A read of storage in progress. */
export interface Reading extends ChunkRange {
  /** The length of the log when it began. */
  readonly length: number
  /** Whether it opens a new window instead of extending the current one. */
  readonly jump: boolean
}

/** Immutable. The window is `from <= index < to`. `chunks` has exactly these. */
export interface Timeline extends ChunkRange {
  /** The number of messages that the log has ever had. */
  readonly length: number
  /** The first seq that is still in the log. */
  readonly start: number
  readonly chunks: ReadonlyMap<number, Chunk>
  /** The range to read from storage, or null. */
  readonly reading: Reading | null
  /** By seq, the messages that arrived or changed since `reading` began. */
  readonly pendingChanges: ReadonlyMap<number, Message>
}

/** The new timeline, and the change of the window by chunk index. */
export interface TimelineChange {
  readonly timeline: Timeline
  /** Chunks whose messages have changed, including those in `added`. */
  readonly changed: readonly number[]
  readonly added: readonly number[]
  readonly removed: readonly number[]
}

/** Where to open a thread: at its end, or around a message. */
export type Anchor = 'latest' | number

const NO_CHANGES: ReadonlyMap<number, Message> = new Map()

/** Whether the window ends at the newest message. */
export function following(timeline: Timeline): boolean {
  return timeline.to === chunkCount(timeline.length)
}

/** The message `seq`, if it is in the window. */
export function messageAt(timeline: Timeline, seq: number): Message | undefined {
  return timeline.chunks.get(chunkOf(seq))?.messages.find((message) => message.seq === seq)
}

/** An empty timeline that, unless the log is empty, reads the chunks around `anchor`. */
export function openAt(length: number, anchor: Anchor, start = 0): Timeline {
  return jump({ length, start, from: 0, to: 0, chunks: new Map(), reading: null, pendingChanges: NO_CHANGES }, anchor)
}

/** Reads a new window around `anchor`. The same timeline if that is in the window. A read in progress is cancelled. */
export function jump(timeline: Timeline, anchor: Anchor): Timeline {
  const count = chunkCount(timeline.length)
  const first = firstChunk(timeline)
  if (anchor === 'latest') {
    return following(timeline) ? timeline : read(timeline, { from: Math.max(first, count - OPEN_CHUNKS), to: count }, true)
  }
  const index = Math.min(Math.max(first, chunkOf(anchor)), count - 1)
  if (index < first || timeline.chunks.has(index)) return timeline
  return read(timeline, around(anchor, index, { from: first, to: count }), true)
}

/** Whether the log has messages above the window. */
export function hasOlder(timeline: Timeline): boolean {
  return timeline.from > firstChunk(timeline)
}

/** Reads the chunk above the window. The same timeline at the beginning of the log or during a read. */
export function older(timeline: Timeline): Timeline {
  if (timeline.reading !== null || !hasOlder(timeline)) return timeline
  return read(timeline, { from: timeline.from - 1, to: timeline.from }, false)
}

/** Reads the chunk below the window. The same timeline at the end of the log or during a read. */
export function newer(timeline: Timeline): Timeline {
  if (timeline.reading !== null || following(timeline) || timeline.from === timeline.to) return timeline
  return read(timeline, { from: timeline.to, to: timeline.to + 1 }, false)
}

/**
 * Takes the result of `reading`, which must be the very object of the timeline when the read began. The result of a cancelled read changes nothing. The
 * window is trimmed at the end that is far from the new chunks.
 */
export function withChunks(timeline: Timeline, reading: Reading, messages: readonly Message[]): TimelineChange {
  if (timeline.reading !== reading) return unchanged(timeline)
  // All messages appended since are in `pendingChanges`: a read that reached the end of the log still does.
  const end = reading.to === chunkCount(reading.length) ? chunkCount(timeline.length) : reading.to
  const idle = { ...timeline, reading: null, pendingChanges: NO_CHANGES }
  const touches = timeline.from < timeline.to && reading.from <= timeline.to && timeline.from <= end
  if (!touches && !reading.jump) return unchanged(idle)

  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  for (const [seq, message] of timeline.pendingChanges) bySeq.set(seq, keepingChanges(message, bySeq.get(seq)))
  const inLog = [...bySeq.values()].filter(({ seq }) => seq >= timeline.start && seq < timeline.length)
  const from = touches ? Math.min(timeline.from, reading.from) : reading.from
  const to = touches ? Math.max(timeline.to, end) : end
  const arrived = byChunk(inLog, from, to)
  const chunks = new Map<number, Chunk>()
  for (let index = from; index < to; index++) {
    chunks.set(index, timeline.chunks.get(index) ?? { index, messages: (arrived.get(index) ?? []).sort(bySequence) })
  }
  return change(timeline, cut({ ...idle, from, to, chunks }, { from: reading.from, to: end }))
}

/** Storage failed: the window stays, and the read may be repeated. */
export function readFailed(timeline: Timeline, reading: Reading): Timeline {
  return timeline.reading === reading ? { ...timeline, reading: null, pendingChanges: NO_CHANGES } : timeline
}

/**
 * Appends the next messages to the log. If the window does not end there, only the length grows. `atEnd`: the reader is at the end, so the window moves with
 * it. Otherwise nothing is removed above the reader, and a full window stops following.
 */
export function append(timeline: Timeline, messages: readonly Message[], atEnd = true): TimelineChange {
  const added = messages.filter((message) => message.seq >= timeline.length).sort(bySequence)
  const last = added[added.length - 1]
  if (last === undefined) return unchanged(timeline)
  const { start, from, reading } = timeline
  const length = last.seq + 1
  const pendingChanges = reading === null ? NO_CHANGES : withPending(timeline, added)
  if (!following(timeline)) return change(timeline, { ...timeline, length, pendingChanges })

  const end = chunkCount(length)
  const to = atEnd ? end : Math.max(timeline.to, Math.min(end, timeline.from + MAX_CHUNKS))
  const chunks = new Map(timeline.chunks)
  // Of many messages, those that would only pass through the window are left out.
  const first = Math.max(chunkOf(timeline.length), atEnd ? to - MAX_CHUNKS : 0)
  const arrived = byChunk(added, first, to)
  for (let index = first; index < to; index++) {
    chunks.set(index, { index, messages: [...(chunks.get(index)?.messages ?? []), ...(arrived.get(index) ?? [])] })
  }
  return change(timeline, cut({ length, start, from, to, chunks, reading, pendingChanges }, { from: to - 1, to }))
}

/** The messages of the chunks `from <= index < to`, by chunk, in their given order. */
function byChunk(messages: readonly Message[], from: number, to: number): Map<number, Message[]> {
  const found = new Map<number, Message[]>()
  for (const message of messages) {
    const index = chunkOf(message.seq)
    if (index < from || index >= to) continue
    const known = found.get(index)
    if (known) known.push(message)
    else found.set(index, [message])
  }
  return found
}

/** How many chunks stay after a flood: two fill a screen. */
const FLOOD_CHUNKS = 2

/**
 * Many messages at once, while the reader is at the end: the window becomes as small as that of an opened thread. The reader cannot see all of them, and
 * rendering them would take longer than they took to arrive.
 */
export function flood(timeline: Timeline, messages: readonly Message[]): TimelineChange {
  const { timeline: next } = append(timeline, messages, true)
  if (!following(next)) return change(timeline, next)
  const from = Math.max(next.from, next.to - FLOOD_CHUNKS)
  return change(timeline, { ...next, from, chunks: new Map([...next.chunks].filter(([index]) => index >= from)) })
}

/** Replaces the message with the same `seq`: a new status, a longer notice. */
export function replace(timeline: Timeline, message: Message): TimelineChange {
  if (message.seq >= timeline.length) return unchanged(timeline)
  const index = chunkOf(message.seq)
  const chunk = timeline.chunks.get(index)
  if (chunk === undefined) {
    if (timeline.reading === null) return unchanged(timeline)
    return unchanged({ ...timeline, pendingChanges: withPending(timeline, [message]) })
  }
  const known = messageAt(timeline, message.seq)
  const next = keepingChanges(message, known)
  if (known !== undefined && isSame(known, next)) return unchanged(timeline)
  const messages = [...chunk.messages.filter(({ seq }) => seq !== next.seq), next].sort(bySequence)
  return change(timeline, { ...timeline, chunks: new Map(timeline.chunks).set(index, { index, messages }) })
}

/** Cuts the window to MAX_CHUNKS, at the end that is farther from `keep`, the chunks around the reader. */
function cut(timeline: Timeline, keep: ChunkRange): Timeline {
  let { from, to } = timeline
  if (to - from <= MAX_CHUNKS) return timeline
  while (to - from > MAX_CHUNKS) {
    if (keep.from - from > to - keep.to) from++
    else to--
  }
  return { ...timeline, from, to, chunks: new Map([...timeline.chunks].filter(([index]) => index >= from && index < to)) }
}

function firstChunk({ start }: Timeline): number {
  return chunkOf(start)
}

/** A chunk and its nearer neighbour, so that there are messages on both sides of `anchor`. */
function around(anchor: number, index: number, log: ChunkRange): ChunkRange {
  const isInFirstHalf = anchor - index * CHUNK_SIZE < CHUNK_SIZE / 2
  const from = Math.max(log.from, Math.min(isInFirstHalf ? index - 1 : index, log.to - OPEN_CHUNKS))
  return { from, to: Math.min(log.to, from + OPEN_CHUNKS) }
}

function chunkCount(length: number): number {
  return Math.ceil(length / CHUNK_SIZE)
}

function read(timeline: Timeline, range: ChunkRange, isJump: boolean): Timeline {
  return { ...timeline, reading: { ...range, length: timeline.length, jump: isJump }, pendingChanges: NO_CHANGES }
}

function withPending(timeline: Timeline, messages: readonly Message[]): ReadonlyMap<number, Message> {
  const pending = new Map(timeline.pendingChanges)
  for (const message of messages) pending.set(message.seq, keepingChanges(message, pending.get(message.seq)))
  return pending
}

function bySequence(a: Message, b: Message): number {
  return a.seq - b.seq
}

function isSame(a: Message, b: Message): boolean {
  return a === b || (a.status === b.status && a.body === b.body && a.failure === b.failure && a.id === b.id && a.from === b.from && a.at === b.at && a.amended === b.amended)
}

function unchanged(timeline: Timeline): TimelineChange {
  return { timeline, changed: [], added: [], removed: [] }
}

function change(before: Timeline, timeline: Timeline): TimelineChange {
  const changed: number[] = []
  const added: number[] = []
  const removed: number[] = []
  for (const [index, chunk] of timeline.chunks) {
    const former = before.chunks.get(index)
    if (former !== chunk) changed.push(index)
    if (former === undefined) added.push(index)
  }
  for (const index of before.chunks.keys()) if (!timeline.chunks.has(index)) removed.push(index)
  return { timeline, changed, added, removed }
}
