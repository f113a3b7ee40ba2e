import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation'
import { byRecency, createConversation, markRead, receive } from '@/src/chat/conversations'
import type { Message } from '@/src/chat/message'
import { ClosedHistory } from '@/src/storage/closed-history'
import { createStorage } from '@/src/storage/history'
import { createMemoryKeyValue, MemoryDisk } from '@/src/storage/memory'
import { StorageError } from '@/src/storage/port'
import { Book } from '@/src/stores/chat/book'
import { openHistory, PERSON, text } from './doubles'

async function book(disk = new MemoryDisk()) {
  const shown: [ConversationId, number[]][] = []
  const opened = new Book(await openHistory(disk), (id, messages) => void shown.push([id, messages.map(({ seq }) => seq)]))
  await opened.load()
  return { book: opened, shown, disk }
}

const arrive = (book: Book, id: ConversationId, at: number, isRead = false) => {
  const head = book.head(id) ?? createConversation(id, at)
  const message: Message = text(head.length, { at })
  return book.commit(receive(head, message, isRead), [message])
}

describe('a commit', () => {
  it('is the head at once, and on the screen only when it is on the disk', async () => {
    const { book: b, shown, disk } = await book()
    const done = arrive(b, 'peer:bob', 5)
    expect(b.head('peer:bob')).toMatchObject({ length: 1, unread: 1 })
    expect(b.summary('peer:bob')).toBeUndefined()
    expect(b.order.value).toEqual([])
    expect(disk.appended.size).toBe(0)
    await done
    expect(disk.appended.size).toBe(2)
    expect(b.summary('peer:bob')?.value).toBe(b.head('peer:bob'))
    expect(b.order.value).toEqual(['peer:bob'])
    expect(b.unread.value).toBe(1)
    expect(shown).toEqual([['peer:bob', [0]]])
  })

  it('that the disk refuses is shown all the same, and said; the next one that works takes that back', async () => {
    const { book: b, shown, disk } = await book()
    disk.failing = 'full'
    await arrive(b, 'peer:bob', 5)
    expect(b.problem.value).toBe('full')
    expect(b.order.value).toEqual(['peer:bob'])
    expect(shown).toHaveLength(1)
    disk.failing = undefined
    await arrive(b, 'peer:bob', 6)
    expect(b.problem.value).toBeNull()
  })

  it('keeps the same ref for a conversation, and the same order when nothing moved', async () => {
    const { book: b } = await book()
    await arrive(b, 'peer:bob', 5)
    const ref = b.summary('peer:bob')
    const order = b.order.value
    await b.commit(markRead(b.head('peer:bob')!))
    expect(b.summary('peer:bob')).toBe(ref)
    expect(b.order.value).toBe(order)
    expect(b.unread.value).toBe(0)
  })
})

it('is read again as it was', async () => {
  const { book: b, disk } = await book()
  for (const [id, at] of [['peer:__proto__', 3], ['peer:a:b', 9], ['channel:..', 6], ['peer:100%', 1]] as const) await arrive(b, id, at)
  const again = (await book(disk)).book
  expect(again.order.value).toEqual(['peer:a:b', 'channel:..', 'peer:__proto__', 'peer:100%'])
  expect(again.unread.value).toBe(4)
  expect(again.head('peer:__proto__')).toEqual(b.head('peer:__proto__'))
  expect(again.head('peer:toString')).toBeUndefined()
})

it('tells once what it cannot read', async () => {
  const { book: b, disk } = await book()
  await arrive(b, 'peer:bob', 1)
  const page = [...disk.appended.keys()].find((name) => name.startsWith('log/'))!
  disk.appended.get(page)!.push('{"torn')
  const again = new Book(await openHistory(disk), () => undefined)
  await again.load()
  expect(again.isDamaged.value).toBe(false)
  expect(await again.messages('peer:bob', 0, 9)).toHaveLength(1)
  expect(again.isDamaged.value).toBe(true)
  await again.damageTold()
  await again.messages('peer:bob', 0, 9)
  expect(again.isDamaged.value).toBe(false)
  const later = (await book(disk)).book
  await later.messages('peer:bob', 0, 9)
  expect(later.isDamaged.value).toBe(false)
})

describe('what storage has refused', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is kept as soon as it can be, without another word: messages, their conversation and drafts', async () => {
    const { book: b, disk } = await book()
    disk.failing = 'full'
    await arrive(b, 'peer:bob', 1)
    await b.saveDraft('peer:bob', 'typed')
    await vi.advanceTimersByTimeAsync(60_000)
    expect([b.problem.value, disk.appended.size]).toEqual(['full', 0])
    disk.failing = undefined
    await vi.advanceTimersByTimeAsync(5_000)
    expect(b.problem.value).toBeNull()
    const history = await openHistory(disk)
    expect(await history.messages('peer:bob', 0, 9)).toHaveLength(1)
    expect(await history.draft('peer:bob')).toBe('typed')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is kept when room was made for it, and a last time before the account is closed', async () => {
    const { book: b, disk } = await book()
    await arrive(b, 'peer:carol', 1)
    disk.failing = 'full'
    await arrive(b, 'peer:bob', 2)
    disk.failing = undefined
    await b.clear(['peer:carol'])
    expect(b.problem.value).toBeNull()
    disk.failing = 'full'
    await arrive(b, 'peer:bob', 3)
    disk.failing = undefined
    await b.close()
    expect(await (await openHistory(disk)).messages('peer:bob', 0, 9)).toHaveLength(2)
    disk.failing = 'full'
    await arrive(b, 'peer:bob', 4)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is not tried where nothing is kept anyway', async () => {
    const closed = new Book(new ClosedHistory('newer'), () => undefined)
    await closed.load()
    expect([closed.problem.value, closed.isClosed.value]).toEqual(['newer', true])
    await arrive(closed, 'peer:bob', 1)
    await closed.saveDraft('peer:bob', 'typed')
    expect(vi.getTimerCount()).toBe(0)
    expect((await closed.messages('peer:bob', 0, 9)).map(({ seq }) => seq)).toEqual([0])
  })

  it('stays unsaid to the disk once another tab goes on with this history, and that is said', async () => {
    const disk = new MemoryDisk()
    const open = (name: string) => createStorage(createMemoryKeyValue(disk), () => name).openHistory(PERSON)
    const b = new Book(await open('one'), () => undefined)
    await b.load()
    await open('two')
    await arrive(b, 'peer:bob', 1)
    expect(b.problem.value).toBe('taken-over')
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('gives back what storage has refused so far, in its place', async () => {
  const { book: b, disk } = await book()
  await arrive(b, 'peer:bob', 1)
  disk.failing = 'full'
  await arrive(b, 'peer:bob', 2)
  expect(b.problem.value).toBe('full')
  expect((await b.messages('peer:bob', 0, 9)).map(({ seq }) => seq)).toEqual([0, 1])
  disk.failing = undefined
  await arrive(b, 'peer:bob', 3)
  expect(b.problem.value).toBeNull()
  expect((await (await openHistory(disk)).messages('peer:bob', 0, 9)).map(({ seq }) => seq)).toEqual([0, 1, 2])
})

describe('a removal', () => {
  it('takes the conversation from the list, its unread from the sum, and all of it from the disk', async () => {
    const { book: b, disk } = await book()
    await arrive(b, 'peer:bob', 1)
    await arrive(b, 'peer:carol', 2)
    await b.remove('peer:bob')
    expect(b.order.value).toEqual(['peer:carol'])
    expect(b.unread.value).toBe(1)
    expect((await book(disk)).book.order.value).toEqual(['peer:carol'])
    expect(await (await openHistory(disk)).messages('peer:bob', 0, 9)).toEqual([])
  })

  it('that the disk refuses changes nothing', async () => {
    const { book: b, disk } = await book()
    await arrive(b, 'peer:bob', 1)
    disk.failing = 'failed'
    await expect(b.remove('peer:bob')).rejects.toBeInstanceOf(StorageError)
    expect(b.order.value).toEqual(['peer:bob'])
    expect(b.head('peer:bob')).toMatchObject({ length: 1 })
    expect(b.unread.value).toBe(1)
  })

  it('while a message comes ends in a new conversation with that message alone, on the disk as on the screen', async () => {
    const { book: b, disk } = await book()
    for (let i = 0; i < 3; i++) await arrive(b, 'peer:bob', i)
    const removed = b.remove('peer:bob')
    const arrived = arrive(b, 'peer:bob', 9)
    await Promise.all([removed, arrived])
    expect(b.head('peer:bob')).toMatchObject({ length: 1, unread: 1 })
    expect(b.summary('peer:bob')?.value).toBe(b.head('peer:bob'))
    expect(b.unread.value).toBe(1)
    const again = (await book(disk)).book
    expect(again.head('peer:bob')).toEqual(b.head('peer:bob'))
    expect(await (await openHistory(disk)).messages('peer:bob', 0, 9)).toHaveLength(1)
  })
})

it('has its order and its sum right after any course of events', async () => {
  const id = fc.constantFrom<ConversationId>('peer:a', 'peer:A', 'channel:a', 'peer:__proto__')
  const event = fc.oneof(
    fc.record({ do: fc.constant('arrive' as const), id, at: fc.nat(5), isRead: fc.boolean() }),
    fc.record({ do: fc.constant('read' as const), id }),
    fc.record({ do: fc.constant('remove' as const), id }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(event, fc.boolean()), { maxLength: 25 }), async (events) => {
      const { book: b, disk } = await book()
      const pending: Promise<unknown>[] = []
      for (const [what, waits] of events) {
        if (what.do === 'arrive') pending.push(arrive(b, what.id, what.at, what.isRead))
        else if (what.do === 'remove') pending.push(b.remove(what.id))
        else if (b.head(what.id)) pending.push(b.commit(markRead(b.head(what.id)!)))
        if (waits) await Promise.all(pending.splice(0))
      }
      await Promise.all(pending)
      const heads = [...b.all()]
      expect(b.order.value).toEqual([...heads].sort(byRecency).map((head) => head.id))
      expect(b.unread.value).toBe(heads.reduce((sum, { unread }) => sum + unread, 0))
      for (const head of heads) expect(b.summary(head.id)?.value).toBe(head)
      const again = (await book(disk)).book
      expect(new Map([...again.all()].map((head) => [head.id, head]))).toEqual(new Map(heads.map((head) => [head.id, head])))
    }),
    { numRuns: 200 },
  )
})
