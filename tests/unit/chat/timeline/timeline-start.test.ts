import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { append, following, jump, openAt, withChunks, type Anchor, type Timeline } from '@/src/chat/timeline/timeline'
import { CHUNK_SIZE } from '@/src/chat/timeline/chunk'
import { startAt } from '@/src/chat/timeline/timeline-start'
import { message, messages } from '../messages'

const seqs = ({ chunks }: Timeline) => [...chunks.values()].flatMap((chunk) => chunk.messages.map(({ seq }) => seq))
const range = (from: number, to: number) => messages(from, to).map(({ seq }) => seq)

function opened(length: number, place: Anchor = 'latest'): Timeline {
  const timeline = openAt(length, place)
  return timeline.reading ? withChunks(timeline, timeline.reading, messages(timeline.reading.from * CHUNK_SIZE, Math.min(length, timeline.reading.to * CHUNK_SIZE))).timeline : timeline
}

describe('a log that begins later now', () => {
  it('shows the rest of the window, in the same chunks', () => {
    const before = opened(100)
    const { timeline, changed, added, removed } = startAt(before, 85)
    expect(seqs(timeline)).toEqual(range(85, 100))
    expect({ changed, added, removed }).toEqual({ changed: [4], added: [], removed: [3] })
    expect(startAt(before, 61).timeline.chunks.get(4)).toBe(before.chunks.get(4))
  })

  it('does not change a window after the deleted part, nor one that has passed it already', () => {
    const before = opened(100)
    expect(startAt(before, 40)).toMatchObject({ timeline: { start: 40, from: 3, to: 5 }, changed: [], added: [], removed: [] })
    expect(startAt(before, 0).timeline).toBe(before)
  })

  it('is empty when all of its messages are deleted, and reads again', () => {
    const { timeline, removed } = startAt(opened(200, 0), 100)
    expect(timeline).toMatchObject({ start: 100, length: 200, from: 5, to: 5 })
    expect(removed).toEqual([0, 1])
    expect(jump(timeline, 100).reading).toMatchObject({ from: 5, to: 7 })
  })

  it.each([45, 40])('and is empty, of %i messages, follows new ones', (length) => {
    const { timeline } = startAt(opened(length), length)
    expect([seqs(timeline), following(timeline)]).toEqual([[], true])
    expect(seqs(append(timeline, [message(length), message(length + 1)]).timeline)).toEqual([length, length + 1])
  })
})

it('a window has exactly its chunks, with the remaining messages, wherever it is and whatever is deleted', () => {
  fc.assert(
    fc.property(fc.nat(150), fc.nat(150), fc.nat(170), fc.nat(30), (length, place, start, more) => {
      const before = opened(length, place % 2 ? 'latest' : place)
      const { timeline } = startAt(before, start)
      expect([...timeline.chunks.keys()].sort((a, b) => a - b)).toEqual(range(timeline.from, timeline.to))
      expect(seqs(timeline)).toEqual(seqs(before).filter((seq) => seq >= start))
      const end = timeline.length
      const wasFollowing = following(timeline)
      const after = append(timeline, messages(end, end + more)).timeline
      if (wasFollowing && more > 0) expect(seqs(after)).toContain(end + more - 1)
    }),
    { numRuns: 500 },
  )
})
