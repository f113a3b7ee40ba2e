/** What the list of a thread draws: which chunks, and what lies beyond them. */
import { following, hasOlder, type Timeline } from '@/src/chat/timeline/timeline'
import { CHUNK_SIZE } from '@/src/chat/timeline/chunk'

export interface ThreadWindow {
  /** Names of the chunks, in order; see {@link chunkName}. */
  readonly chunks: readonly string[]
  /** Whether there are older messages than these. */
  readonly hasOlder: boolean
  /** Whether there are newer messages than these, except those that are held back. */
  readonly hasNewer: boolean
  readonly loading: boolean
  /** Storage could not give the messages that were last asked for; asking again may help. */
  readonly unreadable: boolean
  /** Whether the log holds no message. */
  readonly empty: boolean
  /** Whether it holds more than a screen or two, so that its beginning is worth a word. */
  readonly isLong: boolean
}

/** The window over a timeline, in the thread with this key. */
export function windowOf(key: string, timeline: Timeline, unreadable: boolean): ThreadWindow {
  const { from, to, length, start, reading } = timeline
  const empty = length === start
  const chunks: string[] = []
  // The last chunk of a log that was cleared may have room for new messages; before they come it is not there.
  if (!empty) for (let index = from; index < to; index++) chunks.push(chunkName(key, index))
  return { chunks, hasOlder: hasOlder(timeline), hasNewer: !following(timeline), loading: reading !== null, unreadable, empty, isLong: length - start > CHUNK_SIZE }
}

/** A short name that no other chunk of an open thread has: the thread's key and the chunk's index. */
export function chunkName(key: string, index: number): string {
  return `${key}.${index}`
}

/** The thread's key and the chunk's index in a chunk's name. */
export function parseChunkName(name: string): { key: string; index: number } {
  const dot = name.indexOf('.')
  return { key: name.slice(0, dot), index: Number(name.slice(dot + 1)) }
}
