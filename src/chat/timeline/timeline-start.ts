/** How a timeline changes when the log drops its oldest messages: they were cleared or trimmed. */
import { type Chunk, type Timeline, type TimelineChange } from './timeline'
import { CHUNK_SIZE, chunkOf } from './chunk'

/**
 * The log begins at `start` now. If all messages of the window are gone and there are others, the window is empty and must be read again. Call this only when
 * no read is in progress.
 */
export function startAt(timeline: Timeline, start: number): TimelineChange {
  if (start <= timeline.start) return { timeline, changed: [], added: [], removed: [] }
  const first = chunkOf(start)
  const length = Math.max(timeline.length, start)
  // An empty log is followed: its next message, which may be in the middle of a chunk, is shown.
  const to = length === start ? Math.ceil(length / CHUNK_SIZE) : Math.max(timeline.to, first)
  const from = length === start ? first : Math.max(timeline.from, first)
  const chunks = new Map<number, Chunk>()
  for (let index = from; index < to; index++) {
    const known = timeline.chunks.get(index) ?? { index, messages: [] }
    chunks.set(index, index === first ? { index, messages: known.messages.filter(({ seq }) => seq >= start) } : known)
  }
  return {
    timeline: { ...timeline, length, start, from, to, chunks },
    changed: [...chunks].filter(([index, chunk]) => timeline.chunks.get(index) !== chunk).map(([index]) => index),
    added: [...chunks.keys()].filter((index) => !timeline.chunks.has(index)),
    removed: [...timeline.chunks.keys()].filter((index) => !chunks.has(index)),
  }
}
