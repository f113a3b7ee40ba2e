/** Messages for a receiver who does not take them must not fill the memory of the gateway. */
import { describe, expect, it } from 'vitest'
import { HELD_MAX } from '../../../gateway/channels'
import { INBOX_MAX } from '../../../gateway/inbox'
import type { GatewayOptions } from '../../../gateway/server'
import { memoryStore } from '../../../gateway/store/memory'
import type { Store } from '../../../gateway/store/port'
import { MESSAGE_MAX_BYTES, OFFLINE_MESSAGES_MAX } from '@/src/chat/rtm-limits'
import { CLOSE_CODE } from '@/src/rtm/local/frames'
import type { Frame, GatewayClient } from '../../support/gateway-client'
import { PATIENT, until, useGateways } from '../../support/gateways'
import { heapUsed } from '../../support/heap'
import { storeWith } from '../../support/stores'

const MB = 1024 * 1024
const COUNT = 1_500
const FIRST_ID = 1_000_000
/** The inbox in UTF-16, the offline queue of the memory store, and the garbage of 47 MB of traffic. */
const GROWTH_MAX = INBOX_MAX.bytes + OFFLINE_MESSAGES_MAX * MESSAGE_MAX_BYTES + 8 * MB

describe('the memory of a receiver', { timeout: 120_000 }, () => {
  const gateways = useGateways()

  async function start(options: GatewayOptions = {}) {
    const gateway = await gateways.start({ rateLimits: false, timing: { ...PATIENT, ackTimeoutMs: 60_000 }, ...options })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    return { gateway, alice, bob }
  }

  /** Sends 47 MB, some at a time, and waits for all answers but the last few: the receiver may still take those messages. */
  async function flood(alice: GatewayClient, offline: boolean): Promise<void> {
    for (let i = 0; i < COUNT; i++) {
      alice.raw({ t: 'peer', id: FIRST_ID + i, to: 'bob', text: `${i} `.padEnd(MESSAGE_MAX_BYTES, 'x'), offline })
      if (i % 50 === 49) await alice.settled()
    }
    await until(() => alice.all('ok').length >= COUNT - OFFLINE_MESSAGES_MAX, 'the answers')
  }

  async function growthBy(work: () => Promise<void>): Promise<number> {
    const before = await heapUsed()
    await work()
    return (await heapUsed()) - before
  }

  it.each([
    ['within its grace', false],
    ['that is parked', true],
  ])('%s is limited, and the offline queue arrives in order', async (_what, isParked) => {
    const { gateway, alice, bob } = await start({ timing: { ...PATIENT, graceMs: isParked ? 1 : 600_000 } })
    await bob.drop()
    await until(() => gateway.stats()[isParked ? 'parked' : 'grace'] === 1)
    expect(await growthBy(() => flood(alice, true))).toBeLessThan(GROWTH_MAX)
    await alice.settled()

    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    await until(() => back.all('peer').length >= OFFLINE_MESSAGES_MAX)
    await back.settled()
    expect(back.all('peer').map(({ text }) => Number.parseInt(text, 10))).toEqual(Array.from({ length: OFFLINE_MESSAGES_MAX }, (_, i) => COUNT - OFFLINE_MESSAGES_MAX + i))
  })

  it.each([
    ['is sent what shall be kept', true],
    ['is sent what need not be kept', false],
  ])('that does not read is limited if it %s', async (_what, offline) => {
    const { alice, bob } = await start()
    bob.ws.pause()
    expect(await growthBy(() => flood(alice, offline))).toBeLessThan(GROWTH_MAX)
  })

  it.each([
    ['is sent what shall be kept', true],
    ['is sent what need not be kept', false],
  ])('that reads and does not acknowledge is limited if it %s', async (_what, offline) => {
    const { alice, bob } = await start()
    bob.ws.removeAllListeners('message') // The test must not store it either.
    bob.acknowledges = false
    expect(await growthBy(() => flood(alice, offline))).toBeLessThan(GROWTH_MAX)
  })
})

describe('a receiver with more than its share of memory', { timeout: 120_000 }, () => {
  const gateways = useGateways()
  const MANY = 150
  const numbers = (client: GatewayClient) => client.all('peer').map(({ text }) => Number.parseInt(text, 10))
  const big = (i: number) => ({ t: 'peer' as const, to: 'bob', text: `${i} `.padEnd(MESSAGE_MAX_BYTES, 'x'), offline: true })
  const all = Array.from({ length: MANY }, (_, i) => i)

  it.each(['resumes', 'has lost its session', 'reads again', 'starts again'])('that %s gets each stored message once, in order', async (way) => {
    const gateway = await gateways.start({ rateLimits: false, timing: { ...PATIENT, graceMs: way === 'has lost its session' ? 1 : 600_000 } })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    if (way === 'reads again') bob.ws.pause()
    else await bob.drop()
    const left = { 'reads again': 'live', 'has lost its session': 'parked' }[way] ?? 'grace'
    await until(() => gateway.stats()[left as 'live' | 'grace' | 'parked'] >= 1)
    const answers = all.map((i) => alice.ask(big(i)))
    if (way === 'reads again') await alice.settled()
    else await Promise.all(answers)

    const resume = way === 'starts again' ? undefined : { secret: bob.secret, channels: [] }
    if (way === 'reads again') bob.ws.resume()
    const back = way === 'reads again' ? bob : await gateways.login(gateway, 'bob', { resume })
    await until(() => back.all('peer').length >= MANY, 'all messages')
    await Promise.all(answers)
    expect(await alice.ask({ t: 'peer', to: 'bob', text: `${MANY}` })).toMatchObject({ received: true })
    expect(numbers(back)).toEqual([...all, MANY])
    // Nothing is left that would arrive twice.
    await back.logout()
    const again = await gateways.login(gateway, 'bob')
    await again.settled()
    expect(again.all('peer')).toEqual([])
  })

  it('gets the same number with a message again when its acknowledgement was lost', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    await Promise.all(all.map((i) => alice.ask(big(i))))
    const resume = { secret: bob.secret, channels: [] }
    const deaf = await gateways.connect(gateway)
    deaf.acknowledges = false
    await deaf.login('bob', { resume })
    await until(() => deaf.all('peer').length >= MANY, 'all messages')
    await deaf.drop()
    const back = await gateways.login(gateway, 'bob', { resume })
    await until(() => back.all('peer').length >= MANY, 'all messages again')
    expect(back.all('peer').map(({ mid }) => mid)).toEqual(deaf.all('peer').map(({ mid }) => mid))
    expect(numbers(back)).toEqual(all)
  })

  it('is the one that loses, when all sessions together have too much', async () => {
    const gateway = await gateways.start({ rateLimits: false, maxWaitingBytes: MB })
    const alice = await gateways.login(gateway, 'alice')
    const names = Array.from({ length: 5 }, (_, i) => `bob${i}`)
    const bobs = await Promise.all(names.map((name) => gateways.login(gateway, name)))
    for (const bob of bobs) await bob.drop()
    await until(() => gateway.stats().grace === bobs.length)
    for (const [i, to] of names.entries()) await alice.ask({ t: 'peer', to, text: String(i) })
    // Each takes 64 KB of memory: some 16 have room.
    for (const i of all.slice(0, 40)) await alice.ask({ ...big(i), to: 'bob0', offline: false })
    const back = await Promise.all(bobs.map((bob, i) => gateways.login(gateway, names[i]!, { resume: { secret: bob.secret, channels: [] } })))
    for (const client of back) await client.settled()
    for (const [i, client] of back.entries()) if (i > 0) expect(numbers(client)).toEqual([i])
    expect(numbers(back[0]!).length).toBeLessThanOrEqual(16)
    expect(numbers(back[0]!).at(-1)).toBe(39)
  })
})

describe('a receiver of many messages from many senders', { timeout: 120_000 }, () => {
  const gateways = useGateways()
  const text = (what: string) => what.padEnd(MESSAGE_MAX_BYTES, 'x')

  it('keeps those of a sender with few, however many another sends', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const alice = await gateways.login(gateway, 'alice')
    const [bob, mallory] = [await gateways.login(gateway, 'bob'), await gateways.login(gateway, 'mallory')]
    await alice.drop()
    await until(() => gateway.stats().grace === 1)
    const few = ['1', '2', '3', '4', '5']
    for (const each of few) expect(await bob.ask({ t: 'peer', to: 'alice', text: each })).toMatchObject({ received: false })
    for (let i = 0; i < 100; i++) await mallory.ask({ t: 'peer', to: 'alice', text: text(`m${i} `) })
    const back = await gateways.login(gateway, 'alice', { resume: { secret: alice.secret, channels: [] } })
    await back.settled()
    const heard = back.all('peer')
    expect(heard.filter(({ from }) => from === 'bob').map((frame) => frame.text)).toEqual(few)
    expect(heard.at(-1)!.text).toMatch(/^m99 /)
  })

  it('receives and acknowledges everything, however much is in flight', async () => {
    const gateway = await gateways.start({ rateLimits: false, timing: { ...PATIENT, ackTimeoutMs: 60_000 } })
    const alice = await gateways.connect(gateway)
    alice.acknowledges = false
    await alice.login('alice')
    const senders = await Promise.all(['bob', 'carol', 'dave'].map((uid) => gateways.login(gateway, uid)))
    const answers: Promise<Frame>[] = []
    for (let i = 0; i < 60; i++) {
      for (const sender of senders) answers.push(sender.ask({ t: 'peer', to: 'alice', text: text(`${i} `) }))
      await until(() => alice.all('peer').length === answers.length, 'all messages')
    }
    // It takes a while to acknowledge: all are in flight.
    for (const { mid } of alice.all('peer')) alice.raw({ t: 'ack', mid })
    const heard = await Promise.all(answers)
    expect(heard.filter(({ received }) => received !== true)).toEqual([])
  })
})

describe('the data for a client that does not read', { timeout: 120_000 }, () => {
  const gateways = useGateways()

  it('is bounded in number: many small messages', async () => {
    const gateway = await gateways.start({ rateLimits: false, timing: { ...PATIENT, ackTimeoutMs: 600_000 } })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    bob.ws.pause()
    const small = 30_000
    const send = async (count: number, text: string) => {
      for (let i = 0; i < count; i++) {
        alice.raw({ t: 'peer', id: FIRST_ID + sent++, to: 'bob', text })
        if (i % 500 === 499) await alice.settled()
      }
    }
    let sent = 0
    // The network's buffers for him, and the first MB after them.
    await send(500, 'x'.repeat(MESSAGE_MAX_BYTES))
    const before = await heapUsed()
    await send(small, 'small')
    await until(() => alice.all('ok').length >= small - INBOX_MAX.messages, 'the answers')
    alice.frames.length = 0
    expect((await heapUsed()) - before).toBeLessThan(16 * MB)
    bob.acknowledges = false
    bob.ws.resume()
    await until(() => bob.all('peer').filter(({ text }) => text === 'small').length >= INBOX_MAX.messages)
    await bob.settled()
    expect(bob.all('peer').filter(({ text }) => text === 'small').length).toBe(INBOX_MAX.messages)
  })

  it('is limited over all channels: messages that arrive while older ones are sent again', async () => {
    const store = memoryStore()
    const recent: Store['recent'] = () => new Promise(() => undefined) // The missed messages are never read.
    const gateway = await gateways.start({ rateLimits: false, store: storeWith(store, { recent }) })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    const chs = ['a', 'b', 'c', 'd', 'e']
    for (const ch of chs) for (const client of [alice, bob]) await client.ask({ t: 'join', ch })
    await bob.drop()
    const resume = { secret: bob.secret, channels: chs.map((ch): [string, number] => [ch, 0]) }
    const back = await gateways.login(gateway, 'bob', { resume })
    let isClosed = false
    void back.closed().then(() => (isClosed = true))
    const text = 'x'.repeat(MESSAGE_MAX_BYTES)
    let sent = 0
    for (; sent < 400 && !isClosed; sent++) await alice.ask({ t: 'send', ch: chs[sent % chs.length]!, text })
    await until(() => isClosed, 'the end of the connection')
    expect(await back.closed()).toBe(CLOSE_CODE.SLOW)
    expect(2 * sent * MESSAGE_MAX_BYTES).toBeLessThan(2 * HELD_MAX.bytes)
  })
})
