import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_CHUNKS, type Anchor } from '@/src/chat/timeline/timeline'
import { CHUNK_SIZE } from '@/src/chat/timeline/chunk'
import type { Message } from '@/src/chat/message/message'
import { Thread } from '@/src/stores/chat/threads/thread'
import { parseChunkName } from '@/src/stores/chat/threads/thread-window'
import { own, text, textOf } from './doubles'
import { StorageError } from '@/src/storage/port'

/** A log, and a thread over it. */
function open(length: number, place: Anchor = 'latest', divider?: number) {
  const log: Message[] = Array.from({ length }, (_, seq) => text(seq))
  const thread = new Thread('t1', 'peer:bob', length, place, divider, async (_id, from, to) => log.slice(from, to))
  const put = (...messages: Message[]) => {
    for (const message of messages) log[message.seq] = message
    thread.show(messages)
  }
  return { log, thread, put }
}

/** The content of the screen. */
function drawn(thread: Thread): Message[] {
  return thread.window.value.chunks.flatMap((name) => [...(thread.chunk(parseChunkName(name).index).value?.messages ?? [])])
}
const seqs = (thread: Thread) => drawn(thread).map(({ seq }) => seq)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

it('shows a message that arrives and changes at once, once, in its last state', async () => {
  const { thread, put } = open(25)
  await thread.load()
  put(text(25), { ...text(25), body: { kind: 'text', text: 'longer' } }, text(26))
  expect(seqs(thread)).toEqual(range(0, 27))
  expect(drawn(thread)[25]?.body).toEqual({ kind: 'text', text: 'longer' })
})

describe('opening', () => {
  it('reads the end, and says what is before it', async () => {
    const { thread } = open(100)
    expect(thread.window.value).toMatchObject({ loading: true, empty: false, isLong: true })
    await thread.load()
    expect(seqs(thread)).toEqual(range(60, 100))
    expect(thread.window.value).toMatchObject({ loading: false, hasOlder: true, hasNewer: false })
  })

  it('at a message far back reads around it', async () => {
    const { thread } = open(200, 50, 50)
    await thread.load()
    expect(seqs(thread)).toContain(50)
    expect(thread.window.value.hasNewer).toBe(true)
    expect(thread.divider).toBe(50)
  })

  it('at its divider has seen none of the new messages, before or after the read, until the reader is known to be at the end', async () => {
    const { thread, put } = open(30, 25, 25)
    const isRead = [thread.isRead]
    put(text(30))
    const loading = thread.load()
    isRead.push(thread.isRead)
    put(text(31))
    await loading
    isRead.push(thread.isRead)
    put(text(32))
    expect([...isRead, thread.isRead]).toEqual([false, false, false, false])
    // Nothing leads to the end.
    expect(thread.endVersion.value).toBe(0)
    thread.setAtEnd(true)
    expect(thread.isRead).toBe(true)
    expect(seqs(thread)).toEqual(range(0, 33))
    expect(thread.newCount.value).toBe(0)
  })

  it('an empty conversation has nothing to read', async () => {
    const { thread, put } = open(0)
    expect(thread.window.value).toMatchObject({ empty: true, loading: false, chunks: [] })
    put(text(0))
    expect(seqs(thread)).toEqual([0])
    expect(thread.window.value.empty).toBe(false)
  })

  it('that fails leaves the window, and can be tried again', async () => {
    let isBroken = true
    const thread = new Thread('t1', 'peer:bob', 30, 'latest', undefined, async (_id, from, to) => {
      if (isBroken) throw new StorageError('failed', 'disk')
      return range(from, Math.min(to, 30)).map((seq) => text(seq))
    })
    await thread.load()
    expect(thread.window.value).toMatchObject({ loading: false, unreadable: true, chunks: [] })
    isBroken = false
    await thread.loadOlder()
    expect(thread.window.value.unreadable).toBe(false)
    expect(seqs(thread)).toEqual(range(0, 30))
  })
})

describe('the neighbour of a chunk', () => {
  it('is known before its own chunk is loaded, and after that is gone, so that no row changes its height', async () => {
    const { log, thread } = open(1_000)
    await thread.load()
    const first = thread.view().from / CHUNK_SIZE
    expect(thread.before(first)).toBe(log[first * CHUNK_SIZE - 1])
    for (let i = 0; i < MAX_CHUNKS; i++) await thread.loadOlder()
    const last = thread.view().to / CHUNK_SIZE - 1
    expect(last).toBeLessThan(49)
    expect(thread.after(last)).toBe(log[(last + 1) * CHUNK_SIZE])
  })

  it('is missing at the ends of the log', async () => {
    const { thread } = open(15)
    await thread.load()
    expect([thread.before(0), thread.after(0)]).toEqual([undefined, undefined])
  })
})

it('jumps to a message far up without the messages between, and counts those that arrive', async () => {
  const asked: [number, number][] = []
  const log = Array.from({ length: 100_000 }, (_, seq) => text(seq))
  const thread = new Thread('t1', 'peer:bob', log.length, 'latest', undefined, async (_id, from, to) => {
    asked.push([from, to])
    return log.slice(from, to)
  })
  await thread.load()
  thread.setAtEnd(false)
  thread.show([text(100_000), text(100_001)])
  await thread.toMessage(30)
  expect(seqs(thread)).toContain(30)
  expect(asked.reduce((total, [from, to]) => total + to - from, 0)).toBeLessThanOrEqual(90)
  thread.show([text(100_002)])
  expect(thread.newCount.value).toBe(3)
  expect(thread.view().length).toBe(100_003)
  // A change of a new message is a change, and not a further message.
  thread.show([text(100_001, { body: { kind: 'text', text: 'changed' } })])
  expect(thread.newCount.value).toBe(3)
})

describe('a reader at the end', () => {
  it('sees new messages, and only their chunk changes', async () => {
    const { thread, put } = open(25)
    await thread.load()
    const first = thread.chunk(0).value
    const window = thread.window.value
    put(text(25))
    expect(seqs(thread).at(-1)).toBe(25)
    expect(thread.chunk(0).value).toBe(first)
    expect(thread.window.value).toBe(window)
    expect(thread.endVersion.value).toBe(1)
    expect(thread.newCount.value).toBe(0)
    expect(thread.isRead).toBe(true)
    thread.visible = false
    expect(thread.isRead).toBe(false)
  })

  it('keeps the refs of the chunks as long as they are in the window', async () => {
    const { thread, put } = open(39)
    await thread.load()
    const [first, second, third] = [thread.chunk(0), thread.chunk(1), thread.chunk(2)]
    expect(third.value).toBeUndefined()
    put(text(39), text(40))
    expect([thread.chunk(0), thread.chunk(1), thread.chunk(2)]).toEqual([first, second, third])
    expect(third.value?.messages).toHaveLength(1)
  })
})

describe('a reader away from the end', () => {
  it('sees the number of new messages, and the messages at the end', async () => {
    const { thread, put } = open(30)
    await thread.load()
    thread.setAtEnd(false)
    const before = thread.window.value
    put(text(30))
    put(text(31), text(32, { body: { kind: 'notice', joined: ['x'], left: [], joinedCount: 1, leftCount: 0 } }))
    expect(seqs(thread)).toEqual(range(0, 30))
    expect(thread.window.value).toBe(before)
    // A notice is not counted.
    expect(thread.newCount.value).toBe(2)
    expect(thread.endVersion.value).toBe(0)
    thread.setAtEnd(true)
    expect(seqs(thread)).toEqual(range(0, 33))
    expect(thread.newCount.value).toBe(0)
  })

  it('sees the latest state of a message that was held back', async () => {
    const { thread, put } = open(5)
    await thread.load()
    thread.setAtEnd(false)
    put(text(5))
    put(text(5, { body: { kind: 'text', text: 'changed' } }))
    expect(thread.message(5)).toMatchObject({ body: { text: 'changed' } })
    await thread.loadNewer()
    expect(textOf(drawn(thread)[5]!)).toBe('changed')
    expect(thread.newCount.value).toBe(0)
  })

  it('jumps to the end when they write, behind the held-back messages', async () => {
    const { thread, put } = open(5)
    await thread.load()
    thread.setAtEnd(false)
    put(text(5), text(6))
    put(own(7))
    expect(seqs(thread)).toEqual(range(0, 8))
    expect(thread.newCount.value).toBe(0)
    expect(thread.endVersion.value).toBe(1)
    expect(thread.atEnd).toBe(true)
  })

  it('in a window that ends early reaches the end by a jump', async () => {
    const { thread, put } = open(400, 10)
    await thread.load()
    expect(thread.atEnd).toBe(false)
    put(text(400))
    expect(thread.newCount.value).toBe(1)
    expect(thread.window.value.hasNewer).toBe(true)
    await thread.toLatest()
    expect(seqs(thread).at(-1)).toBe(400)
    expect(thread.newCount.value).toBe(0)
    expect(thread.window.value.hasNewer).toBe(false)
  })

  it('for very long costs no more than a window', async () => {
    const { thread, put } = open(5)
    await thread.load()
    thread.setAtEnd(false)
    for (let seq = 5; seq < 1_000; seq++) put(text(seq))
    expect(thread.newCount.value).toBe(995)
    expect(thread.window.value.chunks.length).toBeLessThanOrEqual(MAX_CHUNKS)
    expect(seqs(thread)[0]).toBe(0)
    await thread.toLatest()
    thread.setAtEnd(true)
    expect(seqs(thread).at(-1)).toBe(999)
    expect(thread.newCount.value).toBe(0)
  })
})

it('shows a status that arrived while its chunk was read', async () => {
  let answer: (messages: Message[]) => void = () => undefined
  const thread = new Thread('t1', 'peer:bob', 60, 'latest', undefined, () => new Promise((resolve) => (answer = resolve)))
  const loading = thread.load()
  thread.show([own(45, 'delivered')])
  answer(range(20, 60).map((seq) => (seq === 45 ? own(45, 'sending') : text(seq))))
  await loading
  expect(drawn(thread).find(({ seq }) => seq === 45)?.status).toBe('delivered')
})

it('shows the log as it is, without a gap and without an old state, for any events', async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('arrive' as const), own: fc.boolean(), count: fc.integer({ min: 1, max: 30 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), back: fc.nat(60) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('older' as const, 'newer' as const, 'latest' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), at: fc.boolean() }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(300), fc.option(fc.nat(300)), fc.array(fc.tuple(step, fc.boolean()), { maxLength: 30 }), async (length, place, steps) => {
      const { log, thread, put } = open(length, place === null || place >= length ? 'latest' : place)
      const running = [thread.load()]
      let changes = 0
      for (const [what, waits] of steps) {
        if (what.do === 'arrive') {
          put(...range(log.length, log.length + what.count).map((seq) => (what.own ? own(seq) : text(seq))))
        } else if (what.do === 'change') {
          const message = log.at(-1 - what.back)
          if (message) put({ ...message, body: { kind: 'text', text: `change ${++changes}` } })
        } else if (what.do === 'end') thread.setAtEnd(what.at)
        else running.push(what.do === 'older' ? thread.loadOlder() : what.do === 'newer' ? thread.loadNewer() : thread.toLatest())
        if (waits) await Promise.all(running.splice(0))
        const shown = drawn(thread)
        expect(shown).toEqual(log.slice(shown[0]?.seq ?? 0, (shown[0]?.seq ?? 0) + shown.length))
        expect(thread.window.value.chunks.length).toBeLessThanOrEqual(MAX_CHUNKS)
      }
      await Promise.all(running)
      await thread.toLatest()
      thread.setAtEnd(true)
      expect(drawn(thread).at(-1)).toEqual(log.at(-1))
      expect(thread.newCount.value).toBe(0)
      expect(thread.view().length).toBe(log.length)
      expect(drawn(thread).length).toBeLessThanOrEqual(MAX_CHUNKS * CHUNK_SIZE)
    }),
    { numRuns: 300 },
  )
})

describe('a log whose first messages are deleted', () => {
  it('is shown without them, also to a reader up there', async () => {
    const { thread } = open(200)
    await thread.load()
    thread.startAt(170)
    expect(seqs(thread)).toEqual(range(170, 200))
    expect(thread.window.value).toMatchObject({ hasOlder: false, empty: false })

    const above = open(200, 0).thread
    await above.load()
    above.startAt(100)
    await expect.poll(() => seqs(above)).toEqual(range(100, 140))
    expect(above.window.value).toMatchObject({ hasOlder: false, hasNewer: true })
  })

  it('completely is empty, and shows later messages', async () => {
    const { thread, put } = open(45)
    await thread.load()
    thread.setAtEnd(false)
    put(text(45), text(46))
    thread.startAt(47)
    expect(thread.window.value).toMatchObject({ chunks: [], empty: true, hasOlder: false, hasNewer: false, isLong: false })
    expect(thread.newCount.value).toBe(0)
    put({ ...text(46), status: 'received', body: { kind: 'text', text: 'late' } }, text(47))
    expect(seqs(thread)).toEqual([47])
    expect(thread.window.value.empty).toBe(false)
  })

  it('keeps the remaining held-back messages', async () => {
    const { thread, put } = open(45)
    await thread.load()
    thread.setAtEnd(false)
    put(...range(45, 50).map((seq) => text(seq)))
    expect(thread.newCount.value).toBe(5)
    thread.startAt(47)
    expect(seqs(thread)).toEqual([47, 48, 49])
  })

  it('during a read drops them after it', async () => {
    let answer = (_messages: Message[]) => {}
    const thread = new Thread('t1', 'peer:bob', 45, 'latest', undefined, () => new Promise((resolve) => (answer = resolve)))
    const loading = thread.load()
    thread.startAt(45)
    answer(range(20, 45).map((seq) => text(seq)))
    await loading
    expect(thread.window.value).toMatchObject({ chunks: [], empty: true, loading: false })
  })
})
