/** The common behaviour of both stores; then that of the one on disk. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '@/src/chat/time/clock'
import type { Logger } from '../../../gateway/logger'
import { openLevelStore } from '../../../gateway/store/level'
import { memoryStore } from '../../../gateway/store/memory'
import { MEMBERSHIPS_MAX, type Store } from '../../../gateway/store/port'

const DAY = 24 * 3_600_000
const ids = ['alice', '__proto__', '..', 'a:b', 'a', '100%', ' ', 'x'.repeat(64)]
const ATTRIBUTES_MS = 1_000

const warnings: string[] = []
const log: Logger = { debug: () => undefined, info: () => undefined, warn: (message) => void warnings.push(message), error: () => undefined }
let clock = Date.now()
const now = () => clock
const message = (text: string, ts = clock) => ({ from: 'bob', text, ts })
const said = (text: string, ts = clock) => ({ from: 'bob', text, ts })
const attribute = (value: string) => ({ value, lastUpdateUserId: 'bob', lastUpdateTs: 1 })

let folder: string
let store: Store
const openLevel = () => openLevelStore(folder, log, { clock: { ...systemClock, now }, channelAttributesMs: ATTRIBUTES_MS })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-store-'))
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

describe.each([
  ['in memory', () => Promise.resolve(memoryStore(now))],
  ['on disk', openLevel],
])('a store %s', (_where, open) => {
  beforeEach(async () => {
    store = await open()
  })

  it('queues messages by receiver, in order, until they are removed', async () => {
    for (const id of ids) for (const n of [1, 2, 3]) await store.enqueue(id, message(`${n} for ${id}`))
    for (const id of ids) {
      const queued = await store.queued(id)
      expect(queued.map((entry) => entry.message.text)).toEqual([1, 2, 3].map((n) => `${n} for ${id}`))
      await store.dequeue(id, queued[1]!.key)
      expect((await store.queued(id)).map((entry) => entry.message.text)).toEqual([1, 3].map((n) => `${n} for ${id}`))
    }
    expect(await store.queued('nobody')).toEqual([])
    await store.dequeue('nobody', 'no key')
  })

  it('knows the channels of each client of a user', async () => {
    for (const id of ids) await store.changeMemberships(id, (current) => new Map([...current, ['phone', new Map([[id, 7]])]]))
    for (const id of ids) {
      await store.changeMemberships(id, (current) => new Map([...current, ['tablet', new Map([['general', 8]])]]))
      const known = await store.memberships(id)
      expect([...known].map(([client, channels]) => [client, [...channels]])).toEqual([
        ['phone', [[id, 7]]],
        ['tablet', [['general', 8]]],
      ])
    }
    await store.changeMemberships('alice', () => new Map())
    expect([(await store.memberships('alice')).size, (await store.memberships('a')).size]).toEqual([0, 2])
  })

  it('knows the channels of a limited number of users: the last that changed', async () => {
    const join = (uid: string) => store.changeMemberships(uid, () => new Map([['phone', new Map([['general', 1]])]]))
    for (let n = 0; n < MEMBERSHIPS_MAX; n++) await join(`user${n}`)
    await join('user0')
    await join('late')
    const sizes = await Promise.all(['user0', 'user1', 'user2', 'late'].map(async (uid) => (await store.memberships(uid)).size))
    expect(sizes).toEqual([1, 0, 1, 1])
  })

  it('queues simultaneous requests in their order, under separate keys', async () => {
    const keys = await Promise.all(Array.from({ length: 50 }, (_, i) => store.enqueue('alice', message(String(i)))))
    expect(new Set(keys).size).toBe(50)
    const queued = await store.queued('alice')
    expect(queued.map(({ key }) => key)).toEqual(keys)
    expect(queued.map((entry) => Number(entry.message.text))).toEqual(keys.map((_, i) => i))
  })

  it('queues 200 messages, the newest', async () => {
    for (let i = 0; i < 203; i++) await store.enqueue('alice', message(String(i)))
    const queued = await store.queued('alice')
    expect([queued.length, queued[0]!.message.text, queued.at(-1)!.message.text]).toEqual([200, '3', '202'])
  })

  it('queues for 7 days', async () => {
    await store.enqueue('alice', message('old', clock - 7 * DAY))
    await store.enqueue('alice', message('young', clock - 7 * DAY + 60_000))
    expect((await store.queued('alice')).map((entry) => entry.message.text)).toEqual(['young'])
    await store.sweep(clock)
    expect(await store.queued('alice')).toHaveLength(1)
  })

  it('keeps the last 32 messages of a channel, with rising seq', async () => {
    const kept = await Promise.all(Array.from({ length: 40 }, (_, i) => store.append('general', said(String(i)))))
    const seqs = kept.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, i) => seqs[0]! + i))
    const recent = await store.recent('general', 0)
    expect(recent.map(({ text }) => Number(text))).toEqual(Array.from({ length: 32 }, (_, i) => i + 8))
    expect((await store.recent('general', seqs[37]!)).map(({ text }) => text)).toEqual(['38', '39'])
    expect(await store.recent('__proto__', 0)).toEqual([])
    expect([await store.lastSeq('general'), await store.lastSeq('__proto__')]).toEqual([seqs[39], 0])
  })

  it('gives unique seqs to messages that arrive as soon as the one before is stored', async () => {
    const seqs: number[] = []
    const say = (n: number): Promise<unknown> => store.append('general', said(String(n))).then(({ seq }) => seqs.push(seq))
    await Promise.all(Array.from({ length: 5 }, (_, n) => say(n).then(() => Promise.all([say(n), say(n)]))))
    expect(new Set(seqs).size).toBe(15)
  })

  it('keeps channel messages for 30 s, and continues counting afterwards', async () => {
    const first = await store.append('general', said('old', clock))
    clock += 30_000
    expect(await store.recent('general', 0)).toEqual([])
    await store.sweep(clock)
    const second = await store.append('general', said('new'))
    expect(second.seq).toBeGreaterThan(first.seq)
    expect(await store.recent('general', first.seq)).toEqual([second])
  })

  it('changes attributes one change after the other', async () => {
    await Promise.all(ids.map((id) => store.changeUserAttributes('alice', (current) => new Map([...current, [id, 'v']]))))
    expect([...(await store.userAttributes('alice')).keys()]).toEqual(ids)
    await Promise.all(ids.map((id) => store.changeChannelAttributes('general', (current) => new Map([...current, [id, attribute('v')]]))))
    expect([...(await store.channelAttributes('general')).keys()]).toEqual(ids)
  })

  it('does not change attributes when a change throws', async () => {
    await store.changeUserAttributes('alice', () => new Map([['k', 'v']]))
    const refuse = () => {
      throw new Error('too large')
    }
    await expect(store.changeUserAttributes('alice', refuse)).rejects.toThrow('too large')
    await expect(store.changeChannelAttributes('general', refuse)).rejects.toThrow('too large')
    expect([...(await store.userAttributes('alice'))]).toEqual([['k', 'v']])
  })

  it('drops expired channel attributes', async () => {
    const set = () => store.changeChannelAttributes('general', () => new Map([['k', attribute('v')]]))
    await set()
    await store.expireChannelAttributes('general', clock + 10)
    await store.expireChannelAttributes('general', undefined)
    clock += 20
    expect((await store.channelAttributes('general')).size).toBe(1)
    await store.expireChannelAttributes('general', clock + 10)
    clock += 10
    expect((await store.channelAttributes('general')).size).toBe(0)
    await set()
    expect((await store.channelAttributes('general')).size).toBe(1)
  })

  it('has one key to sign with', async () => {
    const key = await store.signingKey()
    expect(key).toHaveLength(32)
    expect(await store.signingKey()).toEqual(key)
  })

  it('behaves as a list per receiver, whatever is done', async () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('enqueue' as const), uid: fc.constantFrom('a', 'a:', '__proto__') }),
      fc.record({ do: fc.constant('dequeue' as const), uid: fc.constantFrom('a', 'a:', '__proto__'), nth: fc.nat(4) }),
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
        run++
        const model = new Map<string, string[]>()
        for (const [n, { uid, ...rest }] of actions.entries()) {
          const receiver = `${run} ${uid}`
          const list = model.get(receiver) ?? []
          model.set(receiver, list)
          if (rest.do === 'enqueue') list.push(String(n))
          else list.splice(rest.nth, 1)
          if (rest.do === 'enqueue') await store.enqueue(receiver, message(String(n)))
          else await store.dequeue(receiver, (await store.queued(receiver))[rest.nth]?.key ?? 'none')
        }
        for (const [receiver, list] of model) expect((await store.queued(receiver)).map((entry) => entry.message.text)).toEqual(list)
      }),
      { numRuns: 30 },
    )
  })
})

describe('the store on disk', () => {
  const garble = async (text: string) => {
    const db = new ClassicLevel<string, string>(folder)
    const changed: string[] = []
    for await (const key of db.keys()) {
      if (key.includes('meta')) continue
      await db.put(key, text)
      changed.push(key)
    }
    await db.close()
    return changed
  }

  const fill = async () => {
    store = await openLevel()
    await store.enqueue('alice', message('queued'))
    await store.append('general', said('recent'))
    await store.changeUserAttributes('alice', () => new Map([['k', 'v']]))
    await store.changeChannelAttributes('general', () => new Map([['k', attribute('v')]]))
  }

  it('has everything again after it was closed, except the attributes of users', async () => {
    await fill()
    const key = await store.signingKey()
    const { seq } = await store.append('general', said('more'))
    await store.close()
    store = await openLevel()
    expect((await store.queued('alice')).map((entry) => entry.message.text)).toEqual(['queued'])
    expect((await store.recent('general', 0)).map(({ text }) => text)).toEqual(['recent', 'more'])
    expect((await store.append('general', said('next'))).seq).toBe(seq + 1)
    expect((await store.userAttributes('alice')).size).toBe(0)
    expect((await store.channelAttributes('general')).size).toBe(1)
    expect(await store.signingKey()).toEqual(key)
    clock += ATTRIBUTES_MS
    expect((await store.channelAttributes('general')).size).toBe(0)
  })

  const garbage = ['not JSON', 'null', '[]', '{}', '[1]', '{"attributes":[["k",1]]}', '{"from":"a","text":"b"}']
  it.each(garbage)('sets values like %j aside', async (text) => {
    await fill()
    await store.close()
    const changed = await garble(text)
    expect(changed.length).toBeGreaterThan(2)
    warnings.length = 0
    store = await openLevel()
    expect(await store.queued('alice')).toEqual([])
    expect(await store.recent('general', 0)).toEqual([])
    expect((await store.channelAttributes('general')).size).toBe(0)
    expect(warnings.length).toBe(3)
    await store.enqueue('alice', message('new'))
    expect(await store.queued('alice')).toHaveLength(1)
    await store.close()

    const db = new ClassicLevel<string, string>(folder)
    const aside = (await db.iterator().all()).filter(([key]) => key.includes('garbled'))
    expect(aside.map(([, value]) => value)).toEqual([text, text, text])
    await db.close()
    store = memoryStore()
  })

  it('says in a sentence that another gateway has the folder', async () => {
    store = await openLevel()
    await expect(openLevel()).rejects.toThrow(`the data folder ${folder} is in use by another gateway`)
  })

  it('says in a sentence that a folder cannot be opened', async () => {
    store = memoryStore()
    const opening = openLevelStore('/dev/null/data', log, { channelAttributesMs: 1 })
    await expect(opening).rejects.toThrow('the data folder /dev/null/data cannot be opened')
  })
})

describe('the store in memory', () => {
  it('has a limit for users who never log in, however many there are: the oldest messages go', async () => {
    store = memoryStore(now, { queuesBytes: 100_000 })
    const large = 'x'.repeat(10_000)
    for (let n = 0; n < 50; n++) await store.enqueue(`nobody${n}`, message(large))
    await store.enqueue('alice', message('for alice'))
    const kept = await Promise.all(Array.from({ length: 50 }, (_, n) => store.queued(`nobody${n}`)))
    expect(kept.map((queue) => queue.length)).toEqual([...Array<number>(46).fill(0), 1, 1, 1, 1])
    expect((await store.queued('alice')).map(({ message: { text } }) => text)).toEqual(['for alice'])
    // Removed messages make room.
    for (const [n, queue] of kept.entries()) for (const { key } of queue) await store.dequeue(`nobody${n}`, key)
    for (let n = 0; n < 4; n++) await store.enqueue('bob', message(large))
    expect(await store.queued('bob')).toHaveLength(4)
    expect(await store.queued('alice')).toHaveLength(1)
    clock += 8 * DAY
    await store.sweep(clock)
    expect(await store.queued('bob')).toEqual([])
    for (let n = 0; n < 4; n++) await store.enqueue('carol', message(large))
    expect(await store.queued('carol')).toHaveLength(4)
  })
})
