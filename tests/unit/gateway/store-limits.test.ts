/** Data that users put into a store costs them, and is limited. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { KeptStore } from '../../../gateway/store/kept-store'
import { STORE_LIMITS, type StoreLimits } from '../../../gateway/store/limits'

const LARGE = 'x'.repeat(10_000)

/** A store with a copy in memory, so that both can be compared. */
function openStore(limits: Partial<StoreLimits> = {}, isWritten: () => Promise<void> = async () => undefined) {
  let clock = 1_800_000_000_000
  const copied = new Map<string, string>()
  const store = new KeptStore({
    copy: {
      write: ({ key, value }) => {
        copied.set(key, value)
        return isWritten()
      },
      remove: (keys) => keys.forEach((key) => copied.delete(key)),
      close: async () => undefined,
    },
    signingKey: randomBytes(32),
    limits: { ...STORE_LIMITS, ...limits },
    now: () => clock,
  })
  const message = (from: string, text: string) => ({ from, text, ts: clock })
  return {
    store,
    copied,
    message,
    pass: (ms: number) => (clock += ms),
    now: () => clock,
    async sendersTo(uid: string) {
      const counts: Record<string, number> = {}
      for (const { message: { from } } of await store.queued(uid)) counts[from] = (counts[from] ?? 0) + 1
      return counts
    },
    /** Everything that belongs into the copy is there, and nothing else. */
    expectCopied() {
      expect([...copied].sort()).toEqual([...store.copies()].map(({ key, value }) => [key, value()]).sort())
    },
  }
}

describe('a full offline queue', () => {
  it('drops the messages of the sender with most, oldest first', async () => {
    const { store, message, sendersTo, expectCopied } = openStore()
    for (let n = 0; n < 5; n++) await store.enqueue('alice', message('bob', `bob ${n}`))
    for (let n = 0; n < 1_000; n++) await store.enqueue('alice', message('mallory', `noise ${n}`))
    expect(await sendersTo('alice')).toEqual({ bob: 5, mallory: 195 })
    expect((await store.queued('alice')).at(-1)!.message.text).toBe('noise 999')
    for (let n = 0; n < 300; n++) await store.enqueue('alice', message('carol', `carol ${n}`))
    const { bob, mallory, carol } = await sendersTo('alice')
    expect([bob, mallory! + carol!]).toEqual([5, 195])
    expect(Math.abs(mallory! - carol!)).toBeLessThanOrEqual(1)
    expectCopied()
  })

  it('drops the oldest when all senders have the same number', async () => {
    const { store, message } = openStore()
    for (let n = 0; n < 201; n++) await store.enqueue('alice', message(`sender ${n}`, 'hello'))
    const queued = await store.queued('alice')
    expect([queued.length, queued[0]!.message.from]).toEqual([200, 'sender 1'])
  })

  it('drops expired messages before anything else', async () => {
    const { store, message, pass, sendersTo } = openStore()
    for (let n = 0; n < 150; n++) await store.enqueue('alice', message('old', String(n)))
    pass(7 * 24 * 3_600_000)
    for (let n = 0; n < 200; n++) await store.enqueue('alice', message('new', String(n)))
    expect(await sendersTo('alice')).toEqual({ new: 200 })
  })
})

describe('the total of all offline queues', () => {
  it('has a limit, and a flood to users who never log in costs its sender', async () => {
    const { store, message, copied, expectCopied } = openStore({ queuesBytes: 1_000_000 })
    for (let n = 0; n < 20; n++) await store.enqueue(`friend ${n}`, message('bob', `hello ${n}`))
    for (let n = 0; n < 2_000; n++) await store.enqueue(`stranger ${n}`, message('mallory', LARGE))
    expect(store.size.queuesBytes).toBeLessThanOrEqual(1_000_000)
    expect([...copied.values()].reduce((sum, value) => sum + value.length, 0)).toBeLessThanOrEqual(1_000_000)
    for (let n = 0; n < 20; n++) expect(await store.queued(`friend ${n}`)).toHaveLength(1)
    expect(await store.queued('stranger 0')).toEqual([])
    expect(await store.queued('stranger 1999')).toHaveLength(1)
    expectCopied()
  })

  it('is cleaned by looking at old messages only', async () => {
    const { store, message, pass, now, copied } = openStore()
    for (let n = 0; n < 10; n++) await store.enqueue(`receiver ${n}`, message('bob', 'old'))
    pass(7 * 24 * 3_600_000)
    await store.enqueue('alice', message('bob', 'new'))
    await store.sweep(now())
    expect(copied.size).toBe(1)
    expect(await store.queued('alice')).toHaveLength(1)
  })
})

describe('messages on their way to a slow disk', () => {
  it('are rejected above a limit for each sender, and one for all', async () => {
    const never = () => new Promise<void>(() => undefined)
    const { store, message } = openStore({ unwrittenBytes: 200_000, unwrittenBytesOfSender: 50_000 }, never)
    const isTaken = async (sender: string) => {
      const kept = store.enqueue('alice', message(sender, LARGE))
      return Promise.race([kept.then(() => true, () => false), new Promise<boolean>((resolve) => setImmediate(() => resolve(true)))])
    }
    const taken: Record<string, number> = {}
    for (const sender of ['mallory', 'bob', 'carol', 'dave', 'eve', 'frank']) for (let n = 0; n < 20; n++) if (await isTaken(sender)) taken[sender] = (taken[sender] ?? 0) + 1
    expect(taken).toEqual({ mallory: 2, bob: 2, carol: 2, dave: 2, eve: 1 })
  })
})

describe('the recent messages of all channels', () => {
  it('have a limit: those of channels without members go first, then those of the greatest sender', async () => {
    const { store, message, expectCopied } = openStore({ recentBytes: 1_000_000 })
    await store.append('office', message('bob', 'hello'))
    for (let n = 0; n < 20; n++) await store.append('left', message('bob', `left ${n}`))
    await store.expireChannelAttributes('left', Number.MAX_SAFE_INTEGER)
    for (let n = 0; n < 500; n++) await store.append(`flooded ${n % 20}`, message('mallory', LARGE))
    expect(store.size.recentBytes).toBeLessThanOrEqual(1_000_000)
    expect((await store.recent('office', 0)).map(({ text }) => text)).toEqual(['hello'])
    expect(await store.recent('left', 0)).toEqual([])
    expect((await store.recent('flooded 19', 0)).length).toBeGreaterThan(0)
    expectCopied()
  })

  it('do not reset the count of a channel when they were dropped', async () => {
    const { store, message } = openStore({ recentBytes: 100_000 })
    let last = 0
    for (let n = 0; n < 50; n++) last = (await store.append('busy', message('bob', 'hello'))).seq
    await store.expireChannelAttributes('busy', Number.MAX_SAFE_INTEGER)
    for (let n = 0; n < 20; n++) await store.append('other', message('mallory', LARGE))
    expect(await store.recent('busy', 0)).toEqual([])
    expect((await store.append('busy', message('bob', 'again'))).seq).toBeGreaterThan(last)
  })
})

describe('the attributes of all channels', () => {
  const attribute = (by: string, value: string) => ({ value, lastUpdateUserId: by, lastUpdateTs: 1 })

  it('have a limit: those of channels without members go first, then those of the user who has set most', async () => {
    const { store, expectCopied, now } = openStore({ channelAttributesBytes: 1_000_000 })
    const set = (ch: string, by: string, value: string) => store.changeChannelAttributes(ch, () => new Map([['k', attribute(by, value)]]))
    await set('office', 'bob', 'tea')
    await set('left', 'bob', 'tea')
    await store.expireChannelAttributes('left', now() + 1_000)
    for (let n = 0; n < 500; n++) await set(`flooded ${n}`, 'mallory', LARGE)
    expect(store.size.channelAttributesBytes).toBeLessThanOrEqual(1_000_000)
    expect((await store.channelAttributes('office')).size).toBe(1)
    expect((await store.channelAttributes('left')).size).toBe(0)
    expect((await store.channelAttributes('flooded 499')).size).toBe(1)
    expectCopied()
  })

  it('are in memory and in the copy, or in neither, when they are dropped during their write', async () => {
    const { store, expectCopied } = openStore({ channelAttributesBytes: 100_000 }, () => new Promise((resolve) => setImmediate(resolve)))
    const set = (ch: string, length: number) => store.changeChannelAttributes(ch, () => new Map([['k', attribute('bob', 'x'.repeat(length))]]))
    await set('first', 30_000)
    await Promise.all([set('first', 30_001), set('second', 30_000), set('third', 30_000)])
    expectCopied()
  })

  it('are unchanged if they cannot be written', async () => {
    let fails = false
    const { store } = openStore({}, () => (fails ? Promise.reject(new Error('full')) : Promise.resolve()))
    const set = (value: string) => store.changeChannelAttributes('office', () => new Map([['k', attribute('bob', value)]]))
    await set('tea')
    fails = true
    await expect(set('coffee')).rejects.toThrow('full')
    expect((await store.channelAttributes('office')).get('k')?.value).toBe('tea')
  })

  it('do not come back when a user joins after they have expired', async () => {
    const { store, pass, now, expectCopied } = openStore()
    await store.changeChannelAttributes('left', () => new Map([['k', attribute('bob', 'tea')]]))
    await store.expireChannelAttributes('left', now() + 1_000)
    pass(1_000)
    await store.expireChannelAttributes('left', undefined)
    expect((await store.channelAttributes('left')).size).toBe(0)
    expectCopied()
  })
})
