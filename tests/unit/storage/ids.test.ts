/** Messages are found by author and id at any age: at what cost, and whatever was lost. */
import 'fake-indexeddb/auto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { Message, MessageRef } from '@/src/chat/message/message'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { createStorage } from '@/src/storage/history/create-storage'
import { idHash } from '@/src/storage/ids/id-records'
import { IdIndex } from '@/src/storage/ids/id-index'
import { IdTable } from '@/src/storage/ids/id-table'
import { QUIET_MS } from '@/src/storage/ids/old-pages'
import { personKeys } from '@/src/storage/keys'
import { createIndexedDbKeyValue } from '@/src/storage/kv/indexeddb'
import type { KeyValue, Write } from '@/src/storage/kv/key-value'
import { createMiniKeyValue } from '@/src/storage/kv/mini-program'
import { StorageError, type History } from '@/src/storage/port'
import { parsePage } from '@/src/storage/records'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { TestClock } from '../../support/test-clock'
import { alice, conversation, message, messages } from './make'
import { temporaryWxDisk } from './wx-disk'

const id = 'peer:bob'
const keys = personKeys(alice)
const ref = ({ from, id: messageId }: Message): MessageRef => ({ from, id: messageId })
const open = (kv: KeyValue): Promise<History> => createStorage(kv, () => 'one').openHistory(alice)

/** `kv`, and the keys that are read. */
function counted(kv: KeyValue): { readonly kv: KeyValue; readonly reads: string[] } {
  const reads: string[] = []
  const read = (key: string) => void reads.push(key)
  return { reads, kv: { ...kv, get: (key) => (read(key), kv.get(key)), list: (key, when) => (read(key), kv.list(key, when)), names: (key) => (read(key), kv.names(key)) } }
}

async function find(history: History, each: MessageRef): Promise<number | undefined> {
  return (await history.find(id, [each]))[0]
}

const ends: (() => void)[] = []
afterEach(() => {
  ends.splice(0).forEach((end) => end())
  setClock(systemClock)
})

function mini(): () => KeyValue {
  const { disk, dispose } = temporaryWxDisk()
  ends.push(dispose)
  return () => createMiniKeyValue(disk)
}

const LENGTH = 100_000

describe.each([
  ['memory', () => { const disk = new MemoryDisk(); return () => createMemoryKeyValue(disk) }],
  ['the files of the mini program', mini],
  ['IndexedDB', () => () => createIndexedDbKeyValue('ids')],
])('in a log of 100,000 messages in %s', (_name, device) => {
  it('an id of any age costs 3 reads in nine of ten and 5 in 99 of 100, one that is nowhere 3 in 97 of 100', async () => {
    const openKv = device()
    const first = await open(openKv())
    for (let from = 0; from < LENGTH; from += 5_000) await first.write([{ conversation: conversation(id, from + 5_000), messages: messages(from, from + 5_000) }])

    const { kv, reads } = counted(openKv())
    const history = await open(kv)
    await history.conversations()
    await history.messages(id, LENGTH - 20, LENGTH)
    expect(reads.filter((key) => key.startsWith('ids/'))).toEqual([])
    expect(history.isUnknown(id, { from: 'bob', id: 'nowhere' })).toBe(false)
    reads.length = 0
    expect(await find(history, { from: 'bob', id: 'nowhere' })).toBeUndefined()
    // the segments
    expect(reads.length).toBeLessThanOrEqual(LENGTH / 5_000 + 2)

    const costs = async (refs: readonly MessageRef[], expected: (n: number) => number | undefined) => {
      const each: number[] = []
      for (const [n, wanted] of refs.entries()) {
        reads.length = 0
        expect(await find(history, wanted)).toBe(expected(n))
        each.push(reads.length)
      }
      const share = (most: number) => each.filter((count) => count <= most).length / each.length
      return { share, most: Math.max(...each) }
    }
    const wanted = Array.from({ length: 1_000 }, (_, n) => (n * 61_803) % LENGTH)
    const found = await costs(wanted.map((seq) => ref(message(seq))), (n) => wanted[n])
    expect(found.share(3)).toBeGreaterThanOrEqual(0.9)
    expect(found.share(5)).toBeGreaterThanOrEqual(0.99)
    expect(found.most).toBeLessThanOrEqual(5)
    const nowhere = await costs(wanted.map((n) => ({ from: 'bob', id: `never-${n}` })), () => undefined)
    expect(nowhere.share(3)).toBeGreaterThanOrEqual(0.97)
    expect(nowhere.share(0)).toBeGreaterThanOrEqual(0.97)
    // that costs nothing is known at once
    expect(wanted.filter((n) => history.isUnknown(id, { from: 'bob', id: `never-${n}` })).length).toBeGreaterThanOrEqual(970)
  }, 120_000)
})

describe('the index', () => {
  let disk: MemoryDisk
  let commits: (readonly Write[])[]
  let kv: KeyValue
  beforeEach(() => {
    disk = new MemoryDisk()
    commits = []
    const memory = createMemoryKeyValue(disk)
    kv = { ...memory, commit: (writes, owner) => (commits.push(writes), memory.commit(writes, owner)) }
  })
  const onDisk = () => [...disk.appended.keys(), ...disk.texts.keys()].filter((key) => key.startsWith('ids/'))
  const drop = (key: string) => (disk.texts.delete(key), disk.appended.delete(key))

  it('is written in the commit that completes a page, before the page, at 12 bytes a message', async () => {
    const history = await open(kv)
    await history.conversations()
    commits.length = 0
    await history.write([{ conversation: conversation(id, 49), messages: messages(0, 49) }])
    await history.write([{ conversation: conversation(id, 51), messages: messages(49, 51) }])
    await history.write([{ conversation: conversation(id, 51), messages: [message(7, 'text 7', { status: 'read' })] }])
    const written = commits.map((writes) => writes.map((write) => ('key' in write ? write.key : '')).filter((key) => /^(ids|log)/.test(key)))
    expect(written).toEqual([[keys.page(id, 0)], [keys.idSegment(id, 0), keys.page(id, 0), keys.page(id, 1)], [keys.page(id, 0)]])
    await history.write([{ conversation: conversation(id, 5_000), messages: messages(51, 5_000) }])
    const bytes = (disk.appended.get(keys.idSegment(id, 0)) ?? []).join(',').length
    expect(bytes / 5_000).toBeLessThan(12)
  })

  it('knows neither another author, nor what was cleared or trimmed, nor what a commit did not keep', async () => {
    const history = await open(kv)
    await history.write([{ conversation: conversation(id, 10_100), messages: messages(0, 10_100) }])
    expect(await find(history, ref(message(5)))).toBe(5)
    expect(await find(history, { from: 'carol', id: message(5).id })).toBeUndefined()
    disk.failing = 'full'
    await expect(history.write([{ conversation: conversation(id, 10_101), messages: [message(10_100)] }])).rejects.toBeInstanceOf(StorageError)
    disk.failing = undefined
    expect(await find(history, ref(message(10_100)))).toBeUndefined()
    await history.write([{ conversation: conversation(id, 10_100, { start: 5_020 }) }])
    expect(onDisk()).toEqual([keys.idSegment(id, 1), keys.idSegment(id, 2)])
    for (const opened of [history, await open(kv)]) expect(await opened.find(id, [5, 5_019, 5_020, 10_099].map((seq) => ref(message(seq))))).toEqual([undefined, undefined, 5_020, 10_099])
    const again = await open(kv)
    await again.write([{ conversation: conversation(id, 10_100, { start: 10_100 }) }])
    expect(onDisk()).toEqual([])
    expect(await find(again, ref(message(10_099)))).toBeUndefined()
    await again.write([{ conversation: conversation(id, 10_200, { start: 10_100 }), messages: messages(10_100, 10_200) }])
    await again.remove(id)
    expect(onDisk()).toEqual([])
    expect(await find(again, ref(message(10_150)))).toBeUndefined()
  })

  it('tells two ids with one hash apart', async () => {
    const byHash = new Map<number, number>()
    let pair: [number, number] | undefined
    for (let seq = 0; !pair; seq++) {
      const hash = idHash('bob', `id-${seq}`)
      const other = byHash.get(hash)
      if (other !== undefined) pair = [other, seq]
      byHash.set(hash, seq)
    }
    const [one, two] = pair.map((n) => ({ from: 'bob', id: `id-${n}` })) as [MessageRef, MessageRef]
    const history = await open(kv)
    await history.write([{ conversation: conversation(id, 2), messages: [message(0, 'a', one), message(1, 'b')] }])
    expect(await history.find(id, [one, two])).toEqual([0, undefined])
    await history.write([{ conversation: conversation(id, 3), messages: [message(2, 'c', two)] }])
    expect(await history.find(id, [one, two])).toEqual([0, 2])
  })

  it('holds a bounded number of ids in memory, of the conversations that were asked about last', async () => {
    const ids = Array.from({ length: 4 }, (_, n): ConversationId => `peer:${n}`)
    const history = await open(kv)
    for (const each of ids) await history.write([{ conversation: conversation(each, 1_000), messages: messages(0, 1_000) }])
    const { kv: reading, reads } = counted(kv)
    const index = new IdIndex(reading, keys, { conversation: (each) => conversation(each, 1_000), page: async (each, page) => parsePage(await kv.list(keys.page(each, page)), page), hasGap: () => undefined }, 2_500)
    const loads = async (each: ConversationId) => {
      reads.length = 0
      expect(await index.find(each, [ref(message(3))])).toEqual([3])
      return reads.length > 0
    }
    for (const each of ids) expect(await loads(each)).toBe(true)
    expect([await loads('peer:3'), await loads('peer:2'), await loads('peer:0'), await loads('peer:3')]).toEqual([false, false, true, true])
  })

  it('holds no entry of a message that was trimmed once its table grows', () => {
    let start = 0
    const table = new IdTable(() => start)
    for (let seq = 0; seq < 50_000; seq++) {
      start = Math.max(0, seq - 1_000)
      table.add(idHash('bob', `id-${seq}`), seq)
    }
    expect(table.size).toBeLessThan(5_500)
    expect(table.seqs(idHash('bob', 'id-49999'))).toEqual([49_999])
    expect(table.seqs(idHash('bob', 'id-3'))).toEqual([])
  })

  describe('of a history written before there was one', () => {
    let clock: TestClock
    beforeEach(async () => {
      const before = await open(kv)
      const lengths: [ConversationId, number][] = [[id, 2_510], ['channel:a', 170], ['peer:few', 20]]
      for (const [each, length] of lengths) {
        await before.write([{ conversation: conversation(each, length, { at: length }), messages: messages(0, length) }])
      }
      onDisk().forEach(drop)
      commits.length = 0
      clock = new TestClock()
      setClock(clock)
    })
    /** How many pages each conversation has in the index. */
    const indexed = () => ([id, 'channel:a'] as const).map((each) => (disk.appended.get(keys.idSegment(each, 0)) ?? []).length)

    it('finds in the newest pages what it does not know, at most 20 of them for each search', async () => {
      const { kv: reading, reads } = counted(kv)
      const history = await open(reading)
      await history.conversations()
      reads.length = 0
      expect(await find(history, ref(message(2_100)))).toBe(2_100)
      const whenLoaded = reads.filter((key) => key.startsWith('log/')).length
      expect(whenLoaded).toBeLessThanOrEqual(9)
      reads.length = 0
      expect(await find(history, ref(message(1_300)))).toBe(1_300)
      expect(reads.length).toBeLessThanOrEqual(20)
      reads.length = 0
      expect(await find(history, ref(message(3)))).toBeUndefined()
      expect(reads).toHaveLength(20)
      expect(history.isUnknown(id, ref(message(3)))).toBe(true)
    })

    it('is made in the background, one page in a quiet 100 ms, goes on after a restart, and ends', async () => {
      let history = await open(kv)
      await history.conversations()
      let stop = history.indexOldPages()
      await clock.advance(QUIET_MS - 1)
      expect(indexed()).toEqual([0, 0])
      await clock.advance(QUIET_MS * 10)
      expect(indexed()).toEqual([10, 0])
      // a message every 50 ms
      for (let seq = 20; seq < 40; seq++) {
        await history.write([{ conversation: conversation('peer:few', seq + 1), messages: [message(seq)] }])
        await clock.advance(QUIET_MS / 2)
      }
      expect(indexed()).toEqual([10, 0])
      stop()
      await clock.advance(QUIET_MS * 10)
      expect(indexed()).toEqual([10, 0])

      const restarted = counted(kv)
      history = await open(restarted.kv)
      await history.conversations()
      restarted.reads.length = 0
      stop = history.indexOldPages()
      await clock.advance(QUIET_MS * 42)
      expect(restarted.reads.filter((key) => key.startsWith('log/'))).toHaveLength(indexed()[0]! - 10 + indexed()[1]!)
      await clock.advance(QUIET_MS * 10)
      expect(indexed()).toEqual([50, 3])
      expect(await history.find(id, [3, 2_505].map((seq) => ref(message(seq))))).toEqual([3, 2_505])
      stop()

      const done = counted(kv)
      history = await open(done.kv)
      await history.conversations()
      done.reads.length = 0
      commits.length = 0
      history.indexOldPages()
      await clock.advance(QUIET_MS * 10)
      expect(done.reads).toEqual([keys.indexed])
      expect(commits).toEqual([])
    })

    it('is made again where it is lost or torn', async () => {
      let history = await open(kv)
      await history.conversations()
      let stop = history.indexOldPages()
      await clock.advance(QUIET_MS * 80)
      stop()
      expect(indexed()).toEqual([50, 3])
      const segment = disk.appended.get(keys.idSegment(id, 0)) ?? []
      segment.splice(5, 1)
      segment[20] = (segment[20] ?? '').slice(0, 40)
      segment[30] = '[7,"garbled"]'
      history = await open(kv)
      stop = history.indexOldPages()
      await clock.advance(QUIET_MS * 10)
      expect(await history.find(id, messages(0, 2_510).map(ref))).toEqual(messages(0, 2_510).map(({ seq }) => seq))
      await clock.advance(QUIET_MS * 10)
      stop()
      history = await open(kv)
      const { kv: reading, reads } = counted(kv)
      history = await open(reading)
      await history.conversations()
      reads.length = 0
      expect(await find(history, { from: 'bob', id: 'nowhere' })).toBeUndefined()
      expect(reads).toEqual([keys.idSegment(id, 0), keys.page(id, 50)])
    })

    it('goes on with the next conversation where a page cannot be read, and comes back to it after the next start', async () => {
      const { list } = kv
      let isBroken = true
      kv.list = async (key) => {
        if (isBroken && key === keys.page(id, 40)) throw new StorageError('failed', 'a broken file')
        return list(key)
      }
      for (const expected of [[9, 3], [50, 3]]) {
        const history = await open(kv)
        await history.conversations()
        const stop = history.indexOldPages()
        await clock.advance(QUIET_MS * 80)
        stop()
        expect(indexed()).toEqual(expected)
        isBroken = false
      }
      expect((await kv.list(keys.indexed)).value).toMatchObject({ isComplete: true })
    })

    it('waits for the next start where the device takes nothing, and lacks nothing then', async () => {
      let history = await open(kv)
      await history.conversations()
      history.indexOldPages()
      await clock.advance(QUIET_MS * 5)
      disk.failing = 'full'
      await clock.advance(QUIET_MS * 5)
      disk.failing = undefined
      await clock.advance(QUIET_MS * 5)
      expect(indexed()[0]).toBe(5)
      history = await open(kv)
      await history.conversations()
      history.indexOldPages()
      await clock.advance(QUIET_MS * 80)
      expect(indexed()).toEqual([50, 3])
    })
  })
})

/** What can happen to a history. `die`: the first `writes` writes of the next commit are done, and no more. */
type Step =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'status' | 'replace' | 'trim'; readonly at: number }
  | { readonly do: 'clear' | 'remove' | 'restart' | 'fail' | 'look' }
  | { readonly do: 'die'; readonly writes: number }
  | { readonly do: 'lose'; readonly at: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('status' as const, 'replace' as const, 'replace' as const), at: fc.nat(999) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('die' as const), writes: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'fail' as const, 'look' as const, 'look' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trim' as const), at: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('clear' as const, 'remove' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), at: fc.nat(99) }) },
)

class Died extends Error {}

it('finds every message of the log and nothing else, whatever happens to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0, 0, 4_960), fc.array(step, { maxLength: 25 }), async (before, steps) => {
      const disk = new MemoryDisk()
      const memory = createMemoryKeyValue(disk)
      let dies: number | undefined
      const openKv = (): KeyValue => {
        let isDead = false
        return {
          ...memory,
          commit: async (writes, owner) => {
            if (isDead) throw new Died()
            if (dies === undefined) return memory.commit(writes, owner)
            isDead = true
            await memory.commit(writes.slice(0, dies), owner)
            throw new Died()
          },
        }
      }
      let history = await open(openKv())
      let named = 0
      const used = new Map<string, MessageRef>()
      const made = (seq: number): Message => {
        const next = message(seq, 'x', { id: `m${named++}`, from: named % 3 ? 'bob' : 'carol' })
        used.set(next.id, ref(next))
        return next
      }
      const restart = async () => {
        dies = undefined
        history = await open(openKv())
      }
      const head = async (): Promise<Conversation> => (await history.conversations()).find((each) => each.id === id) ?? conversation(id, 0)
      const write = async (change: (now: Conversation) => Promise<{ conversation: Conversation; messages?: Message[] }>) => {
        const entry = await change(await head())
        try {
          await history.write([entry])
        } catch (error) {
          if (error instanceof Died) await restart()
          else if (!(error instanceof StorageError)) throw error
        }
      }
      const append = (count: number) => write(async (now) => ({ conversation: { ...now, length: now.length + count }, messages: Array.from({ length: count }, (_, n) => made(now.length + n)) }))
      const changed = (at: number, change: (message: Message) => Message) =>
        write(async (now) => {
          const stored = await history.messages(id, now.start, now.length)
          const message = stored[at % (stored.length || 1)]
          return { conversation: now, messages: message ? [change(message)] : [] }
        })
      if (before > 0) await append(before)
      for (const each of steps) {
        if (each.do === 'append') await append(each.count)
        else if (each.do === 'status') await changed(each.at, (message) => ({ ...message, status: 'read' }))
        else if (each.do === 'replace') await changed(each.at, ({ seq }) => made(seq))
        else if (each.do === 'trim') await write(async (now) => ({ conversation: { ...now, start: now.start + (each.at % (now.length - now.start + 1)) } }))
        else if (each.do === 'clear') await write(async (now) => ({ conversation: { ...now, start: now.length } }))
        else if (each.do === 'restart') await restart()
        else if (each.do === 'die') dies = each.writes
        else if (each.do === 'look') await history.find(id, [{ from: 'bob', id: 'nowhere' }])
        else if (each.do === 'remove') {
          try {
            await history.remove(id)
          } catch (error) {
            if (!(error instanceof Died)) throw error
            await restart()
          }
        } else if (each.do === 'fail') {
          disk.failing = 'full'
          await append(3)
          disk.failing = undefined
          await restart()
        } else if (each.do === 'lose' && before === 0) {
          // With fewer than 29 pages all of them are looked through.
          const segment = disk.appended.get(keys.idSegment(id, 0)) ?? []
          // All records of a page: an earlier one that is left counts as the page's, though it may lack its newest ids.
          const pageOfRecord = (record: string | undefined) => record?.match(/\d+/)?.[0]
          const lost = pageOfRecord(segment[each.at % (segment.length || 1)])
          const kept = each.at % 2 ? segment.filter((record) => pageOfRecord(record) !== lost) : []
          segment.splice(0, segment.length, ...kept)
          await restart()
        }
        const now = await head()
        const stored = await history.messages(id, now.start, now.length)
        if (before > 0 && each !== steps.at(-1)) continue
        const byId = new Map(stored.map((message) => [message.id, message.seq]))
        for (const opened of each.do === 'look' || dies !== undefined ? [history] : [history, await open(memory)]) {
          const refs = before > 0 ? [...used.values()].filter((_, n) => n % 40 === 0 || n > before - 100) : [...used.values()]
          const found = await opened.find(id, refs)
          expect(found).toEqual(refs.map((wanted) => byId.get(wanted.id)))
          expect(await opened.find(id, refs.slice(-20).map((wanted) => ({ ...wanted, from: 'mallory' })))).toEqual(refs.slice(-20).map(() => undefined))
        }
        if (each.do !== 'look' && dies === undefined) await restart()
      }
    }),
    { numRuns: 100 },
  )
}, 120_000)
