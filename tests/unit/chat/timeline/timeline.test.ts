import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import { MAX_CHUNKS, append, flood, following, jump, messageAt, newer, older, openAt, readFailed, replace, withChunks, type Anchor, type Timeline, type TimelineChange } from '@/src/chat/timeline/timeline'
import { CHUNK_SIZE, chunkOf, seqsOf } from '@/src/chat/timeline/chunk'
import { message, messages } from '../messages'

/** Opens a log of `length` messages and answers the read. */
function opened(length: number, place: Anchor = 'latest'): Timeline {
  return answered(openAt(length, place), messages(0, length))
}

/** Answers the read in progress from `log`. */
function answered(timeline: Timeline, log: readonly Message[]): Timeline {
  return answer(timeline, timeline, log).timeline
}

function answer(timeline: Timeline, asked: Timeline, log: readonly Message[]): TimelineChange {
  if (asked.reading === null) throw new Error('nothing is being read')
  const { from, to } = seqsOf(asked.reading)
  return withChunks(timeline, asked.reading, log.slice(from, to))
}

function shown(timeline: Timeline): number[] {
  return [...timeline.chunks.values()].flatMap((chunk) => chunk.messages.map(({ seq }) => seq))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

describe('opening', () => {
  it('reads the last two chunks, however short the newest is', () => {
    expect(openAt(101, 'latest').reading).toMatchObject({ from: 4, to: 6 })
    expect(openAt(100, 'latest').reading).toMatchObject({ from: 3, to: 5 })
    expect(openAt(7, 'latest').reading).toMatchObject({ from: 0, to: 1 })
    expect(shown(opened(101))).toEqual(range(80, 101))
  })

  it('reads the chunk of a message and the nearer neighbour', () => {
    expect(openAt(1_000, 500).reading).toMatchObject({ from: 24, to: 26 })
    expect(openAt(1_000, 509).reading).toMatchObject({ from: 24, to: 26 })
    expect(openAt(1_000, 510).reading).toMatchObject({ from: 25, to: 27 })
    expect(openAt(1_000, 0).reading).toMatchObject({ from: 0, to: 2 })
    expect(openAt(1_000, 999).reading).toMatchObject({ from: 48, to: 50 })
    expect(openAt(1_000, 5_000).reading).toMatchObject({ from: 48, to: 50 })
    expect(openAt(1_000, -1).reading).toMatchObject({ from: 0, to: 2 })
  })

  it('has nothing to read in an empty log, and follows', () => {
    expect(openAt(0, 'latest').reading).toBeNull()
    expect(openAt(0, 3).reading).toBeNull()
    expect(following(openAt(0, 'latest'))).toBe(true)
  })

  it('shows messages that arrived during the read', () => {
    const asked = openAt(19, 'latest')
    const withNew = append(append(asked, [message(19)]).timeline, messages(20, 23)).timeline
    expect(withNew.chunks.size).toBe(0)
    const { timeline } = answer(withNew, asked, messages(0, 19))
    expect(shown(timeline)).toEqual(range(0, 23))
    expect(following(timeline)).toBe(true)
  })

  it('shows a status that changed during the read', () => {
    const asked = openAt(5, 'latest')
    const changed = message(3, { status: 'read' })
    const { timeline } = answer(replace(asked, changed).timeline, asked, messages(0, 5))
    expect(messageAt(timeline, 3)).toBe(changed)
  })

  it('leaves for later the stored messages that the timeline does not know of yet', () => {
    const asked = openAt(5, 'latest')
    const { timeline } = answer(asked, asked, messages(0, 7))
    expect(shown(timeline)).toEqual(range(0, 5))
    expect(shown(append(timeline, messages(5, 7)).timeline)).toEqual(range(0, 7))
  })

  it('continues with the messages that storage can read', () => {
    const asked = openAt(40, 'latest')
    const { timeline } = withChunks(asked, asked.reading!, messages(0, 40).filter(({ seq }) => seq !== 7 && seq < 20))
    expect(shown(timeline)).toEqual(range(0, 20).filter((seq) => seq !== 7))
    expect(timeline.chunks.get(1)).toEqual({ index: 1, messages: [] })
  })
})

describe('reading on', () => {
  it('adds a chunk above, and stops at the beginning', () => {
    let timeline = opened(80)
    timeline = answered(older(timeline), messages(0, 80))
    expect(shown(timeline)).toEqual(range(20, 80))
    timeline = answered(older(timeline), messages(0, 80))
    expect(shown(timeline)).toEqual(range(0, 80))
    expect(older(timeline)).toBe(timeline)
  })

  it('adds a chunk below, and stops at the end', () => {
    let timeline = opened(80, 0)
    timeline = answered(newer(timeline), messages(0, 80))
    expect(shown(timeline)).toEqual(range(0, 60))
    timeline = answered(newer(timeline), messages(0, 80))
    expect(shown(timeline)).toEqual(range(0, 80))
    expect(newer(timeline)).toBe(timeline)
  })

  it('has nothing above or below while the window is empty', () => {
    const asked = openAt(100, 50)
    const failed = readFailed(asked, asked.reading!)
    expect(older(failed)).toBe(failed)
    expect(newer(failed)).toBe(failed)
    expect(jump(failed, 50).reading).toMatchObject({ from: 2, to: 4 })
  })

  it('has one read at a time', () => {
    const reading = older(opened(1_000, 500))
    expect(older(reading)).toBe(reading)
    expect(newer(reading)).toBe(reading)
  })

  it('trims at the far end', () => {
    const log = messages(0, 1_000)
    let timeline = opened(1_000)
    for (let i = 0; i < 8; i++) timeline = answered(older(timeline), log)
    expect([timeline.from, timeline.to]).toEqual([40, 40 + MAX_CHUNKS])
    expect(following(timeline)).toBe(false)
    const asked = newer(timeline)
    const taken = answer(asked, asked, log)
    expect([taken.timeline.from, taken.timeline.to]).toEqual([41, 41 + MAX_CHUNKS])
    expect(taken.added).toEqual([40 + MAX_CHUNKS])
    expect(taken.removed).toEqual([40])
  })

  it('cancels an older read for a jump', () => {
    const log = messages(0, 1_000)
    const asked = older(opened(1_000))
    const jumped = jump(asked, 10)
    expect(answer(jumped, asked, log).timeline).toBe(jumped)
    expect(answered(jumped, log)).toMatchObject({ from: 0, to: 2, reading: null })
  })

  it('does not jump to a message in the window', () => {
    const timeline = opened(100)
    expect(jump(timeline, 85)).toBe(timeline)
    expect(jump(timeline, 'latest')).toBe(timeline)
  })

  it('drops a result that no longer touches the window', () => {
    const log = messages(0, 400)
    const asked = older(opened(200))
    const grown = append(asked, messages(200, 400)).timeline
    const after = answer(grown, asked, log)
    expect(after.timeline).toMatchObject({ from: grown.from, to: grown.to, reading: null })
    expect(after.changed).toEqual([])
  })

  it('can be tried again after a failure', () => {
    const timeline = opened(100)
    const asked = older(timeline)
    const failed = readFailed(asked, asked.reading!)
    expect(failed.reading).toBeNull()
    expect(older(failed).reading).toMatchObject({ from: 2, to: 3 })
    expect(readFailed(jump(asked, 0), asked.reading!).reading).toMatchObject({ from: 0 })
  })
})

describe('append', () => {
  it('changes the newest chunk only', () => {
    const before = opened(50)
    const { timeline, changed, added, removed } = append(before, [message(50)])
    expect({ changed, added, removed }).toEqual({ changed: [2], added: [], removed: [] })
    expect(timeline.chunks.get(1)).toBe(before.chunks.get(1))
  })

  it('starts a chunk when the newest is full', () => {
    const { timeline, changed, added } = append(opened(40), [message(40)])
    expect({ changed, added }).toEqual({ changed: [2], added: [2] })
    expect(timeline.chunks.get(2)?.messages).toEqual([message(40)])
  })

  it('only counts while the window ends elsewhere', () => {
    const before = opened(1_000, 500)
    const { timeline, changed } = append(before, messages(1_000, 1_003))
    expect(changed).toEqual([])
    expect(timeline).toMatchObject({ length: 1_003, from: before.from, to: before.to, chunks: before.chunks })
  })

  it('moves the window with a reader at its end', () => {
    const { timeline } = append(opened(40), messages(40, 400))
    expect([timeline.from, timeline.to]).toEqual([20 - MAX_CHUNKS, 20])
    expect(following(timeline)).toBe(true)
  })

  it('removes nothing for a reader who is elsewhere in it', () => {
    const { timeline } = append(opened(40), messages(40, 400), false)
    expect([timeline.from, timeline.to]).toEqual([0, MAX_CHUNKS])
    expect(shown(timeline)).toEqual(range(0, MAX_CHUNKS * CHUNK_SIZE))
    expect(following(timeline)).toBe(false)
    expect(timeline.length).toBe(400)
  })

  it('ignores messages that the log has already', () => {
    const before = opened(10)
    expect(append(before, messages(0, 10)).timeline).toBe(before)
  })
})

describe('flood', () => {
  it('leaves two chunks, the newest, of any number of messages', () => {
    const { timeline, added, removed } = flood(opened(45), messages(45, 1_005))
    expect([timeline.from, timeline.to, timeline.length]).toEqual([49, 51, 1_005])
    expect(shown(timeline)).toEqual(range(980, 1_005))
    expect(added).toEqual([49, 50])
    expect(removed).toEqual([1, 2])
    expect(following(timeline)).toBe(true)
  })

  it('is an ordinary append for few messages, or if the window ends elsewhere', () => {
    expect(shown(flood(opened(30), messages(30, 32)).timeline)).toEqual(range(0, 32))
    const before = opened(1_000, 500)
    expect(flood(before, messages(1_000, 1_100)).timeline).toMatchObject({ length: 1_100, from: before.from, to: before.to })
  })
})

describe('replace', () => {
  it('changes one chunk', () => {
    const before = opened(40)
    const { timeline, changed } = replace(before, message(5, { status: 'read' }))
    expect(changed).toEqual([0])
    expect(timeline.chunks.get(1)).toBe(before.chunks.get(1))
    expect(shown(timeline)).toEqual(range(0, 40))
  })

  it.each<Partial<Message>>([
    { status: 'failed' },
    { failure: { reason: 'expired' } },
    { body: { kind: 'unsupported' } },
    { at: 0 },
    { id: 'other' },
    { from: 'carol' },
  ])('detects a change of %j', (fields) => {
    const before = opened(40)
    const { timeline, changed } = replace(before, { ...messageAt(before, 7)!, ...fields })
    expect(changed).toEqual([0])
    expect(messageAt(timeline, 7)).toMatchObject(fields)
  })

  it('returns the same timeline if nothing changes', () => {
    const before = opened(1_000, 500)
    expect(replace(before, { ...messageAt(before, 500)! }).timeline).toBe(before)
    expect(replace(before, message(3, { status: 'read' })).timeline).toBe(before)
    expect(replace(before, message(5_000)).timeline).toBe(before)
  })
})

/** A plain array of messages and a timeline over it, with any order of events. */
class Model {
  readonly log: Message[]
  timeline: Timeline
  /** The stored messages when the read began: its result may be as old as that. */
  private snapshot: Message[] = []

  constructor(length: number, place: Anchor) {
    this.log = messages(0, length)
    this.timeline = openAt(length, place)
    this.snapshot = [...this.log]
  }

  apply(change: TimelineChange): void {
    const before = this.timeline
    const { timeline, changed, added, removed } = change
    this.timeline = timeline
    const is = [...timeline.chunks.keys()]
    const was = [...before.chunks.keys()]
    expect(changed).toEqual(is.filter((index) => timeline.chunks.get(index) !== before.chunks.get(index)))
    expect(added).toEqual(is.filter((index) => !was.includes(index)))
    expect(removed).toEqual(was.filter((index) => !is.includes(index)))
    for (const index of changed) expect(timeline.chunks.get(index)?.messages).not.toEqual(before.chunks.get(index)?.messages)
    this.check()
  }

  ask(timeline: Timeline): void {
    const isNew = timeline.reading !== this.timeline.reading
    this.apply({ timeline, changed: [], added: [], removed: [] })
    if (isNew) this.snapshot = [...this.log]
  }

  answer(fresh: boolean): void {
    const { reading } = this.timeline
    if (reading === null) return
    const { from, to } = seqsOf(reading)
    this.apply(withChunks(this.timeline, reading, (fresh ? this.log : this.snapshot).slice(from, to)))
  }

  append(count: number, atEnd: boolean): void {
    const added = messages(this.log.length, this.log.length + count)
    const last = chunkOf(this.log.length)
    this.log.push(...added)
    const wasFollowing = following(this.timeline)
    const change = append(this.timeline, added, atEnd)
    if (!wasFollowing) expect(change.changed).toEqual([])
    expect(change.changed.every((index) => index >= last)).toBe(true)
    if (wasFollowing && atEnd) expect(following(change.timeline)).toBe(true)
    if (!atEnd) expect(change.removed).toEqual([])
    this.apply(change)
  }

  replace(seq: number, status: Message['status']): void {
    const known = this.log[seq]
    if (known === undefined) return
    this.log[seq] = { ...known, status }
    const change = replace(this.timeline, this.log[seq])
    expect(change.changed.length).toBeLessThanOrEqual(1)
    this.apply(change)
  }

  private check(): void {
    const { from, to, length, chunks } = this.timeline
    expect(length).toBe(this.log.length)
    expect([...chunks.keys()]).toEqual(range(from, to))
    expect(to - from).toBeLessThanOrEqual(MAX_CHUNKS)
    expect([...chunks.values()].flatMap((chunk) => chunk.messages)).toEqual(this.log.slice(from * CHUNK_SIZE, to * CHUNK_SIZE))
    for (const [index, chunk] of chunks) expect(chunk.messages.every(({ seq }) => chunkOf(seq) === index)).toBe(true)
  }
}

describe('any order of events', () => {
  const place = fc.oneof(fc.constant('latest' as const), fc.nat({ max: 600 }))
  const event = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 45 }), fc.boolean()).map(([count, atEnd]) => (model: Model) => model.append(count, atEnd)),
    fc.tuple(fc.nat({ max: 600 }), fc.constantFrom('sent' as const, 'read' as const)).map(([seq, status]) => (model: Model) => model.replace(seq, status)),
    fc.constant((model: Model) => model.ask(older(model.timeline))),
    fc.constant((model: Model) => model.ask(newer(model.timeline))),
    place.map((to) => (model: Model) => model.ask(jump(model.timeline, to))),
    fc.boolean().map((fresh) => (model: Model) => model.answer(fresh)),
    fc.boolean().map((fresh) => (model: Model) => model.answer(fresh)),
    fc.constant((model: Model) => {
      if (model.timeline.reading !== null) model.ask(readFailed(model.timeline, model.timeline.reading))
    }),
  )

  it('keeps the window equal to that part of the log, and unchanged chunks the same objects', () => {
    fc.assert(
      fc.property(fc.nat({ max: 400 }), place, fc.array(event, { maxLength: 60 }), (length, at, events) => {
        const model = new Model(length, at)
        for (const act of events) act(model)
      }),
      { numRuns: 300 },
    )
  })
})
