/** Edits, recalls and reactions that wait for a version that shows them: how many are kept, and which. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { utf8Length } from '@/src/chat/rtm-limits'
import { AMENDMENT_LIMITS, WaitingAmendments, type AmendmentLimits, type AmendmentStep } from '@/src/storage/history/waiting-amendments'
import { createStorage } from '@/src/storage/history/create-storage'
import type { KeyValue } from '@/src/storage/kv/key-value'
import { personKeys } from '@/src/storage/keys'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { StorageError } from '@/src/storage/port'
import { alice, conversation, message } from './make'

const KEY = personKeys(alice).amendments
const BOB: ConversationId = 'peer:bob'

let made = 0
function step(conversationId: ConversationId, from: string, raw: string): AmendmentStep {
  made++
  return { conversation: conversationId, amendment: { from, id: `a${made}`, at: made, raw } }
}

async function apply(kv: KeyValue, amendments: WaitingAmendments, steps: readonly AmendmentStep[]): Promise<void> {
  const change = await amendments.change(steps)
  await kv.commit(change.writes)
  change.done()
  const tidied = amendments.tidied()
  if (!tidied) return
  await kv.commit(tidied.writes)
  tidied.done()
}

/** All texts at the key: the size of the list on a device, without the separators of its records. */
function bytesOn(disk: MemoryDisk): number {
  return [disk.texts.get(KEY) ?? '', ...(disk.appended.get(KEY) ?? [])].reduce((sum, text) => sum + utf8Length(text), 0)
}

const CONVERSATIONS: readonly ConversationId[] = [BOB, 'channel:x', 'channel:__proto__']
const raws = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('', '"'.repeat(300), '好'.repeat(90), '\ud800'.repeat(50), '__proto__'))
const additions = fc.record({ conversation: fc.constantFrom(...CONVERSATIONS), from: fc.constantFrom('bob', 'carol', '__proto__'), raw: raws })
const courses = fc.array(fc.array(fc.oneof({ weight: 12, arbitrary: additions }, { weight: 1, arbitrary: fc.record({ conversation: fc.constantFrom(...CONVERSATIONS) }) }), { maxLength: 8 }), { maxLength: 25 })

describe('a flood of amendments', () => {
  it.each<[string, AmendmentLimits]>([
    ['by count', { count: 7, bytes: 1_000_000, perSender: 1_000, total: 1_000_000 }],
    ['by bytes', { count: 1_000, bytes: 700, perSender: 1_000, total: 1_000_000 }],
    ['by sender', { count: 1_000, bytes: 1_000_000, perSender: 3, total: 1_000_000 }],
    ['by all that a person has', { count: 1_000, bytes: 1_000_000, perSender: 1_000, total: 3_000 }],
    ['by all of them', { count: 9, bytes: 1_000, perSender: 4, total: 2_000 }],
  ])('stays within its limits, also over a restart, and the oldest go: %s', async (_what, limits) => {
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const disk = new MemoryDisk()
        const kv = createMemoryKeyValue(disk)
        const open = () => new WaitingAmendments(kv, KEY, limits)
        const amendments = open()
        const given: AmendmentStep[] = []
        for (const group of course) {
          const steps = group.map((each): AmendmentStep => ('raw' in each ? step(each.conversation, each.from, each.raw) : each))
          for (const each of steps) {
            if (each.amendment) given.push(each)
            else for (let n = given.length - 1; n >= 0; n--) if (given[n]?.conversation === each.conversation) given.splice(n, 1)
          }
          await apply(kv, amendments, steps)
          expect(bytesOn(disk)).toBeLessThanOrEqual(limits.total)
          for (const opened of [amendments, open()]) {
            for (const id of CONVERSATIONS) {
              const kept = await opened.of(id)
              const newest = given.filter((each) => each.conversation === id).map(({ amendment }) => amendment!)
              expect(kept.length).toBeLessThanOrEqual(limits.count)
              expect(kept.reduce((sum, { raw }) => sum + utf8Length(raw), 0)).toBeLessThanOrEqual(limits.bytes)
              for (const from of ['bob', 'carol', '__proto__']) {
                const ofSender = kept.filter((each) => each.from === from)
                expect(ofSender.length).toBeLessThanOrEqual(limits.perSender)
                // Of each sender the newest are kept, without a gap.
                expect(ofSender).toEqual(newest.filter((each) => each.from === from).slice(-ofSender.length || Infinity))
              }
            }
          }
        }
      }),
      { numRuns: 100 },
    )
  }, 120_000)

  it('leaves the newest that fit: 256 of a conversation, 32 of a sender', async () => {
    const kv = createMemoryKeyValue()
    const amendments = new WaitingAmendments(kv, KEY)
    const steps = Array.from({ length: 1_000 }, (_, n) => step('channel:x', `user${n % 20}`, `${n}`))
    for (const each of steps) await apply(kv, amendments, [each])
    expect((await amendments.of('channel:x')).map(({ raw }) => raw)).toEqual(steps.slice(-256).map(({ amendment }) => amendment!.raw))
    const own = Array.from({ length: 100 }, (_, n) => step(BOB, 'bob', `${n}`))
    await apply(kv, amendments, own)
    expect((await new WaitingAmendments(kv, KEY).of(BOB)).map(({ raw }) => raw)).toEqual(own.slice(-32).map(({ amendment }) => amendment!.raw))
  })

  it('of the largest envelopes, in their longest escaped form, takes at most 1 MB of the device and keeps the newest of each conversation', async () => {
    const disk = new MemoryDisk()
    const kv = createMemoryKeyValue(disk)
    const amendments = new WaitingAmendments(kv, KEY)
    const raw = '"'.repeat(32_768)
    for (let n = 0; n < 60; n++) {
      await apply(kv, amendments, [step(`peer:p${n}`, `p${n}`, raw), step(`peer:p${n}`, `p${n}`, raw)])
      expect(bytesOn(disk)).toBeLessThanOrEqual(AMENDMENT_LIMITS.total)
      expect(await amendments.of(`peer:p${n}`)).toHaveLength(1)
    }
    expect(await new WaitingAmendments(kv, KEY).of('peer:p0')).toEqual([])
  })
})

it('skips torn and damaged records and those of another form, and continues', async () => {
  const kv = createMemoryKeyValue()
  const good = [BOB, 'bob', 'a', 5, '{}']
  const bad = [null, 7, 'x', {}, [], [7], ['bob'], [BOB, 'bob'], [BOB, 'bob', 'a', '5', '{}'], [BOB, 1, 'a', 5, '{}'], [BOB, 'bob', null, 5, '{}'], [BOB, 'bob', 'a', 5, {}]]
  for (const value of [undefined, 'x', { v: 2, amendments: [good] }, { v: 1, amendments: 'x' }, { v: 1, amendments: bad }]) {
    await kv.commit([{ type: 'put', key: KEY, value: value ?? null }, { type: 'append', key: KEY, values: [...bad, good] }])
    const history = await createStorage(kv).openHistory(alice)
    expect(await history.amendments(BOB)).toEqual([{ from: 'bob', id: 'a', at: 5, raw: '{}' }])
    await history.write([{ conversation: conversation(BOB, 0), amendments: [{ from: 'bob', id: 'b', at: 6, raw: '{}' }] }])
    expect((await (await createStorage(kv).openHistory(alice)).amendments(BOB)).map(({ id }) => id)).toEqual(['a', 'b'])
  }
})

it('of a cleared conversation does not come back if its deletion failed, and is deleted with the next write', async () => {
  const disk = new MemoryDisk()
  const memory = createMemoryKeyValue(disk)
  let isFull = false
  const kv: KeyValue = {
    ...memory,
    commit: (writes, owner) =>
      isFull && writes.every(({ type }) => type !== 'append') ? Promise.reject(new StorageError('full', 'only appends')) : memory.commit(writes, owner),
  }
  const open = () => createStorage(kv, () => 'one').openHistory(alice)
  const history = await open()
  const amendment = (id: string) => ({ from: 'bob', id, at: 1, raw: `{"of":"${id}"}` })
  await history.write([
    { conversation: conversation(BOB, 1), messages: [message(0)], amendments: [amendment('secret')] },
    { conversation: conversation('peer:carol', 1), messages: [message(0)], amendments: [amendment('kept')] },
  ])
  isFull = true
  await history.write([{ conversation: conversation(BOB, 1, { start: 1 }), isCleared: true }])
  const again = await open()
  for (const opened of [history, again]) expect(await opened.amendments(BOB)).toEqual([])
  isFull = false
  await again.write([{ conversation: conversation('peer:carol', 1), amendments: [amendment('new')] }])
  expect(JSON.stringify([...disk.texts, ...disk.appended])).not.toContain('secret')
  expect((await (await open()).amendments('peer:carol')).map(({ id }) => id)).toEqual(['kept', 'new'])
})

it('goes when all messages of its time have gone, and stays while one of them exists', async () => {
  const history = await createStorage(createMemoryKeyValue()).openHistory(alice)
  const amendments = [{ from: 'bob', id: 'a', at: 1, raw: '{}' }]
  await history.write([{ conversation: conversation(BOB, 3), messages: [message(0), message(1), message(2)], amendments }])
  await history.write([{ conversation: conversation(BOB, 4, { start: 2 }), messages: [message(3)] }])
  expect(await history.amendments(BOB)).toEqual(amendments)
  await history.write([{ conversation: conversation(BOB, 5, { start: 4 }), messages: [message(4)] }])
  expect(await history.amendments(BOB)).toEqual([])
})

it('fails with the messages of its commit, and changes nothing then', async () => {
  const disk = new MemoryDisk()
  const history = await createStorage(createMemoryKeyValue(disk)).openHistory(alice)
  disk.failing = 'failed'
  const entry = { conversation: conversation(BOB, 1), messages: [message(0)], amendments: [{ from: 'bob', id: 'a', at: 1, raw: '{}' }] }
  await expect(history.write([entry])).rejects.toMatchObject({ failure: 'failed' })
  expect(await history.amendments(BOB)).toEqual([])
  disk.failing = undefined
  // Nothing is acknowledged before the message before it.
  await expect(history.write([{ ...entry, messages: [] }])).rejects.toMatchObject({ failure: 'failed' })
  await history.write([entry])
  expect(await history.amendments(BOB)).toHaveLength(1)
})
