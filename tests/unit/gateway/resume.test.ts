import { describe, expect, it } from 'vitest'
import { JOINED_CHANNELS_MAX } from '@/src/chat/rtm-limits'
import { memoryStore } from '../../../gateway/store/memory'
import type { Store } from '../../../gateway/store/port'
import { FAST, TRANSPORTS, until, useGateways } from '../../support/gateways'
import { storeWith } from '../../support/stores'
import { TestClock } from '../../support/test-clock'

describe.each(TRANSPORTS)('a lost connection, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('keeps presence and channels within the grace', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    gateway.cut('bob')
    await bob.closed()
    const { online } = await alice.ask({ t: 'online', uids: ['bob'] })
    expect(online).toEqual([['bob', true]])

    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [['general', 0]] } })
    expect(back.frames[0]).toEqual({ t: 'ok', id: expect.any(Number), ...(transport === 'socket' && { files: expect.any(Object) }), secret: bob.secret, resumed: true, channels: ['general'] })
    expect(await back.ask({ t: 'send', ch: 'general', text: 'back' })).toMatchObject({ t: 'ok' })
    await alice.next('msg')
    expect(alice.all('left')).toEqual([])
  })

  it('takes the user out of presence and channels after the grace', async () => {
    const gateway = await gateways.start({ timing: FAST })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    gateway.cut('bob')
    expect(await alice.next('left')).toEqual({ t: 'left', ch: 'general', uid: 'bob' })
    await until(() => gateway.stats().parked === 1)
    const { online } = await alice.ask({ t: 'online', uids: ['bob'] })
    expect(online).toEqual([['bob', false]])
    const { uids } = await alice.ask({ t: 'members', ch: 'general' })
    expect(uids).toEqual(['alice'])
  })

  it('is the same when the client closes without a logout', async () => {
    const gateway = await gateways.start()
    const bob = await gateways.login(gateway, 'bob')
    bob.ws.close(1000)
    await until(() => gateway.stats().grace === 1)
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    expect(back.frames[0]).toMatchObject({ resumed: true })
  })

  it('is noticed late: the resume ends the old connection without a kick', async () => {
    const gateway = await gateways.start()
    const old = await gateways.login(gateway, 'bob')
    const back = await gateways.login(gateway, 'bob', { resume: { secret: old.secret, channels: [] } })
    expect(back.frames[0]).toMatchObject({ resumed: true })
    await old.closed()
    expect(old.all('kick')).toEqual([])
    expect(gateway.stats()).toMatchObject({ live: 1, grace: 0 })
  })

  it.each(['', 'guess', 'a.b', '.', 'x'.repeat(5_000)])("resumes with the gateway's secret only, not with %j", async (secret) => {
    const gateway = await gateways.start()
    const bob = await gateways.login(gateway, 'bob')
    await bob.ask({ t: 'join', ch: 'general' })
    await bob.drop()
    const back = await gateways.login(gateway, 'bob', { resume: { secret, channels: [['general', 0]] } })
    expect(back.frames[0]).toMatchObject({ resumed: false, channels: [] })
    expect(back.secret).not.toBe(bob.secret)
  })

  const tooMany = Array.from({ length: JOINED_CHANNELS_MAX + 1 }, (_, i): [string, number] => [`room${i}`, 0])
  it.each([
    ['something that is no channel id', [['x'.repeat(12_000), 0]] as [string, number][]],
    ['more channels than one can be in', tooMany],
  ])('does not resume with %s', async (_what, channels) => {
    const gateway = await gateways.start()
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    const back = await gateways.connect(gateway)
    expect(await back.login('bob', { resume: { secret: bob.secret, channels } })).toMatchObject({ t: 'err', code: 3 })
    const again = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: tooMany.slice(1) } })
    expect(again.frames[0]).toMatchObject({ resumed: true })
  })

  it("does not resume with another user's secret", async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    const thief = await gateways.login(gateway, 'bob', { resume: { secret: alice.secret, channels: [] } })
    expect(thief.frames[0]).toMatchObject({ resumed: false })
  })
})

describe.each(TRANSPORTS)('peer messages of an outage, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('all arrive after the resume, in order, before anything else', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    await alice.ask({ t: 'send', ch: 'general', text: 'to all' })
    const texts = Array.from({ length: 500 }, (_, i) => String(i))
    for (const text of texts) expect(await alice.ask({ t: 'peer', to: 'bob', text })).toMatchObject({ received: false })

    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [['general', 0]] } })
    await back.next('msg')
    expect(back.all('peer').map(({ text }) => text)).toEqual(texts)
    expect(back.frames.findIndex(({ t }) => t === 'msg')).toBeGreaterThan(back.frames.findLastIndex(({ t }) => t === 'peer'))
  })

  it('arrive again with the same mid until they are acknowledged', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    for (const text of ['1', '2', '3']) await alice.ask({ t: 'peer', to: 'bob', text })
    const resume = { secret: bob.secret, channels: [] as [string, number][] }

    const first = await gateways.connect(gateway)
    first.acknowledges = false
    await first.login('bob', { resume })
    await until(() => first.all('peer').length === 3)
    first.raw({ t: 'ack', mid: 2 })
    await first.settled()
    await first.drop()

    const second = await gateways.login(gateway, 'bob', { resume })
    await second.settled()
    expect(second.all('peer').map(({ mid, text }) => [mid, text])).toEqual([
      [1, '1'],
      [3, '3'],
    ])
  })

  it('also arrive after the grace, at the client that has the secret', async () => {
    const gateway = await gateways.start({ timing: FAST })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    await alice.ask({ t: 'peer', to: 'bob', text: 'in the grace' })
    await until(() => gateway.stats().parked === 1)
    await alice.ask({ t: 'peer', to: 'bob', text: 'after it' })
    await alice.ask({ t: 'peer', to: 'bob', text: 'kept twice', offline: true })

    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    expect(back.frames[0]).toMatchObject({ resumed: false })
    await alice.ask({ t: 'peer', to: 'bob', text: 'live' })
    expect(back.all('peer').map(({ text }) => text)).toEqual(['in the grace', 'after it', 'kept twice', 'live'])
  })

  it('are dropped by a login that begins a new session', async () => {
    const gateway = await gateways.start({ timing: FAST })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    await until(() => gateway.stats().parked === 1)
    await alice.ask({ t: 'peer', to: 'bob', text: 'gone' })
    const fresh = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'peer', to: 'bob', text: 'live' })
    expect(fresh.all('peer').map(({ text }) => text)).toEqual(['live'])
    expect(gateway.stats().parked).toBe(0)
  })

  it('are not lost when the answer to the login is', async () => {
    const gateway = await gateways.start({ timing: FAST })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    await until(() => gateway.stats().parked === 1)
    await alice.ask({ t: 'peer', to: 'bob', text: 'hi' })
    const resume = { secret: bob.secret, channels: [] as [string, number][] }
    const deaf = await gateways.connect(gateway)
    deaf.acknowledges = false
    await deaf.login('bob', { resume })
    await deaf.drop()
    const back = await gateways.login(gateway, 'bob', { resume })
    expect(await back.next('peer')).toMatchObject({ text: 'hi' })
  })
})

describe.each(TRANSPORTS)('channel messages of an outage, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('arrive after the resume: those the client has not seen, the last 32', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'send', ch: 'general', text: 'seen' })
    const { seq } = await bob.next('msg')
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    for (let i = 0; i < 40; i++) await alice.ask({ t: 'send', ch: 'general', text: String(i) })

    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [['general', seq]] } })
    await alice.ask({ t: 'send', ch: 'general', text: 'live' })
    await back.next((frame) => frame.text === 'live')
    expect(back.all('msg').map(({ text }) => text)).toEqual([...Array.from({ length: 32 }, (_, i) => String(i + 8)), 'live'])
  })

  it('arrive once if the client has seen some', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    for (const text of ['1', '2', '3']) await alice.ask({ t: 'send', ch: 'general', text })
    const { seq } = await bob.next((frame) => frame.text === '2')
    await bob.drop()
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [['general', seq]] } })
    await back.next('msg')
    await back.settled()
    expect(back.all('msg').map(({ text }) => text)).toEqual(['3'])
  })

  it("never include the user's own, nor those from before the join", async () => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'send', ch: 'general', text: 'before' })
    await clock.advance(1)
    await bob.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'send', ch: 'general', text: 'own' })
    await alice.ask({ t: 'send', ch: 'general', text: 'after' })
    await bob.next('msg')
    await bob.drop()
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [['general', 0]] } })
    await back.next('msg')
    await back.settled()
    expect(back.all('msg').map(({ text }) => text)).toEqual(['after'])
  })

  it('arrive before later ones that are sent during their read', async () => {
    const store = memoryStore()
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    let isSlow = false
    const recent: Store['recent'] = async (...args) => {
      const messages = await store.recent(...args)
      if (isSlow) await gate
      return messages
    }
    const gateway = await gateways.start({ store: storeWith(store, { recent }) })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    await bob.settled()
    isSlow = true
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    await alice.ask({ t: 'send', ch: 'general', text: 'missed' })
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [['general', 0]] } })
    await alice.ask({ t: 'send', ch: 'general', text: 'meanwhile' })
    await back.settled()
    expect(back.all('msg')).toEqual([])
    open()
    await back.next((frame) => frame.text === 'meanwhile')
    await alice.ask({ t: 'send', ch: 'general', text: 'live' })
    await back.next((frame) => frame.text === 'live')
    expect(back.all('msg').map(({ text }) => text)).toEqual(['missed', 'meanwhile', 'live'])
  })

  it('arrive when the channel is joined again after the session was lost', async () => {
    const gateway = await gateways.start({ timing: FAST })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'send', ch: 'general', text: 'seen' })
    const { seq } = await bob.next('msg')
    await bob.drop()
    await until(() => gateway.stats().parked === 1)
    await alice.ask({ t: 'send', ch: 'general', text: 'missed' })

    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [['general', seq]] } })
    expect(back.frames[0]).toMatchObject({ resumed: false, channels: [] })
    await back.ask({ t: 'join', ch: 'general' })
    await back.next('count')
    expect(await back.next('msg')).toMatchObject({ text: 'missed' })
    expect(back.all('msg')).toHaveLength(1)
  })

  it('do not arrive at a client that only claims to have been there', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await alice.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'send', ch: 'general', text: 'among us' })
    const mallory = await gateways.login(gateway, 'mallory', { resume: { secret: 'forged.secret', channels: [['general', 0]] } })
    await mallory.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'send', ch: 'general', text: 'now' })
    await mallory.next('msg')
    expect(mallory.all('msg').map(({ text }) => text)).toEqual(['now'])
  })
})

describe.each(TRANSPORTS)('a request in flight, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('is answered from its first run', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    const received = await bob.ask({ t: 'peer', to: 'alice', text: 'once' }, 1_000_050)
    expect(received).toMatchObject({ received: true })
    await bob.ask({ t: 'join', ch: 'general' }, 1_000_051)
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'send', ch: 'general', text: 'once too' }, 1_000_052)
    await bob.drop()

    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [['general', 0]] } })
    expect(await back.ask({ t: 'peer', to: 'alice', text: 'once' }, 1_000_050)).toEqual(received)
    expect(await back.ask({ t: 'join', ch: 'general' }, 1_000_051)).toMatchObject({ t: 'ok', id: 1_000_051 })
    expect(await back.ask({ t: 'send', ch: 'general', text: 'once too' }, 1_000_052)).toEqual({ t: 'ok', id: 1_000_052 })
    await alice.settled()
    expect(alice.all('peer')).toHaveLength(1)
    expect(alice.all('msg')).toHaveLength(1)
  })

  it('is answered when the first run ends, once, on the connection that asked last', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    alice.acknowledges = false
    bob.raw({ t: 'peer', id: 1_000_050, to: 'alice', text: 'hi' })
    const { mid } = await alice.next('peer')
    await bob.drop()
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    const answer = back.ask({ t: 'peer', to: 'alice', text: 'hi' }, 1_000_050)
    await back.settled()
    alice.raw({ t: 'ack', mid })
    expect(await answer).toMatchObject({ t: 'ok', received: true })
    await back.settled()
    expect(back.all('ok').filter(({ id }) => id === 1_000_050)).toHaveLength(1)
    expect(alice.all('peer')).toHaveLength(1)
  })

  it('gets the messages since, if it was a join', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    bob.raw({ t: 'join', id: 1_000_050, ch: 'general' })
    await alice.next('joined')
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    await alice.ask({ t: 'send', ch: 'general', text: 'welcome' })
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    await back.ask({ t: 'join', ch: 'general' }, 1_000_050)
    expect(await back.next('count')).toMatchObject({ n: 2 })
    expect(await back.next('msg')).toMatchObject({ text: 'welcome' })
  })
})
