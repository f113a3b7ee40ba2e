import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { byRecency, createConversation, markRead, receive, setMuted, setPinned } from '@/src/chat/conversation/order'
import type { Message } from '@/src/chat/message/message'
import { FIELD_MAX_LENGTH } from '@/src/chat/text/typed-text'
import { ClosedHistory } from '@/src/storage/history/closed-history'
import { GATHER_MS } from '@/src/storage/history/commit-queue'
import { createStorage } from '@/src/storage/history/create-storage'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { StorageError } from '@/src/storage/port'
import { ConversationStore } from '@/src/stores/chat/conversations/conversation-store'
import { openHistory, PERSON, text } from './doubles'

async function conversations(disk = new MemoryDisk()) {
  const shown: [ConversationId, number[]][] = []
  const opened = new ConversationStore(await openHistory(disk), (id, messages) => void shown.push([id, messages.map(({ seq }) => seq)]))
  await opened.load()
  return { conversations: opened, shown, disk }
}

/** Conversations whose disk fails the next `times` commits, and no others, whenever `failNext` is called. */
async function failing() {
  const disk = new MemoryDisk()
  const kv = createMemoryKeyValue(disk)
  let fails = 0
  const commit: typeof kv.commit = (writes, owner) => {
    if (fails === 0) return kv.commit(writes, owner)
    fails--
    return Promise.reject(new StorageError('failed', 'this once'))
  }
  const b = new ConversationStore(await createStorage({ ...kv, commit }).openHistory(PERSON), () => undefined)
  await b.load()
  return { conversations: b, disk, failNext: (times = 1) => void (fails = times) }
}

const arrive = (conversations: ConversationStore, id: ConversationId, at: number, isRead = false) => {
  const current = conversations.get(id) ?? createConversation(id, at)
  const message: Message = text(current.length, { at })
  return conversations.commit(receive(current, message, isRead), [message])
}

describe('a commit', () => {
  it('is the current state at once, and displayed only when it is on the disk', async () => {
    const { conversations: b, shown, disk } = await conversations()
    const done = arrive(b, 'peer:bob', 5)
    expect(b.get('peer:bob')).toMatchObject({ length: 1, unread: 1 })
    expect(b.ref('peer:bob')).toBeUndefined()
    expect(b.order.value).toEqual([])
    expect(disk.appended.size).toBe(0)
    await done
    expect(disk.appended.size).toBe(2)
    expect(b.ref('peer:bob')?.value).toBe(b.get('peer:bob'))
    expect(b.order.value).toEqual(['peer:bob'])
    expect(b.unread.value).toBe(1)
    expect(shown).toEqual([['peer:bob', [0]]])
  })

  it('that fails is displayed nevertheless, with a notice, until the next one succeeds', async () => {
    const { conversations: b, shown, disk } = await conversations()
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
    const { conversations: b } = await conversations()
    await arrive(b, 'peer:bob', 5)
    const ref = b.ref('peer:bob')
    const order = b.order.value
    await b.commit(markRead(b.get('peer:bob')!))
    expect(b.ref('peer:bob')).toBe(ref)
    expect(b.order.value).toBe(order)
    expect(b.unread.value).toBe(0)
  })
})

it('is loaded again as it was', async () => {
  const { conversations: b, disk } = await conversations()
  for (const [id, at] of [['peer:__proto__', 3], ['peer:a:b', 9], ['channel:..', 6], ['peer:100%', 1]] as const) await arrive(b, id, at)
  const again = (await conversations(disk)).conversations
  expect(again.order.value).toEqual(['peer:a:b', 'channel:..', 'peer:__proto__', 'peer:100%'])
  expect(again.unread.value).toBe(4)
  expect(again.get('peer:__proto__')).toEqual(b.get('peer:__proto__'))
  expect(again.get('peer:toString')).toBeUndefined()
})

it('reports once what it cannot read', async () => {
  const { conversations: b, disk } = await conversations()
  await arrive(b, 'peer:bob', 1)
  const page = [...disk.appended.keys()].find((name) => name.startsWith('log/'))!
  disk.appended.get(page)!.push('{"torn')
  const again = new ConversationStore(await openHistory(disk), () => undefined)
  await again.load()
  expect(again.isDamaged.value).toBe(false)
  expect(await again.messages('peer:bob', 0, 9)).toHaveLength(1)
  expect(again.isDamaged.value).toBe(true)
  await again.markReported()
  await again.messages('peer:bob', 0, 9)
  expect(again.isDamaged.value).toBe(false)
  const later = (await conversations(disk)).conversations
  await later.messages('peer:bob', 0, 9)
  expect(later.isDamaged.value).toBe(false)
})

describe('unsaved data', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is saved as soon as possible, without a further write: messages, their conversation and drafts', async () => {
    const { conversations: b, disk } = await conversations()
    disk.failing = 'full'
    await arrive(b, 'peer:bob', 1)
    await b.drafts.save('peer:bob', 'typed')
    await vi.advanceTimersByTimeAsync(60_000)
    expect([b.problem.value, disk.appended.size]).toEqual(['full', 0])
    disk.failing = undefined
    // The queue measures load by the real clock, and waits by this one.
    await vi.advanceTimersByTimeAsync(5_000 + 4 * GATHER_MS)
    expect(b.problem.value).toBeNull()
    const history = await openHistory(disk)
    expect(await history.messages('peer:bob', 0, 9)).toHaveLength(1)
    expect(await history.draft('peer:bob')).toBe('typed')
    expect((await history.conversations())[0]).toMatchObject({ id: 'peer:bob', draft: 'typed' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not block other data: a conversation with an unreadable file waits alone, until it can be read', async () => {
    const history = await openHistory(new MemoryDisk())
    const written: ConversationId[][] = []
    let isBroken = true
    const write: typeof history.write = async (entries) => {
      if (isBroken && entries.some(({ conversation }) => conversation.id === 'peer:carol')) throw new StorageError('failed', 'cannot be read')
      written.push(entries.map(({ conversation }) => conversation.id))
      return history.write(entries)
    }
    const b = new ConversationStore(Object.assign(Object.create(history) as typeof history, { write }), () => undefined)
    await b.load()
    await arrive(b, 'peer:carol', 1)
    await arrive(b, 'peer:bob', 2)
    await arrive(b, 'peer:dave', 3)
    expect([written, b.problem.value]).toEqual([[['peer:bob'], ['peer:dave']], 'failed'])
    isBroken = false
    await vi.advanceTimersByTimeAsync(5_000)
    expect([written.at(-1), b.problem.value, vi.getTimerCount()]).toEqual([['peer:carol'], null, 0])
    expect(await history.messages('peer:carol', 0, 9)).toHaveLength(1)
  })

  it('is saved even if it is only a draft, in its conversation too', async () => {
    const { conversations: b, disk } = await conversations()
    await arrive(b, 'peer:bob', 1)
    disk.failing = 'full'
    await b.drafts.save('peer:bob', 'typed')
    disk.failing = undefined
    await vi.advanceTimersByTimeAsync(5_000)
    expect(b.problem.value).toBeNull()
    expect((await (await openHistory(disk)).conversations())[0]?.draft).toBe('typed')
  })

  it('is saved when there is room, and tried a last time before the account is closed', async () => {
    const { conversations: b, disk } = await conversations()
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

  it('is not retried in a read-only history', async () => {
    const closed = new ConversationStore(new ClosedHistory('newer'), () => undefined)
    await closed.load()
    expect([closed.problem.value, closed.isClosed.value]).toEqual(['newer', true])
    await arrive(closed, 'peer:bob', 1)
    await closed.drafts.save('peer:bob', 'typed')
    expect(vi.getTimerCount()).toBe(0)
    expect((await closed.messages('peer:bob', 0, 9)).map(({ seq }) => seq)).toEqual([0])
  })

  it('stays unsaved once another tab has taken over this history, which is reported', async () => {
    const disk = new MemoryDisk()
    const open = (name: string) => createStorage(createMemoryKeyValue(disk), () => name).openHistory(PERSON)
    const b = new ConversationStore(await open('one'), () => undefined)
    await b.load()
    await open('two')
    await arrive(b, 'peer:bob', 1)
    expect(b.problem.value).toBe('taken-over')
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('returns the unsaved messages in their place', async () => {
  const { conversations: b, disk } = await conversations()
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

describe('writes that overlap', () => {
  const one = createConversation('peer:bob', 1)
  const own = (status: Message['status']) => text(0, { from: 'me', status })
  const onDisk = async (disk: MemoryDisk) => (await (await openHistory(disk)).messages('peer:bob', 0, 9)).map(({ status }) => status)

  it('do not restore a failed state', async () => {
    const { conversations: b, disk } = await conversations()
    disk.failing = 'failed'
    await b.commit({ ...one, length: 1, pending: [0] }, [own('queued')])
    disk.failing = undefined
    await Promise.all([b.commit({ ...one, length: 1 }, [own('delivered')]), b.commit(createConversation('peer:eve', 2))])
    expect(await onDisk(disk)).toEqual(['delivered'])
    expect(b.problem.value).toBeNull()
  })

  it('do not restore a state that fails while the next one is being written', async () => {
    const { conversations: b, disk, failNext } = await failing()
    failNext()
    const first = b.commit({ ...one, length: 1, pending: [0] }, [own('queued')])
    const second = b.commit({ ...one, length: 1 }, [own('delivered')])
    expect(await Promise.all([first, second])).toEqual([false, true])
    await b.commit(createConversation('peer:eve', 2))
    expect(await onDisk(disk)).toEqual(['delivered'])
    expect(b.problem.value).toBeNull()
    await b.close()
  })
})

it('keep of every conversation all messages up to one, however the disk fails and whenever the program ends', async () => {
  const id = fc.constantFrom<ConversationId>('peer:a', 'channel:b')
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('arrive' as const), id }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), id }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), id }) },
  )
  const steps = fc.array(fc.record({ event, fails: fc.constantFrom(0, 0, 1, 2, 3), waits: fc.boolean() }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(steps, async (course) => {
      const { conversations: b, disk, failNext } = await failing()
      const kept = new Map<ConversationId, number>()
      const pending: Promise<unknown>[] = []
      for (const { event: what, fails, waits } of course) {
        if (fails > 0) failNext(fails)
        const seq = b.get(what.id)?.length ?? 0
        if (what.do === 'arrive') pending.push(arrive(b, what.id, seq).then((isKept) => void (isKept && kept.set(what.id, Math.max(seq, kept.get(what.id) ?? 0)))))
        else if (what.do === 'clear') pending.push(b.clear([what.id]))
        else if (b.get(what.id)) pending.push(b.commit(markRead(b.get(what.id)!)))
        if (waits) await Promise.all(pending.splice(0))
      }
      await Promise.all(pending)
      const history = await openHistory(disk)
      for (const { id: each, start, length } of await history.conversations()) {
        const seqs = (await history.messages(each, start, Infinity)).map((message) => message.seq)
        expect(seqs).toEqual(Array.from({ length: length - start }, (_, index) => start + index))
        expect(length).toBeGreaterThan(kept.get(each) ?? -1)
      }
      expect(history.damage().unreadable).toBe(0)
      await b.close()
    }),
    { numRuns: 500 },
  )
})

describe('a failed clearing', () => {
  async function withThree() {
    const opened = await failing()
    for (let at = 1; at <= 3; at++) await arrive(opened.conversations, 'peer:bob', at)
    return opened
  }

  it('changes nothing, and messages that arrive during it are after the others', async () => {
    const { conversations: b, disk } = await withThree()
    const before = b.get('peer:bob')
    disk.failing = 'failed'
    expect(await b.clear(['peer:bob'])).toBe(false)
    expect(b.get('peer:bob')).toBe(before)
    expect(b.problem.value).toBe('failed')
    const results = await Promise.all([b.clear(['peer:bob']), arrive(b, 'peer:bob', 4)])
    expect(results).toEqual([false, false])
    expect(b.get('peer:bob')).toMatchObject({ start: 0, length: 4, unread: 4, readTo: 0 })
    disk.failing = undefined
    await arrive(b, 'peer:bob', 5)
    const again = (await conversations(disk)).conversations
    expect(again.get('peer:bob')).toEqual(b.get('peer:bob'))
    expect(await again.messages('peer:bob', 0, 9)).toHaveLength(5)
    await b.close()
  })

  it('leaves the messages on the screen, also if a message that arrived during it fails', async () => {
    const { conversations: b, disk } = await withThree()
    disk.failing = 'failed'
    await Promise.all([b.clear(['peer:bob']), arrive(b, 'peer:bob', 4)])
    expect(b.ref('peer:bob')?.value).toBe(b.get('peer:bob'))
    expect(b.unread.value).toBe(4)
    disk.failing = undefined
    await b.close()
  })

  it('that is written with the next commit after all is reported as done', async () => {
    const { conversations: b, disk, failNext } = await withThree()
    failNext()
    const cleared = b.clear(['peer:bob'])
    const arrived = arrive(b, 'peer:bob', 4)
    expect(await Promise.all([cleared, arrived])).toEqual([true, true])
    expect(b.get('peer:bob')).toMatchObject({ start: 3, length: 4, unread: 1, pending: [] })
    await arrive(b, 'peer:bob', 5)
    const again = (await conversations(disk)).conversations
    expect(again.get('peer:bob')).toEqual(b.get('peer:bob'))
    expect((await again.messages('peer:bob', 3, 9)).map(({ seq }) => seq)).toEqual([3, 4])
    expect(b.problem.value).toBeNull()
    await b.close()
  })

  it('deletes, once it succeeds, the earlier unsaved messages, and not the later ones', async () => {
    const { conversations: b, disk } = await withThree()
    disk.failing = 'failed'
    await arrive(b, 'peer:bob', 4)
    disk.failing = undefined
    expect(await Promise.all([b.clear(['peer:bob']), arrive(b, 'peer:bob', 5)])).toEqual([true, true])
    expect((await (await openHistory(disk)).messages('peer:bob', 0, 9)).map(({ seq }) => seq)).toEqual([4])
    expect(b.problem.value).toBeNull()
    await b.close()
  })
})

describe('a draft', () => {
  it('is known with its conversation after a start, without a read of it', async () => {
    const { conversations: b, disk } = await conversations()
    await arrive(b, 'peer:bob', 1)
    await b.drafts.save('peer:bob', 'first\nsecond')
    expect(b.ref('peer:bob')?.value.draft).toBe('first second')
    const again = (await conversations(disk)).conversations
    expect(again.ref('peer:bob')?.value.draft).toBe('first second')
    await again.drafts.save('peer:bob', '')
    expect((await conversations(disk)).conversations.get('peer:bob')).not.toHaveProperty('draft')
  })

  it('writes its conversation only if the list shows something else', async () => {
    const { conversations: b, disk } = await conversations()
    await arrive(b, 'peer:bob', 1)
    await b.drafts.save('peer:bob', 'x'.repeat(100))
    const shown = b.ref('peer:bob')?.value
    await b.drafts.save('peer:bob', 'x'.repeat(101))
    expect(b.ref('peer:bob')?.value).toBe(shown)
    expect(await (await openHistory(disk)).draft('peer:bob')).toHaveLength(101)
  })

  it.each([FIELD_MAX_LENGTH + 1, 1_300_000])('of %d characters is not saved, and fails nothing else: the one before stays', async (length) => {
    const { conversations: b, disk } = await conversations()
    await arrive(b, 'peer:bob', 1)
    await b.drafts.save('peer:bob', 'short')
    await b.drafts.save('peer:bob', 'x'.repeat(length))
    await arrive(b, 'peer:bob', 2)
    expect(b.problem.value).toBeNull()
    const history = await openHistory(disk)
    expect([await history.draft('peer:bob'), (await history.messages('peer:bob', 0, 9)).length]).toEqual(['short', 2])
  })

  it('without a conversation creates none', async () => {
    const { conversations: b } = await conversations()
    await b.drafts.save('peer:bob', 'typed')
    expect(b.size).toBe(0)
  })
})

describe('the limits of history', () => {
  const LIMITS = { messagesPerConversation: 100, bytes: 100_000_000 }
  const failed = (seq: number, more: Partial<Message> = {}) => text(seq, { from: 'me', status: 'failed', failure: { reason: 'expired' }, ...more })

  /** A conversation of `length` read messages, `others` among them, whose storage counts its reads. */
  async function withMessages(length: number, others: readonly Message[] = []) {
    const disk = new MemoryDisk()
    const history = await openHistory(disk)
    const read = history.messages.bind(history)
    const storage = { reads: 0, isUnreadable: false }
    history.messages = (...range) => {
      storage.reads++
      return storage.isUnreadable ? Promise.reject(new StorageError('unavailable', 'for now')) : read(...range)
    }
    const b = new ConversationStore(history, () => undefined)
    await b.load()
    const messages = Array.from({ length }, (_, seq) => others.find((other) => other.seq === seq) ?? text(seq))
    await b.commit({ ...createConversation('peer:bob', 1), length, readTo: length }, messages)
    return { conversations: b, disk, storage, start: () => b.get('peer:bob')?.start }
  }

  it('delete the oldest messages, but not failed ones, nor anything after those', async () => {
    const { conversations: b, disk, start } = await withMessages(700, [failed(450)])
    expect(await b.setLimits(LIMITS)).toBe(true)
    expect(start()).toBe(440)
    expect(await (await openHistory(disk)).messages('peer:bob', 450, 451)).toMatchObject([{ status: 'failed' }])
    expect(await b.setLimits({ ...LIMITS, bytes: 1 })).toBe(true)
    expect(start()).toBe(440)
  })

  it('delete a failed message once it was sent, and cancelled ones', async () => {
    const { conversations: b, start } = await withMessages(700, [failed(100, { failure: { reason: 'cancelled' } }), failed(350)])
    await b.setLimits(LIMITS)
    expect(start()).toBe(340)
    await b.commit(b.get('peer:bob')!, [text(350, { from: 'me', status: 'delivered' })])
    await b.setLimits(LIMITS)
    expect(start()).toBe(600)
  })

  it('keep messages that storage cannot read now, and report that they could not be applied', async () => {
    const { conversations: b, storage, start } = await withMessages(700)
    storage.isUnreadable = true
    expect(await b.setLimits(LIMITS)).toBe(false)
    storage.isUnreadable = false
    expect([start(), await b.setLimits(LIMITS), start()]).toEqual([0, true, 600])
  })

  it('look for failed messages once in a while if one blocks the trimming, not for every message', async () => {
    const { conversations: b, storage, start } = await withMessages(700, [failed(0)])
    await b.setLimits(LIMITS)
    const { reads } = storage
    for (let at = 0; at < 250; at++) await arrive(b, 'peer:bob', at, true)
    expect(storage.reads - reads).toBe(2)
    await b.commit(b.get('peer:bob')!, [text(0, { from: 'me', status: 'delivered' })])
    for (let at = 0; at < 200; at++) await arrive(b, 'peer:bob', at, true)
    expect(start()).toBeGreaterThan(700)
  })
})

describe('a removal', () => {
  it('removes the conversation from the list, its unread messages from the sum, and all of it from the disk', async () => {
    const { conversations: b, disk } = await conversations()
    await arrive(b, 'peer:bob', 1)
    await arrive(b, 'peer:carol', 2)
    await b.remove('peer:bob')
    expect(b.order.value).toEqual(['peer:carol'])
    expect(b.unread.value).toBe(1)
    expect((await conversations(disk)).conversations.order.value).toEqual(['peer:carol'])
    expect(await (await openHistory(disk)).messages('peer:bob', 0, 9)).toEqual([])
  })

  it('that fails changes nothing', async () => {
    const { conversations: b, disk } = await conversations()
    await arrive(b, 'peer:bob', 1)
    disk.failing = 'failed'
    await expect(b.remove('peer:bob')).rejects.toBeInstanceOf(StorageError)
    expect(b.order.value).toEqual(['peer:bob'])
    expect(b.get('peer:bob')).toMatchObject({ length: 1 })
    expect(b.unread.value).toBe(1)
  })

  it('that fails keeps the messages that were unsaved before', async () => {
    const { conversations: b, disk } = await conversations()
    disk.failing = 'failed'
    await arrive(b, 'peer:bob', 1)
    await b.drafts.save('peer:bob', 'typed')
    await expect(b.remove('peer:bob')).rejects.toBeInstanceOf(StorageError)
    disk.failing = undefined
    await b.close()
    const history = await openHistory(disk)
    expect(await history.messages('peer:bob', 0, 9)).toHaveLength(1)
    expect(await history.draft('peer:bob')).toBe('typed')
  })

  it('that fails keeps the messages that failed while it waited', async () => {
    const { conversations: b, disk } = await conversations()
    await arrive(b, 'peer:bob', 1)
    disk.failing = 'failed'
    const arrived = arrive(b, 'peer:bob', 2)
    await expect(b.remove('peer:bob')).rejects.toBeInstanceOf(StorageError)
    expect(await arrived).toBe(false)
    disk.failing = undefined
    expect(await arrive(b, 'peer:bob', 3)).toBe(true)
    expect(await (await openHistory(disk)).messages('peer:bob', 0, 9)).toHaveLength(3)
    await b.close()
  })

  it('while a message arrives ends in a new conversation with that message alone, on the disk as on the screen', async () => {
    const { conversations: b, disk } = await conversations()
    for (let i = 0; i < 3; i++) await arrive(b, 'peer:bob', i)
    const removed = b.remove('peer:bob')
    const arrived = arrive(b, 'peer:bob', 9)
    await Promise.all([removed, arrived])
    expect(b.get('peer:bob')).toMatchObject({ length: 1, unread: 1 })
    expect(b.ref('peer:bob')?.value).toBe(b.get('peer:bob'))
    expect(b.unread.value).toBe(1)
    const again = (await conversations(disk)).conversations
    expect(again.get('peer:bob')).toEqual(b.get('peer:bob'))
    expect(await (await openHistory(disk)).messages('peer:bob', 0, 9)).toHaveLength(1)
  })
})

it('has its order and its sum, without muted ones, right after any series of events', async () => {
  const changed = (current: Conversation, what: { do: 'read' } | { do: 'pin' | 'mute'; on: boolean }) =>
    what.do === 'read' ? markRead(current) : what.do === 'pin' ? setPinned(current, what.on) : setMuted(current, what.on)
  const id = fc.constantFrom<ConversationId>('peer:a', 'peer:A', 'channel:a', 'peer:__proto__')
  const event = fc.oneof(
    fc.record({ do: fc.constant('arrive' as const), id, at: fc.nat(5), isRead: fc.boolean() }),
    fc.record({ do: fc.constant('read' as const), id }),
    fc.record({ do: fc.constant('remove' as const), id }),
    fc.record({ do: fc.constant('mute' as const), id, on: fc.boolean() }),
    fc.record({ do: fc.constant('pin' as const), id, on: fc.boolean() }),
    fc.record({ do: fc.constant('draft' as const), id, text: fc.constantFrom('', 'a', 'b') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(event, fc.boolean()), { maxLength: 25 }), async (events) => {
      const { conversations: b, disk } = await conversations()
      const pending: Promise<unknown>[] = []
      for (const [what, waits] of events) {
        if (what.do === 'arrive') pending.push(arrive(b, what.id, what.at, what.isRead))
        else if (what.do === 'remove') pending.push(b.remove(what.id))
        else if (what.do === 'draft') pending.push(b.drafts.save(what.id, what.text))
        else if (b.get(what.id)) pending.push(b.commit(changed(b.get(what.id)!, what)))
        if (waits) await Promise.all(pending.splice(0))
      }
      await Promise.all(pending)
      const all = [...b.all()]
      expect(b.order.value).toEqual([...all].sort(byRecency).map((current) => current.id))
      expect(b.unread.value).toBe(all.reduce((sum, { unread, muted }) => sum + (muted ? 0 : unread), 0))
      for (const current of all) expect(b.ref(current.id)?.value).toBe(current)
      const again = (await conversations(disk)).conversations
      expect(new Map([...again.all()].map((current) => [current.id, current]))).toEqual(new Map(all.map((current) => [current.id, current])))
    }),
    { numRuns: 200 },
  )
})
