/** Edits, recalls and reactions become part of their message in the log, whenever they come and whatever happens to the device. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { joined, type MessageChanges } from '@/src/chat/message/message-changes'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { createStorage } from '@/src/storage/history/create-storage'
import { LOOK_UPS_A_SECOND } from '@/src/storage/history/folding'
import { WAITING_MAX_MS } from '@/src/storage/history/waiting-amendments'
import { personKeys } from '@/src/storage/keys'
import type { KeyValue } from '@/src/storage/kv/key-value'
import { StorageError, type Amendment, type Entry, type History } from '@/src/storage/port'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { TestClock } from '../../support/test-clock'
import { alice, conversation, message, messages } from './make'

const id: ConversationId = 'channel:x'
const keys = personKeys(alice)
const open = (kv: KeyValue): Promise<History> => createStorage(kv, () => 'one').openHistory(alice)

let made = 0
/** Of the message `id-<seq>` by bob. */
function amendment(seq: number, kind: string, more: object = {}, from = 'bob', name = `a${made++}`): Amendment {
  const raw = JSON.stringify({ v: 1, id: name, kind, target: { from: 'bob', id: `id-${seq}` }, rev: 1, at: 5, quiet: true, ...more })
  return { from, id: name, at: 1, raw }
}
const edit = (seq: number, text: string, rev = 1, from = 'bob') => amendment(seq, 'edit', { text, rev }, from)
const reaction = (seq: number, from: string, emoji = '👍') => amendment(seq, 'reaction', { emoji, on: true }, from)

async function amendedAt(history: History, seq: number): Promise<MessageChanges | undefined> {
  return (await history.messages(id, seq, seq + 1))[0]?.amended
}

afterEach(() => setClock(systemClock))

describe('a change of a message in the log', () => {
  it('is folded at any age, appended to its page, and read after a restart; the message itself stays as it was sent', async () => {
    const disk = new MemoryDisk()
    const history = await open(createMemoryKeyValue(disk))
    await history.write([{ conversation: conversation(id, 3_000), messages: messages(0, 3_000) }])
    const restarted = await open(createMemoryKeyValue(disk))
    await restarted.write([{ conversation: conversation(id, 3_000), amendments: [edit(7, 'new words'), reaction(1_234, 'carol'), amendment(2_999, 'recall')] }])
    for (const each of [restarted, await open(createMemoryKeyValue(disk))]) {
      expect(await amendedAt(each, 7)).toMatchObject({ edit: { text: 'new words' } })
      expect(await amendedAt(each, 1_234)).toMatchObject({ reactions: [{ by: 'carol', emoji: '👍', on: true }] })
      expect(await amendedAt(each, 2_999)).toMatchObject({ recall: { rev: 1 } })
      expect((await each.messages(id, 7, 8)).map(({ body }) => body)).toEqual([{ kind: 'text', text: 'text 7' }])
      expect(await each.amendments(id)).toEqual([])
      expect(each.damage().unreadable).toBe(0)
    }
  })

  it('is written once, and stays when the status of its message changes or its page is rewritten', async () => {
    const disk = new MemoryDisk()
    const kv = createMemoryKeyValue(disk)
    const history = await open(kv)
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
    const change = edit(0, 'new words')
    for (let copy = 0; copy < 3; copy++) await history.write([{ conversation: conversation(id, 1), amendments: [change] }])
    expect(((await kv.list(keys.page(id, 0))).appended as object[]).filter((record) => 'amend' in record)).toHaveLength(1)
    // The caller's copy knows nothing of the change.
    for (let n = 0; n < 310; n++) await history.write([{ conversation: conversation(id, 1), messages: [message(0, 'text 0', { status: n % 2 ? 'read' : 'received' })] }])
    expect((await kv.list(keys.page(id, 0))).appended.length).toBeLessThan(310)
    for (const each of [history, await open(createMemoryKeyValue(disk))]) expect(await amendedAt(each, 0)).toMatchObject({ edit: { text: 'new words' } })
    const { bytes } = await history.usage()
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(2_000)
  })

  it('is reported by the commit that repeats it, where the first one had written it before it failed', async () => {
    const disk = new MemoryDisk()
    const history = await open(createMemoryKeyValue(disk))
    const reported: unknown[] = []
    history.onAmended = (_id, amended) => void reported.push(...amended.map(({ message, former }) => [message.amended?.edit?.text, former?.amended?.edit?.text]))
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
    const first = { conversation: conversation(id, 1), amendments: [edit(0, 'first')] }
    await history.write([first])
    const second = { conversation: conversation(id, 1), amendments: [edit(0, 'second', 2)] }
    disk.isTearing = true
    await expect(history.write([second])).rejects.toThrow(StorageError)
    disk.isTearing = false
    expect(await amendedAt(history, 0)).toMatchObject({ edit: { text: 'second' } })
    expect(reported).toEqual([['first', undefined]])
    for (let copy = 0; copy < 2; copy++) await history.write([second])
    expect(reported).toEqual([['first', undefined], ['second', 'first']])
  })

  it('is not reported with the former state of another message that had its place', async () => {
    const disk = new MemoryDisk()
    const history = await open(createMemoryKeyValue(disk))
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
    disk.isTearing = true
    await expect(history.write([{ conversation: conversation(id, 1), amendments: [edit(0, 'first')] }])).rejects.toThrow(StorageError)
    disk.isTearing = false
    await history.remove(id)
    const other = message(0, 'other', { id: 'other' })
    const reported: unknown[] = []
    history.onAmended = (_id, amended) => void reported.push(...amended.map(({ former }) => former?.id))
    await history.write([{ conversation: conversation(id, 1), messages: [other] }])
    const raw = JSON.stringify({ v: 1, id: 'e', kind: 'edit', target: { from: 'bob', id: 'other' }, rev: 1, at: 5, quiet: true, text: 'new' })
    await history.write([{ conversation: conversation(id, 1), amendments: [{ from: 'bob', id: 'e', at: 1, raw }] }])
    expect(reported).toEqual(['other'])
  })

  it('is dropped without a word if it is malformed, not its sender’s to make, or of a message that was cleared', async () => {
    const disk = new MemoryDisk()
    const history = await open(createMemoryKeyValue(disk))
    await history.write([{ conversation: conversation(id, 60), messages: messages(0, 60) }])
    await history.write([{ conversation: conversation(id, 60, { start: 50 }) }])
    const dropped = [edit(55, 'forged', 1, 'mallory'), amendment(55, 'recall', {}, 'mallory'), amendment(55, 'edit'), amendment(55, 'reaction', { emoji: 'ok', on: true })]
    await history.write([{ conversation: conversation(id, 60, { start: 50 }), amendments: dropped }])
    expect(await amendedAt(history, 55)).toBeUndefined()
    expect(await history.amendments(id)).toEqual([])
    await history.write([{ conversation: conversation(id, 60, { start: 60 }), isCleared: true }])
    expect(JSON.stringify([...disk.texts, ...disk.appended])).not.toContain('text 5')
  })

  it('belongs to its message, not to one that takes its place after a crash', async () => {
    const kv = createMemoryKeyValue()
    const history = await open(kv)
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)], amendments: [edit(0, 'new words')] }])
    await history.write([{ conversation: conversation(id, 1), messages: [message(0, 'other', { id: 'other' })] }])
    for (const each of [history, await open(kv)]) expect(await each.messages(id, 0, 1)).toEqual([message(0, 'other', { id: 'other' })])
  })
})

describe('a change that comes before its message', () => {
  it('waits over a restart, and is folded in the commit that brings the message', async () => {
    const disk = new MemoryDisk()
    const kv = createMemoryKeyValue(disk)
    const history = await open(kv)
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)], amendments: [edit(1, 'new words'), edit(1, 'forged', 9, 'mallory')] }])
    // A forged one does not wait.
    expect(await history.amendments(id)).toHaveLength(1)
    const restarted = await open(createMemoryKeyValue(disk))
    await restarted.write([{ conversation: conversation(id, 2), messages: [message(1)] }])
    for (const each of [restarted, await open(createMemoryKeyValue(disk))]) {
      expect(await amendedAt(each, 1)).toMatchObject({ edit: { text: 'new words', rev: 1 } })
      expect(await each.amendments(id)).toEqual([])
    }
  })

  it('is folded by a sweep into what the log holds by then: nothing of a newer commit is written over', async () => {
    const clock = new TestClock()
    setClock(clock)
    const disk = new MemoryDisk()
    const kv = createMemoryKeyValue(disk)
    const history = await open(kv)
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
    const kept = edit(0, 'new words')
    await kv.commit([{ type: 'put', key: keys.amendments, value: { v: 1, amendments: [[id, kept.from, kept.id, kept.at, kept.raw]] } }])
    // Each commit takes a second, so that the sweep's is queued behind others.
    const slow: KeyValue = { ...kv, commit: (writes, owner) => new Promise((resolve, reject) => clock.after(1_000, () => kv.commit(writes, owner).then(resolve, reject))) }
    const later = await clock.advanceUntil(open(slow), 100)
    await clock.advanceUntil(later.conversations(), 100)
    later.indexOldPages()
    for (let length = 2; length < 9; length++) {
      void later.write([{ conversation: conversation(id, length, { pending: [length - 1] }), messages: [message(length - 1)] }])
      await clock.advance(700)
    }
    await clock.advance(60_000)
    expect(await amendedAt(later, 0)).toMatchObject({ edit: { text: 'new words' } })
    for (const each of [later, await open(createMemoryKeyValue(disk))]) {
      expect((await each.conversations()).map(({ length, pending }) => [length, pending])).toEqual([[8, [7]]])
      expect(await each.messages(id, 0, 9)).toHaveLength(8)
    }
  })

  it('is folded by a sweep that storage refused at first', async () => {
    const clock = new TestClock()
    setClock(clock)
    const disk = new MemoryDisk()
    const kv = createMemoryKeyValue(disk)
    const history = await open(kv)
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
    const kept = edit(0, 'new words')
    await kv.commit([{ type: 'put', key: keys.amendments, value: { v: 1, amendments: [[id, kept.from, kept.id, kept.at, kept.raw]] } }])
    const later = await open(createMemoryKeyValue(disk))
    await later.conversations()
    later.indexOldPages()
    disk.failing = 'failed'
    await clock.advance(60_000)
    expect(await amendedAt(later, 0)).toBeUndefined()
    disk.failing = undefined
    await clock.advance(60_000)
    expect(await amendedAt(later, 0)).toMatchObject({ edit: { text: 'new words' } })
  })

  it('comes with it in one commit, in either order', async () => {
    const history = await open(createMemoryKeyValue())
    await Promise.all([
      history.write([{ conversation: conversation(id, 1), amendments: [edit(0, 'first')] }]),
      history.write([{ conversation: conversation(id, 1), messages: [message(0)] }]),
      history.write([{ conversation: conversation(id, 1), amendments: [edit(0, 'second', 2)] }]),
    ])
    expect(await amendedAt(history, 0)).toMatchObject({ edit: { text: 'second' } })
    expect(await history.amendments(id)).toEqual([])
  })

  it('that an earlier version kept is folded after the start, some at a time; what stays without its message goes after eight days', async () => {
    const clock = new TestClock()
    setClock(clock)
    const disk = new MemoryDisk()
    const kv = createMemoryKeyValue(disk)
    const history = await open(kv)
    await history.write([{ conversation: conversation(id, 300), messages: messages(0, 300) }])
    const kept = [...Array.from({ length: 100 }, (_, n) => reaction(n, `user${n}`)), edit(999, 'of a message that never came')]
    await kv.commit([{ type: 'put', key: keys.amendments, value: { v: 1, amendments: kept.map((each) => [id, each.from, each.id, each.at, each.raw]) } }])
    const later = await open(createMemoryKeyValue(disk))
    await later.conversations()
    later.indexOldPages()
    await clock.advance(10_000)
    expect((await later.messages(id, 0, 100)).map(({ amended }) => amended?.reactions?.[0]?.by)).toEqual(Array.from({ length: 100 }, (_, n) => `user${n}`))
    expect(await later.amendments(id)).toHaveLength(1)

    for (const [passed, left] of [[WAITING_MAX_MS - 60_000, 1], [120_000, 0]] as const) {
      await clock.advance(passed)
      const next = await open(createMemoryKeyValue(disk))
      await next.conversations()
      next.indexOldPages()
      await clock.advance(10_000)
      expect(await next.amendments(id)).toHaveLength(left)
    }
  }, 60_000)

  it('looks for its message at most 50 times a second in a conversation; more of them wait', async () => {
    const clock = new TestClock()
    setClock(clock)
    const history = await open(createMemoryKeyValue())
    await history.write([{ conversation: conversation(id, 200), messages: messages(0, 200) }])
    const flood = Array.from({ length: LOOK_UPS_A_SECOND + 20 }, (_, n) => reaction(n, `user${n}`))
    await history.write([{ conversation: conversation(id, 200), amendments: flood }])
    expect(await history.amendments(id)).toHaveLength(20)
    history.indexOldPages()
    await clock.advance(10_000)
    expect(await history.amendments(id)).toEqual([])
    expect((await history.messages(id, 0, 70)).every(({ amended }) => amended?.reactions?.length === 1)).toBe(true)
  })
})

it('ends in one state, in whatever order a message and six changes come, how often, and however the device fails and the program is killed', async () => {
  const changes = [edit(0, 'one', 1), edit(0, 'two', 2), edit(0, 'forged', 9, 'mallory'), amendment(0, 'recall'), reaction(0, 'carol'), reaction(0, 'dave', '🎉')]
  // Its words have left the device, those of the edits as well.
  const expected: MessageChanges = [
    { erased: true },
    { recall: { rev: 1, at: 5, id: changes[3]!.id } },
    { reactions: [{ rev: 1, at: 5, id: changes[4]!.id, by: 'carol', emoji: '👍', on: true }] },
    { reactions: [{ rev: 1, at: 5, id: changes[5]!.id, by: 'dave', emoji: '🎉', on: true }] },
  ].reduce<MessageChanges>((state, each) => joined(state, each as MessageChanges), {})
  /** Other messages come in between, so that pages are completed and rewritten. */
  const step = fc.record({ what: fc.integer({ min: -1, max: 6 }), dies: fc.option(fc.nat({ max: 6 }), { nil: undefined, freq: 4 }), restarts: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (course) => {
      const disk = new MemoryDisk()
      let dies: number | undefined
      const device = (): KeyValue => {
        const memory = createMemoryKeyValue(disk)
        const commit: KeyValue['commit'] = async (writes, owner) => {
          if (dies === undefined) return memory.commit(writes, owner)
          // Killed halfway: the writes before that stay.
          await memory.commit(writes.slice(0, dies), owner)
          throw new StorageError('failed', 'killed')
        }
        return { ...memory, commit }
      }
      let history = await open(device())
      await history.write([{ conversation: conversation(id, 40), messages: messages(1_000, 1_040).map((each, seq) => ({ ...each, seq })) }])
      const known = async () => (await history.find(id, [{ from: 'bob', id: 'id-0' }]))[0]
      const deliver = async (what: number): Promise<boolean> => {
        const [current] = await history.conversations()
        const length = current?.length ?? 0
        // A copy of a message changes nothing.
        const isCopy = what === 0 && (await known()) !== undefined
        const entry = (): Entry => {
          if (what > 0) return { conversation: conversation(id, length), amendments: [changes[what - 1]!] }
          const name = what === 0 ? 'id-0' : `other-${length}`
          if (isCopy) return { conversation: conversation(id, length) }
          return { conversation: conversation(id, length + 1), messages: [message(length, 'words', { id: name })] }
        }
        try {
          await history.write([entry()])
          return true
        } catch (error) {
          expect(error).toBeInstanceOf(StorageError)
          return false
        }
      }
      const restart = async () => {
        dies = undefined
        history = await open(device())
        await history.conversations()
      }
      for (const { what, dies: after, restarts } of course) {
        dies = after
        const isKept = await deliver(what)
        if (!isKept || restarts) await restart()
      }
      // The service delivers again every message that was not acknowledged.
      await restart()
      for (let what = 0; what <= 6; what++) expect(await deliver(what)).toBe(true)
      await restart()
      const seq = (await known())!
      const [found] = await history.messages(id, seq, seq + 1)
      expect(found).toEqual({ ...message(seq, '', { id: 'id-0' }), amended: expected })
      expect([...disk.texts.values(), ...[...disk.appended].flatMap(([key, texts]) => (key.startsWith('amend') ? [] : texts))].filter((text) => /"two"|"id":"id-0",[^}]*"words"/.test(text))).toEqual([])
      expect(await history.amendments(id)).toEqual([])
      expect(history.damage().unreadable).toBe(0)
    }),
    { numRuns: 300 },
  )
}, 120_000)
