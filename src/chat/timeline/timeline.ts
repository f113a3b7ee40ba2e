/**
 * A thread as the view holds it: stable chunks by the position in the log, and of those a window that grows both ways.
 *
 * Chunk k holds the messages k * CHUNK_SIZE <= seq < (k + 1) * CHUNK_SIZE for ever, so appending, a status or an older page
 * leaves every other chunk the same object. Storage is read outside: `openAt`, `jump`, `older` and `newer` say what to read
 * (`reading`), `withChunks` takes what was read. What comes or changes meanwhile is newer than the answer, and wins.
 */
import type { Message } from '../message/message'
import { CHUNK_SIZE, chunkOf, type ChunkRange } from './chunk'

/** The largest window, in chunks. */
export const MAX_CHUNKS = 6
/** How many chunks a window opens with: the newest may hold a single message, two fill a screen. */
const OPEN_CHUNKS = 2

export interface Chunk {
  readonly index: number
  /** By seq. All of its range that the log holds, but for what storage could not read. */
  readonly messages: readonly Message[]
}

/** A read of storage under way. */
export interface Reading extends ChunkRange {
  /** The length of the log when it began. */
  readonly length: number
  /** Opens a new window instead of extending the one that is shown. */
  readonly jump: boolean
}

/** Immutable. The window is `from <= index < to`; `chunks` holds exactly these. */
export interface Timeline extends ChunkRange {
  /** How many messages the log has held. */
  readonly length: number
  /** The first seq that is still in the log. */
  readonly start: number
  readonly chunks: ReadonlyMap<number, Chunk>
  /** What is to be read from storage, or null. */
  readonly reading: Reading | null
  /** By seq, the messages that came or changed since `reading` began. */
  readonly news: ReadonlyMap<number, Message>
}

/** The new timeline, and by chunk index what became of the window. */
export interface TimelineChange {
  readonly timeline: Timeline
  /** Chunks that hold other messages than before; those in `added` too. */
  readonly changed: readonly number[]
  readonly added: readonly number[]
  readonly removed: readonly number[]
}

/** Where to open a thread: at its end, or round a message. */
export type Place = 'latest' | number

const NO_NEWS: ReadonlyMap<number, Message> = new Map()

/** Whether the window ends at the newest message. */
export function following(timeline: Timeline): boolean {
  return timeline.to === chunkCount(timeline.length)
}

/** The message `seq`, if the window holds it. */
export function messageAt(timeline: Timeline, seq: number): Message | undefined {
  return timeline.chunks.get(chunkOf(seq))?.messages.find((message) => message.seq === seq)
}

/** A timeline that shows nothing yet and, unless the log is empty, reads the chunks round `place`. */
export function openAt(length: number, place: Place, start = 0): Timeline {
  return jump({ length, start, from: 0, to: 0, chunks: new Map(), reading: null, news: NO_NEWS }, place)
}

/** Reads a new window round `place`; the same timeline when that is in the window. A read under way is given up. */
export function jump(timeline: Timeline, place: Place): Timeline {
  const count = chunkCount(timeline.length)
  const first = firstChunk(timeline)
  if (place === 'latest') {
    return following(timeline) ? timeline : read(timeline, { from: Math.max(first, count - OPEN_CHUNKS), to: count }, true)
  }
  const index = Math.min(Math.max(first, chunkOf(place)), count - 1)
  if (index < first || timeline.chunks.has(index)) return timeline
  return read(timeline, around(place, index, { from: first, to: count }), true)
}

/** Whether the log holds messages above the window. */
export function hasOlder(timeline: Timeline): boolean {
  return timeline.from > firstChunk(timeline)
}

/** Reads the chunk above the window; the same timeline at the beginning of the log or while a read is under way. */
export function older(timeline: Timeline): Timeline {
  if (timeline.reading !== null || !hasOlder(timeline)) return timeline
  return read(timeline, { from: timeline.from - 1, to: timeline.from }, false)
}

/** Reads the chunk below the window; the same timeline at the end of the log or while a read is under way. */
export function newer(timeline: Timeline): Timeline {
  if (timeline.reading !== null || following(timeline) || timeline.from === timeline.to) return timeline
  return read(timeline, { from: timeline.to, to: timeline.to + 1 }, false)
}

/**
 * Takes what storage answered to `reading`, which must be the very object the timeline held when it was asked; the answer to
 * a read that was given up changes nothing. The window is trimmed at the end that is far from what was read.
 */
export function withChunks(timeline: Timeline, reading: Reading, messages: readonly Message[]): TimelineChange {
  if (timeline.reading !== reading) return unchanged(timeline)
  // All that was appended since is in the news: a read that reached the end of the log still does.
  const end = reading.to === chunkCount(reading.length) ? chunkCount(timeline.length) : reading.to
  const idle = { ...timeline, reading: null, news: NO_NEWS }
  const touches = timeline.from < timeline.to && reading.from <= timeline.to && timeline.from <= end
  if (!touches && !reading.jump) return unchanged(idle)

  const bySeq = new Map([...messages.map((message) => [message.seq, message] as const), ...timeline.news])
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

/** Storage could not answer: what is shown stays, and the read may be asked for again. */
export function readFailed(timeline: Timeline, reading: Reading): Timeline {
  return timeline.reading === reading ? { ...timeline, reading: null, news: NO_NEWS } : timeline
}

/**
 * Puts the next messages at the end of the log. Where the window does not end there, only the length grows.
 * `atEnd`: the reader is at the end, so the window moves on with it; otherwise nothing is taken away above what is being
 * read, and a full window stops following.
 */
export function append(timeline: Timeline, messages: readonly Message[], atEnd = true): TimelineChange {
  const added = messages.filter((message) => message.seq >= timeline.length).sort(bySequence)
  const last = added[added.length - 1]
  if (last === undefined) return unchanged(timeline)
  const { start, from, reading } = timeline
  const length = last.seq + 1
  const news = reading === null ? NO_NEWS : withNews(timeline, added)
  if (!following(timeline)) return change(timeline, { ...timeline, length, news })

  const end = chunkCount(length)
  const to = atEnd ? end : Math.max(timeline.to, Math.min(end, timeline.from + MAX_CHUNKS))
  const chunks = new Map(timeline.chunks)
  // Of many messages, those that would rush through the window are left out.
  const first = Math.max(chunkOf(timeline.length), atEnd ? to - MAX_CHUNKS : 0)
  const arrived = byChunk(added, first, to)
  for (let index = first; index < to; index++) {
    chunks.set(index, { index, messages: [...(chunks.get(index)?.messages ?? []), ...(arrived.get(index) ?? [])] })
  }
  return change(timeline, cut({ length, start, from, to, chunks, reading, news }, { from: to - 1, to }))
}

/** The messages of the chunks `from <= index < to`, by chunk, in the order they stand in. */
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

/** How many chunks stay of a flood: two fill a screen. */
const FLOOD_CHUNKS = 2

/**
 * Many messages at once, while the reader is at the end: the window is then no more than what a thread opens with, since nobody
 * sees what rushed by, and drawing it would take longer than it took to come.
 */
export function flood(timeline: Timeline, messages: readonly Message[]): TimelineChange {
  const { timeline: next } = append(timeline, messages, true)
  if (!following(next)) return change(timeline, next)
  const from = Math.max(next.from, next.to - FLOOD_CHUNKS)
  return change(timeline, { ...next, from, chunks: new Map([...next.chunks].filter(([index]) => index >= from)) })
}

/** Puts a message in the place of the one with its `seq`: a new status, a longer notice. */
export function replace(timeline: Timeline, message: Message): TimelineChange {
  if (message.seq >= timeline.length) return unchanged(timeline)
  const index = chunkOf(message.seq)
  const chunk = timeline.chunks.get(index)
  if (chunk === undefined) {
    if (timeline.reading === null) return unchanged(timeline)
    return unchanged({ ...timeline, news: withNews(timeline, [message]) })
  }
  const known = messageAt(timeline, message.seq)
  if (known !== undefined && isSame(known, message)) return unchanged(timeline)
  const messages = [...chunk.messages.filter(({ seq }) => seq !== message.seq), message].sort(bySequence)
  return change(timeline, { ...timeline, chunks: new Map(timeline.chunks).set(index, { index, messages }) })
}

/** Cuts the window to MAX_CHUNKS, at the end that is farther from `keep`, the chunks that are being read. */
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

/** A chunk and its nearer neighbour: so there is something to see on both sides of `place`. */
function around(place: number, index: number, log: ChunkRange): ChunkRange {
  const isInFirstHalf = place - index * CHUNK_SIZE < CHUNK_SIZE / 2
  const from = Math.max(log.from, Math.min(isInFirstHalf ? index - 1 : index, log.to - OPEN_CHUNKS))
  return { from, to: Math.min(log.to, from + OPEN_CHUNKS) }
}

function chunkCount(length: number): number {
  return Math.ceil(length / CHUNK_SIZE)
}

function read(timeline: Timeline, range: ChunkRange, isJump: boolean): Timeline {
  return { ...timeline, reading: { ...range, length: timeline.length, jump: isJump }, news: NO_NEWS }
}

function withNews(timeline: Timeline, messages: readonly Message[]): ReadonlyMap<number, Message> {
  return new Map([...timeline.news, ...messages.map((message) => [message.seq, message] as const)])
}

function bySequence(a: Message, b: Message): number {
  return a.seq - b.seq
}

function isSame(a: Message, b: Message): boolean {
  return a === b || (a.status === b.status && a.body === b.body && a.failure === b.failure && a.id === b.id && a.from === b.from && a.at === b.at)
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
