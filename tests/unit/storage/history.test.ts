/** A history's use of its device: how much it reads and writes, and in what order. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createStorage } from '@/src/storage/history/create-storage'
import type { KeyValue, Write } from '@/src/storage/kv/key-value'
import { personKeys } from '@/src/storage/keys'
import { createMemoryKeyValue } from '../../support/memory-key-value'
import { StorageError, type History } from '@/src/storage/port'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { alice, conversation, message, messages } from './make'

const id = 'peer:bob'
const keys = personKeys(alice)

const journal = `${keys.index}0.journal`
/** The appended records of each commit: where, and how many. */
const appended = () => commits.map((writes) => writes.map((write) => (write.type === 'append' ? [write.key, write.values.length] : write)))

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
    ...memory,
    async list(key) {
      if (key.startsWith('log/')) reads.push(key)
      const listed = await memory.list(key)
      await whileReading()
      return listed
    },
    commit(writes, owner) {
      commits.push(writes)
      return memory.commit(writes, owner)
    },
  }
  history = await createStorage(kv).openHistory(alice)
  await history.conversations()
  commits.length = 0
})

it('writes the page of a message and its conversation, whatever the length of the log', async () => {
  await history.write([{ conversation: conversation(id, 2_000), messages: messages(0, 2_000) }])
  commits.length = 0
  await history.write([{ conversation: conversation(id, 2_001), messages: [message(2_000)] }])
  expect(appended()).toEqual([[[keys.page(id, 40), 1], [journal, 1]]])
  commits.length = 0
  await history.write([{ conversation: conversation(id, 2_001), messages: [message(7, 'text 7', { status: 'read' })] }])
  expect(appended()).toEqual([[[keys.page(id, 0), 1], [journal, 1]]])
  expect(commits[0]?.[0]).toMatchObject({ values: [{ seq: 7, status: 'read' }] })
})

it('writes the messages of all entries before any conversation', async () => {
  await history.write([
    { conversation: conversation('peer:a', 1), messages: [message(0)] },
    { conversation: conversation('peer:b', 1), messages: [message(0)] },
  ])
  expect(appended().map((writes) => writes.filter((write) => Array.isArray(write)))).toEqual([[[keys.page('peer:a', 0), 1], [keys.page('peer:b', 0), 1], [journal, 2]]])
})

it('writes a conversation alone without its log', async () => {
  await history.write([{ conversation: conversation(id, 0) }])
  // The first commit also says which format the history may have from now on.
  expect(commits[0]?.map((write) => `${write.type} ${'key' in write ? write.key : ''}`)).toEqual([`put ${keys.index}meta`, `append ${journal}`])
  await history.write([{ conversation: conversation(id, 0) }])
  expect(commits[1]).toHaveLength(1)
  expect(reads).toEqual([])
})

it('reads a page once, and a thousand pages without keeping them all', async () => {
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

it('does not keep a page that a write replaced during its read', async () => {
  await history.write([{ conversation: conversation(id, 1), messages: [message(0, 'former')] }])
  history = await createStorage(kv).openHistory(alice)
  whileReading = async () => {
    whileReading = async () => {}
    // Also replaces the content of the cache, so that the new page is not in it.
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
  kv.commit = async (writes, owner) => {
    read = await history.messages(id, 0, 2)
    return commit(writes, owner)
  }
  await history.write([{ conversation: conversation(id, 2), messages: [message(0, 'new'), message(1)] }])
  expect(read).toEqual([message(0, 'former')])
  expect(await history.messages(id, 0, 2)).toEqual([message(0, 'new'), message(1)])
})

it('separates users whose joined ids would be equal', () => {
  expect(personKeys({ appId: 'ab', uid: 'c' }).conversations).not.toBe(personKeys({ appId: 'a', uid: 'bc' }).conversations)
})

function isIndexPage(write: Write): boolean {
  return write.type === 'put' && write.key.startsWith(keys.index) && write.key !== `${keys.index}meta`
}

it('rewrites the index, in pages, once its journal has grown, and a start then reads few rows', async () => {
  const ids = Array.from({ length: 120 }, (_, n): ConversationId => `peer:${n}`)
  for (let round = 0; round < 3; round++) {
    for (const [n, each] of ids.entries()) await history.write([{ conversation: conversation(each, round, { at: n }) }])
  }
  const renewals = commits.filter((writes) => writes.some(isIndexPage))
  expect(renewals).toHaveLength(1)
  expect(renewals[0]?.map((write) => `${write.type} ${'key' in write ? write.key.slice(keys.index.length) : ''}`)).toEqual([
    'put 1.0',
    'put 1.1',
    'put 1.2',
    'delete 1.journal',
    'put meta',
  ])
  expect(await kv.list(journal)).toEqual({ value: undefined, appended: [], unreadable: 0 })
  expect((await kv.list(`${keys.index}1.journal`)).appended).toHaveLength(60)
  const again = await createStorage(kv).openHistory(alice)
  expect((await again.conversations()).map(({ id: each, length }) => [each, length]).sort()).toEqual(ids.map((each) => [each, 2]).sort())
})

it('continues with its journal while the disk rejects a new index', async () => {
  const { commit } = kv
  kv.commit = async (writes, owner) => {
    if (writes.some(isIndexPage)) throw new StorageError('full', 'no room')
    return commit(writes, owner)
  }
  for (let n = 0; n < 310; n++) await history.write([{ conversation: conversation(id, n) }])
  kv.commit = commit
  history = await createStorage(kv).openHistory(alice)
  expect((await history.conversations())[0]?.length).toBe(309)
  await history.write([{ conversation: conversation(id, 400) }])
  expect((await kv.list(journal)).appended).toEqual([])
})

it('retries a new index only now and then while the disk rejects it', async () => {
  const { commit } = kv
  let tries = 0
  kv.commit = async (writes, owner) => {
    if (!writes.some(isIndexPage)) return commit(writes, owner)
    tries++
    throw new StorageError('full', 'no room')
  }
  for (let n = 0; n < 420; n++) await history.write([{ conversation: conversation(id, n) }])
  expect(tries).toBe(3)
  kv.commit = commit
  for (let n = 420; n < 450; n++) await history.write([{ conversation: conversation(id, n) }])
  expect((await kv.list(journal)).appended).toEqual([])
})

it('deletes with the next new index the rest of a failed one', async () => {
  const { commit } = kv
  kv.commit = async (writes, owner) => {
    if (writes.every((write) => write.type === 'delete')) throw new StorageError('failed', 'it stays')
    return commit(writes, owner)
  }
  for (let n = 0; n < 310; n++) await history.write([{ conversation: conversation(id, n) }])
  kv.commit = commit
  expect((await kv.names(keys.index)).sort()).toEqual(['0.journal', '1.0', '1.journal', 'meta'])
  for (let n = 310; n < 610; n++) await history.write([{ conversation: conversation(id, n) }])
  expect((await kv.names(keys.index)).sort()).toEqual(['2.0', '2.journal', 'meta'])
})

it('has the data that another wrote before the take-over', async () => {
  await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
  const { commit } = kv
  kv.commit = async (writes, owner) => {
    kv.commit = commit
    // The other one is not done yet when this one begins to take it over.
    await history.write([{ conversation: conversation(id, 2), messages: [message(1)] }])
    return commit(writes, owner)
  }
  const second = await createStorage(kv, () => 'second').openHistory(alice)
  expect(second.recent()).toEqual([conversation(id, 2)])
})

it('is rejected once another has opened it, and the data of that one is kept', async () => {
  const other = await createStorage(kv).openHistory(alice)
  const late = history.write([{ conversation: conversation(id, 1), messages: [message(0, 'late')] }])
  await expect(late).rejects.toMatchObject({ name: 'StorageError', failure: 'taken-over' })
  await expect(history.saveDraft(id, 'late')).rejects.toMatchObject({ failure: 'taken-over' })
  await other.write([{ conversation: conversation(id, 1), messages: [message(0, 'first')] }])
  expect(await (await createStorage(kv).openHistory(alice)).messages(id, 0, 9)).toEqual([message(0, 'first')])
})

it('has saved everything before the same program opens it again, and accepts nothing after', async () => {
  const storage = createStorage({ ...kv, isAlone: true })
  const first = await storage.openHistory(alice)
  const given = [0, 1, 2].map((seq) => first.write([{ conversation: conversation(id, seq + 1), messages: [message(seq)] }]))
  const second = await storage.openHistory(alice)
  await Promise.all(given)
  expect(second.recent()).toEqual([conversation(id, 3)])
  await expect(first.write([{ conversation: conversation(id, 4), messages: [message(3, 'late')] }])).rejects.toMatchObject({ failure: 'taken-over' })
  await second.write([{ conversation: conversation(id, 4), messages: [message(3)] }])
  expect(await (await storage.openHistory(alice)).messages(id, 0, 9)).toEqual(messages(0, 4))
})

it('that was opened read-only is rejected too, once another has opened it', async () => {
  const { commit } = kv
  const full = () => Promise.reject(new StorageError('full', 'no room'))
  const [late, alone] = [{ conversation: conversation(id, 1), messages: [message(0, 'late')] }, { conversation: conversation(id, 1), messages: [message(0, 'alone')] }]
  kv.commit = full
  const first = await createStorage(kv).openHistory(alice)
  kv.commit = commit
  const second = await createStorage(kv).openHistory(alice)
  await expect(first.write([late])).rejects.toMatchObject({ failure: 'taken-over' })
  kv.commit = full
  const third = await createStorage(kv).openHistory(alice)
  kv.commit = commit
  await third.write([alone])
  await expect(second.write([late])).rejects.toMatchObject({ failure: 'taken-over' })
  expect(await (await createStorage(kv).openHistory(alice)).messages(id, 0, 9)).toEqual([message(0, 'alone')])
})

describe('a history that was opened read-only', () => {
  let late: History
  beforeEach(async () => {
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
    const { commit } = kv
    kv.commit = () => Promise.reject(new StorageError('full', 'no room'))
    late = await createStorage(kv).openHistory(alice)
    kv.commit = commit
  })
  const write = (of: History, seq: number, words: string) => of.write([{ conversation: conversation(id, seq + 1), messages: [message(seq, words)] }])
  const texts = async () => (await (await createStorage(kv).openHistory(alice)).messages(id, 0, 9)).map(({ body }) => body.kind === 'text' && body.text)

  it('is written once there is room', async () => {
    await write(late, 1, 'late')
    await expect(write(history, 1, 'first')).rejects.toMatchObject({ failure: 'taken-over' })
    await write(late, 2, 'later')
    expect(await texts()).toEqual(['text 0', 'late', 'later'])
  })

  it.each([
    ['written', async () => write(history, 1, 'first'), ['text 0', 'first']],
    ['written its index anew', async () => {
      for (let n = 0; n < 300; n++) await write(history, 1, 'first')
    }, ['text 0', 'first']],
  ])('is rejected if the one that had it open has %s since, and that one continues', async (_how, change, before) => {
    await change()
    await expect(write(late, 1, 'late')).rejects.toMatchObject({ name: 'StorageError', failure: 'taken-over' })
    await expect(late.saveDraft(id, 'late')).rejects.toMatchObject({ failure: 'taken-over' })
    await write(history, 2, 'second')
    expect(await texts()).toEqual([...before, 'second'])
  })

  it('is rejected even if that one writes at the very moment of the take-over, and that one continues', async () => {
    const { commit } = kv
    kv.commit = async (writes, owner) => {
      kv.commit = commit
      await write(history, 1, 'first')
      return commit(writes, owner)
    }
    await expect(write(late, 1, 'late')).rejects.toMatchObject({ failure: 'taken-over' })
    await write(history, 2, 'second')
    expect(await texts()).toEqual(['text 0', 'first', 'second'])
  })

  it('is taken over once, however much is written at first', async () => {
    await Promise.all([write(late, 1, 'late'), late.markReported(), late.saveDraft(id, 'typed')])
    expect(await texts()).toEqual(['text 0', 'late'])
    expect(await (await createStorage(kv).openHistory(alice)).draft(id)).toBe('typed')
  })
})

it('keeps its count of bytes correct however often messages change, are rewritten and deleted', async () => {
  let start = 0
  let length = 0
  for (let round = 0; round < 30; round++) {
    await history.write([{ conversation: conversation(id, length + 50, { start }), messages: messages(length, length + 50) }])
    for (let n = 0; n < 8; n++) {
      const status = n % 2 ? ('read' as const) : ('delivered' as const)
      await history.write([{ conversation: conversation(id, length + 50, { start }), messages: messages(length, length + 50).map((each) => ({ ...each, status })) }])
    }
    length += 50
    if (round > 5) await history.write([{ conversation: conversation(id, length, { start: (start += 50) }) }])
  }
  let bytes = 0
  for (const name of await kv.names(keys.log(id))) {
    const { value, appended: records } = await kv.list(`${keys.log(id)}${name}`)
    bytes += Buffer.byteLength(JSON.stringify(value ?? null)) + records.reduce<number>((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)), 0)
  }
  const used = (await history.usage()).bytes
  expect(used).toBeGreaterThan(bytes)
  expect(used).toBeLessThan(bytes * 1.5)
})

it('is closed, and empty, if the device returns nothing', async () => {
  kv.list = () => Promise.reject(new StorageError('unavailable', 'switched off'))
  const closed = await createStorage(kv).openHistory(alice)
  expect(closed.damage()).toEqual({ unreadable: 0, isUnreported: false, closed: 'unavailable' })
  expect(await closed.conversations()).toEqual([])
  await expect(closed.write([{ conversation: conversation(id, 1), messages: [message(0)] }])).rejects.toMatchObject({ failure: 'unavailable' })
})

it('reads again what the device did not return', async () => {
  await history.write([{ conversation: conversation(id, 3) }])
  const opened = await createStorage(kv).openHistory(alice)
  const { entries } = kv
  Object.assign(kv, { entries: () => Promise.reject(new StorageError('failed', 'not now')) })
  await expect(opened.conversations()).rejects.toMatchObject({ failure: 'failed' })
  await expect(opened.write([{ conversation: conversation(id, 4) }])).rejects.toMatchObject({ failure: 'failed' })
  Object.assign(kv, { entries })
  expect((await opened.conversations()).map(({ length }) => length)).toEqual([3])
})

it('ignores data that a crash left between a page and the index, even while its place is reused', async () => {
  await history.write([{ conversation: conversation(id, 2), messages: messages(0, 2) }])
  await kv.commit([{ type: 'append', key: keys.page(id, 0), values: [{ message: message(2, 'never acknowledged') }] }])
  const again = await createStorage(kv).openHistory(alice)
  expect((await again.messages(id, 0, 10)).map(({ seq }) => seq)).toEqual([0, 1])
  const writing = again.write([{ conversation: conversation(id, 3), messages: [message(2, 'in its place')] }])
  expect((await again.messages(id, 0, 3)).map(({ body }) => body)).not.toContainEqual({ kind: 'text', text: 'never acknowledged' })
  await writing
  expect((await again.messages(id, 0, 10)).map(({ body }) => body)).toEqual([...messages(0, 2).map(({ body }) => body), { kind: 'text', text: 'in its place' }])
})

describe('deleting messages', () => {
  const cleared = { conversation: conversation(id, 230, { start: 230 }) }
  beforeEach(async () => {
    await history.write([{ conversation: conversation(id, 230), messages: messages(0, 230) }])
    commits.length = 0
    reads = []
  })

  it('changes the index first, then deletes, and reads no page when all of them go', async () => {
    await history.write([cleared])
    expect(reads).toEqual([])
    expect(commits).toHaveLength(2)
    expect(appended()[0]).toEqual([[journal, 1]])
    expect(commits[1]).toEqual([...[0, 1, 2, 3, 4].map((number) => ({ type: 'delete', key: keys.page(id, number) })), { type: 'clear', folder: keys.ids(id) }])
    expect((await history.usage()).bytes).toBe(0)
    commits.length = 0
    await history.write([{ conversation: conversation(id, 231, { start: 230 }), messages: [message(230)] }])
    await history.remove(id)
    expect(commits.slice(1).map((writes) => writes.map(({ type }) => type))).toEqual([['append'], ['clear', 'clear', 'delete']])
  })

  it('deletes a recreated page except its new messages, after the index', async () => {
    await Promise.all([history.saveDraft('peer:x', 'a group is on its way'), history.write([cleared]), history.write([{ conversation: conversation(id, 231, { start: 230 }), messages: [message(230)] }])])
    const [writes, deletions] = commits.slice(1)
    expect(writes?.map(({ type }) => type)).toEqual(['append', 'append'])
    expect(deletions?.at(-1)).toMatchObject({ type: 'put', key: keys.page(id, 4), value: { messages: [message(230)] } })
    for (const opened of [history, await createStorage(kv).openHistory(alice)]) expect(await opened.messages(id, 0, 300)).toEqual([message(230)])
  })

  it('that fails leaves data that takes room and is not read', async () => {
    const { commit } = kv
    kv.commit = async (writes, owner) => {
      if (writes.every((write) => write.type !== 'append')) throw new StorageError('failed', 'they stay')
      return commit(writes, owner)
    }
    await Promise.all([history.write([cleared]), history.write([{ conversation: conversation(id, 231, { start: 230 }), messages: [message(230)] }])])
    await history.remove('peer:unknown')
    kv.commit = commit
    const again = await createStorage(kv).openHistory(alice)
    expect(await again.conversations()).toEqual([conversation(id, 231, { start: 230 })])
    expect(await again.messages(id, 230, 300)).toEqual([message(230)])
    expect(again.damage().unreadable).toBe(0)
    // The next clearing finds them.
    await again.write([{ conversation: conversation(id, 231, { start: 231 }) }])
    expect(await kv.names(keys.log(id))).toEqual([])
  })

  it('changes nothing if the index cannot be changed', async () => {
    const { commit } = kv
    kv.commit = (writes, owner) => (writes.some((write) => write.type === 'append') ? Promise.reject(new StorageError('failed', 'no')) : commit(writes, owner))
    for (const start of [120, 230]) await expect(history.write([{ conversation: conversation(id, 230, { start }) }])).rejects.toMatchObject({ failure: 'failed' })
    await expect(history.remove(id)).rejects.toMatchObject({ failure: 'failed' })
    kv.commit = commit
    for (const opened of [history, await createStorage(kv).openHistory(alice)]) {
      expect(await opened.messages(id, 0, 300)).toEqual(messages(0, 230))
      expect(opened.damage().unreadable).toBe(0)
    }
  })

  it('is not undone by an earlier state of the conversation', async () => {
    await history.write([{ conversation: conversation(id, 230, { start: 120 }) }])
    await history.write([{ conversation: conversation(id, 230, { unread: 1 }) }])
    expect(await history.conversations()).toEqual([conversation(id, 230, { start: 120, unread: 1 })])
  })
})
