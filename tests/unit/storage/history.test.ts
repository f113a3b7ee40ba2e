/** What a history asks of its device: how much it reads and writes, and in what order. */
import { beforeEach, expect, it } from 'vitest'
import { createStorage } from '@/src/storage/history'
import type { KeyValue, Write } from '@/src/storage/key-value'
import { personKeys } from '@/src/storage/keys'
import { createMemoryKeyValue } from '@/src/storage/memory'
import type { History } from '@/src/storage/port'
import { alice, conversation, message, messages } from './make'

const id = 'peer:bob'
const keys = personKeys(alice)

let commits: (readonly Write[])[]
let reads: string[]
let kv: KeyValue
let history: History
/** Runs in the middle of every read. */
let whileReading: () => Promise<void>

beforeEach(async () => {
  commits = []
  reads = []
  whileReading = async () => {}
  const memory = createMemoryKeyValue()
  kv = {
    entries: memory.entries,
    async get(key) {
      reads.push(key)
      const value = await memory.get(key)
      await whileReading()
      return value
    },
    commit(writes) {
      commits.push(writes)
      return memory.commit(writes)
    },
  }
  history = await createStorage(kv).openHistory(alice)
})

it('writes the page of a message and its conversation, whatever the length of the log', async () => {
  await history.write([{ conversation: conversation(id, 2_000), messages: messages(0, 2_000) }])
  commits.length = 0
  await history.write([{ conversation: conversation(id, 2_001), messages: [message(2_000)] }])
  expect(commits.map((writes) => writes.map((write) => write.type === 'put' && write.key))).toEqual([[keys.page(id, 40), keys.conversation(id)]])
})

it('writes the messages of all entries before any conversation', async () => {
  await history.write([
    { conversation: conversation('peer:a', 1), messages: [message(0)] },
    { conversation: conversation('peer:b', 1), messages: [message(0)] },
  ])
  expect(commits[0]?.map((write) => write.type === 'put' && write.key)).toEqual([
    keys.page('peer:a', 0),
    keys.page('peer:b', 0),
    keys.conversation('peer:a'),
    keys.conversation('peer:b'),
  ])
})

it('writes a conversation alone without touching its log', async () => {
  await history.write([{ conversation: conversation(id, 0) }])
  expect(commits[0]).toHaveLength(1)
  expect(reads).toEqual([])
})

it('reads a page once, and a thousand pages without holding them all', async () => {
  await history.write([{ conversation: conversation(id, 50_000), messages: messages(0, 50_000) }])
  history = await createStorage(kv).openHistory(alice)
  reads = []
  await history.messages(id, 49_990, 50_000)
  await history.messages(id, 49_950, 49_960)
  expect(reads).toEqual([keys.page(id, 999)])
  await history.messages(id, 0, 50_000)
  reads = []
  await history.messages(id, 0, 50)
  expect(reads).toEqual([keys.page(id, 0)])
})

it('does not keep a page that a write replaced while it was being read', async () => {
  await history.write([{ conversation: conversation(id, 1), messages: [message(0, 'former')] }])
  history = await createStorage(kv).openHistory(alice)
  whileReading = async () => {
    whileReading = async () => {}
    // also turns the cache over, so that the new page is not in it
    await history.write([{ conversation: conversation(id, 1), messages: [message(0, 'new')] }])
    await history.write([{ conversation: conversation('peer:x', 2_000), messages: messages(0, 2_000) }])
  }
  await history.messages(id, 0, 1)
  expect(await history.messages(id, 0, 1)).toEqual([message(0, 'new')])
})

it('shows nothing of a write before it is durable', async () => {
  await history.write([{ conversation: conversation(id, 1), messages: [message(0, 'former')] }])
  await history.messages(id, 0, 1)
  let read: unknown
  const { commit } = kv
  kv.commit = async (writes) => {
    read = await history.messages(id, 0, 2)
    return commit(writes)
  }
  await history.write([{ conversation: conversation(id, 2), messages: [message(0, 'new'), message(1)] }])
  expect(read).toEqual([message(0, 'former')])
  expect(await history.messages(id, 0, 2)).toEqual([message(0, 'new'), message(1)])
})

it('keeps people apart whose ids joined would be the same', () => {
  expect(personKeys({ appId: 'ab', uid: 'c' }).conversations).not.toBe(personKeys({ appId: 'a', uid: 'bc' }).conversations)
})
