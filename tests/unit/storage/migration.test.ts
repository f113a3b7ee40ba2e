/** A history of 100,000 messages that the release of format 2 wrote, while this version makes it its own and is killed again and again. */
import { afterEach, expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { createStorage } from '@/src/storage/history/create-storage'
import { PAGE_SIZE, personKeys } from '@/src/storage/keys'
import type { KeyValue, Write } from '@/src/storage/kv/key-value'
import { StorageError, type Amendment, type History } from '@/src/storage/port'
import { rowRecord } from '@/src/storage/records'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { TestClock } from '../../support/test-clock'
import { alice, conversation, message, messages } from './make'

const LENGTH = 100_000
const id: ConversationId = 'channel:old'
const keys = personKeys(alice)
const former = messages(0, LENGTH)

/** As format 2 had it: pages without an index of ids, and the amendments in a list of their own. */
async function disk2(amendments: readonly Amendment[]): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  const row = rowRecord({ conversation: conversation(id, LENGTH), bytes: LENGTH * 200, since: former[0]!.at })
  const writes: Write[] = [
    { type: 'put', key: `${keys.index}1.0`, value: { rows: [row] } },
    { type: 'put', key: `${keys.index}meta`, value: { v: 2, generation: 1, pages: 1 } },
    { type: 'put', key: keys.amendments, value: { v: 1, amendments: amendments.map((each) => [id, each.from, each.id, each.at, each.raw]) } },
  ]
  for (let page = 0; page < LENGTH / PAGE_SIZE; page++) writes.push({ type: 'put', key: keys.page(id, page), value: { v: 1, messages: former.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE) } })
  await createMemoryKeyValue(disk).commit(writes)
  return disk
}

const reaction = (seq: number, from: string): Amendment => ({ from, id: `r-${seq}`, at: 1, raw: JSON.stringify({ v: 1, id: `r-${seq}`, kind: 'reaction', target: { from: 'bob', id: `id-${seq}` }, rev: 1, at: 5, emoji: '👍', on: true, quiet: true }) })

/** Numbers from 0 up to but not including 1. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

afterEach(() => setClock(systemClock))

it.each([1, 2, 3])('opens at once, is found in, loses nothing and ends in format 3: seed %i', async (seed) => {
  const clock = new TestClock()
  setClock(clock)
  const next = random(seed)
  const kept = Array.from({ length: 30 }, (_, n) => reaction(Math.floor(next() * LENGTH), `user${n}`))
  const disk = await disk2(kept)
  let reads = 0
  let isDying = false
  const open = async (): Promise<History> => {
    const memory = createMemoryKeyValue(disk)
    const commit: KeyValue['commit'] = async (writes, owner) => {
      if (!isDying) return memory.commit(writes, owner)
      await memory.commit(writes.slice(0, Math.floor(next() * (writes.length + 1))), owner)
      throw new StorageError('failed', 'killed')
    }
    return createStorage({ ...memory, commit, list: (key, when) => (reads++, memory.list(key, when)) }, () => 'one').openHistory(alice)
  }
  let history = await open()
  // the meta, the journal and the first page of the index
  expect(reads).toBeLessThanOrEqual(4)
  expect((await history.conversations()).map(({ length }) => length)).toEqual([LENGTH])
  expect(await history.messages(id, 50_000, 50_003)).toEqual(former.slice(50_000, 50_003))
  let stop = history.indexOldPages()

  const added: Message[] = []
  let tries = 0
  for (let step = 0; step < 60; step++) {
    isDying = next() < 0.3
    const newest = message(LENGTH + added.length, 'new', { id: `new-${tries++}` })
    const isKept = next() < 0.5 ? await history.write([{ conversation: conversation(id, newest.seq + 1), messages: [newest] }]).then(() => true, () => false) : undefined
    if (isKept) added.push(newest)
    await clock.advance(100 + Math.floor(next() * 4_000))
    if (!isDying) continue
    stop()
    isDying = false
    history = await open()
    // What a killed commit wrote whole is there, and counts.
    const [now] = await history.conversations()
    if (now!.length > LENGTH + added.length) added.push(newest)
    stop = history.indexOldPages()
  }
  while ((await createMemoryKeyValue(disk).list(keys.indexed)).value === undefined) await clock.advance(1_000)
  // What waited for its message is folded once every id is indexed.
  await clock.advance(10_000)

  const samples = Array.from({ length: 1_000 }, () => former[Math.floor(next() * LENGTH)]!)
  expect(await history.find(id, samples.map(({ from, id: messageId }) => ({ from, id: messageId })))).toEqual(samples.map(({ seq }) => seq))
  const reacted = new Set(kept.map(({ id: name }) => Number(name.slice(2))))
  for (let from = 0; from < LENGTH; from += 5_000) {
    const read = await history.messages(id, from, from + 5_000)
    expect(read.map(({ amended: _changes, ...each }) => each)).toEqual(former.slice(from, from + 5_000))
    expect(read.filter(({ amended }) => amended).map(({ seq }) => seq)).toEqual([...reacted].filter((seq) => seq >= from && seq < from + 5_000).sort((a, b) => a - b))
  }
  expect(await history.messages(id, LENGTH, LENGTH + 99)).toEqual(added)
  expect(await history.amendments(id)).toEqual([])
  expect(history.damage().unreadable).toBe(0)
  expect(await createMemoryKeyValue(disk).get(`${keys.index}meta`)).toMatchObject({ v: 3 })
  stop()
}, 120_000)
