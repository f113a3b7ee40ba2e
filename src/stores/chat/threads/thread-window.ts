/** The window of a thread that the list renders: its chunks, and what is beyond them. */
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
  /** Storage could not read the messages requested last. Requesting them again may help. */
  readonly unreadable: boolean
  /** Whether the log is empty. */
  readonly empty: boolean
  /** Whether it has more than a screen or two, so that the list shows where it begins. */
  readonly isLong: boolean
}

/** The window over a timeline, in the thread with this key. */
export function windowOf(key: string, timeline: Timeline, unreadable: boolean): ThreadWindow {
  const { from, to, length, start, reading } = timeline
  const empty = length === start
  const chunks: string[] = []
  // After a clearing the last chunk may have room for new messages. Before they arrive it does not exist.
  if (!empty) for (let index = from; index < to; index++) chunks.push(chunkName(key, index))
  return { chunks, hasOlder: hasOlder(timeline), hasNewer: !following(timeline), loading: reading !== null, unreadable, empty, isLong: length - start > CHUNK_SIZE }
}

/** A name that is unique among all chunks of open threads, and short: the thread's key and the chunk's index. */
export function chunkName(key: string, index: number): string {
  return `${key}.${index}`
}

/** The thread's key and the chunk's index in a chunk's name. */
export function parseChunkName(name: string): { key: string; index: number } {
  const dot = name.indexOf('.')
  return { key: name.slice(0, dot), index: Number(name.slice(dot + 1)) }
}
