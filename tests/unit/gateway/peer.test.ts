import { describe, expect, it } from 'vitest'
import { FAST, TRANSPORTS, until, useGateways } from '../../support/gateways'

describe.each(TRANSPORTS)('a peer message, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('is received once the receiver has acknowledged it, and not before', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    bob.acknowledges = false
    const answer = alice.ask({ t: 'peer', to: 'bob', text: 'hi' })
    const message = await bob.next('peer')
    expect(message).toEqual({ t: 'peer', mid: 1, from: 'alice', text: 'hi', ts: expect.any(Number) })
    await alice.settled()
    expect(alice.all('ok')).toHaveLength(1) // The login.
    bob.raw({ t: 'ack', mid: message.mid })
    expect(await answer).toMatchObject({ t: 'ok', received: true })
  })

  it('does not delay the next one while it waits', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    const carol = await gateways.login(gateway, 'carol')
    bob.acknowledges = false
    const slow = alice.ask({ t: 'peer', to: 'bob', text: 'slow' })
    const { mid } = await bob.next('peer')
    expect(await alice.ask({ t: 'peer', to: 'carol', text: 'quick' })).toMatchObject({ received: true })
    expect(carol.all('peer')).toHaveLength(1)
    bob.raw({ t: 'ack', mid })
    expect(await slow).toMatchObject({ received: true })
  })

  it('is not received if the receiver does not answer, and delivered again at the next resume', async () => {
    const gateway = await gateways.start({ timing: { ...FAST, graceMs: 60_000 } })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    bob.acknowledges = false
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 'hi' })).toMatchObject({ received: false })
    await bob.drop()
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    expect(await back.next('peer')).toMatchObject({ mid: 1, text: 'hi' })
  })

  it('is not received by an offline user', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'peer', to: 'nobody', text: 'hi' })).toMatchObject({ t: 'ok', received: false })
  })

  it('to the sender is dropped', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'peer', to: 'alice', text: 'hi', offline: true })).toMatchObject({ t: 'ok', received: false })
    await alice.logout()
    const again = await gateways.login(gateway, 'alice')
    await again.settled()
    expect(again.all('peer')).toEqual([])
  })

  it('keeps its order and its text', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, '__proto__')
    const texts = ['', '你好 👋', '\u0000\u001f"\\', '\ud800', 'x'.repeat(32_768), '\u0001'.repeat(32_768)]
    const answers = await Promise.all(texts.map((text) => alice.ask({ t: 'peer', to: '__proto__', text })))
    expect(answers.map(({ received }) => received)).toEqual(texts.map(() => true))
    expect(bob.all('peer').map(({ text }) => text)).toEqual(texts)
    expect(bob.all('peer').map(({ mid }) => mid)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('has RTM’s codes', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'peer', to: 'a/b', text: 'hi' })).toMatchObject({ t: 'err', code: 6 })
    expect(await alice.ask({ t: 'peer', to: 7 as never, text: 'hi' })).toMatchObject({ t: 'err', code: 6 })
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 7 as never })).toMatchObject({ t: 'err', code: 7 })
    expect(await alice.ask({ t: 'peer', to: 'bob', text: '爱'.repeat(10_923) })).toMatchObject({ t: 'err', code: 7 })
  })

  it('counts in the rate of 180 in 3 s together with channel messages', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await alice.ask({ t: 'join', ch: 'general' })
    const answers = await Promise.all(
      Array.from({ length: 190 }, (_, i) => alice.ask(i % 2 ? { t: 'peer', to: 'bob', text: 'x' } : { t: 'send', ch: 'general', text: 'x' })),
    )
    expect(answers.slice(0, 180).every(({ t }) => t === 'ok')).toBe(true)
    expect(answers.slice(180).map(({ code }) => code)).toEqual([3, 5, 3, 5, 3, 5, 3, 5, 3, 5])
  })

  it('has no rate if rates are off', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const alice = await gateways.login(gateway, 'alice')
    const answers = await Promise.all(Array.from({ length: 400 }, () => alice.ask({ t: 'peer', to: 'bob', text: 'x' })))
    expect(answers.every(({ t }) => t === 'ok')).toBe(true)
  })
})

describe.each(TRANSPORTS)('the offline queue, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('stores requested messages, marked, until they are acknowledged', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    for (const text of ['1', '2', '3']) {
      expect(await alice.ask({ t: 'peer', to: 'bob', text, offline: true })).toMatchObject({ t: 'ok', received: false })
    }
    await alice.ask({ t: 'peer', to: 'bob', text: 'lost' })

    const first = await gateways.connect(gateway)
    first.acknowledges = false
    await first.login('bob')
    for (const text of ['1', '2', '3']) expect(await first.next('peer')).toMatchObject({ text, off: true })
    first.raw({ t: 'ack', mid: 1 })
    await first.logout()

    const second = await gateways.login(gateway, 'bob')
    await until(() => second.all('peer').length === 2)
    expect(second.all('peer').map(({ text }) => text)).toEqual(['2', '3'])
    await second.settled()
    await second.logout()

    const third = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'peer', to: 'bob', text: '4' })
    expect(third.all('peer').map(({ text, off }) => [text, off])).toEqual([['4', undefined]])
  })

  it('stores 200, the newest', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const alice = await gateways.login(gateway, 'alice')
    for (let i = 0; i < 205; i++) await alice.ask({ t: 'peer', to: 'bob', text: String(i), offline: true })
    const bob = await gateways.login(gateway, 'bob')
    await until(() => bob.all('peer').length >= 200)
    await bob.settled()
    expect(bob.all('peer').map(({ text }) => Number(text))).toEqual(Array.from({ length: 200 }, (_, i) => i + 5))
  })

  it('stores messages that the receiver did not acknowledge in time, and delivers them once', async () => {
    const gateway = await gateways.start({ timing: { ...FAST, graceMs: 60_000 } })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    bob.acknowledges = false
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 'hi', offline: true })).toMatchObject({ received: false })
    await bob.drop()

    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    await back.next('peer')
    await back.settled()
    await back.logout()
    const again = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'peer', to: 'bob', text: 'next' })
    expect(again.all('peer').map(({ text }) => text)).toEqual(['next'])
  })

  it('stores messages to a receiver in grace for a login that begins a new session', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    await alice.ask({ t: 'peer', to: 'bob', text: 'kept', offline: true })
    await alice.ask({ t: 'peer', to: 'bob', text: 'thrown away' })
    const fresh = await gateways.login(gateway, 'bob')
    expect(await fresh.next('peer')).toMatchObject({ text: 'kept', off: true })
    await alice.ask({ t: 'peer', to: 'bob', text: 'last' })
    expect(fresh.all('peer').map(({ text }) => text)).toEqual(['kept', 'last'])
  })

  it('follows the receiver to a session that begins while the message waits', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const old = await gateways.login(gateway, 'bob')
    old.acknowledges = false
    const answer = alice.ask({ t: 'peer', to: 'bob', text: 'hi' })
    await old.next('peer')
    const young = await gateways.login(gateway, 'bob')
    expect(await answer).toMatchObject({ received: true })
    expect(young.all('peer').map(({ text }) => text)).toEqual(['hi'])
  })

  it('gets the waiting messages when the receiver logs out', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    bob.acknowledges = false
    const answer = alice.ask({ t: 'peer', to: 'bob', text: 'hi', offline: true })
    await bob.next('peer')
    await bob.logout()
    expect(await answer).toMatchObject({ received: false })
    const again = await gateways.login(gateway, 'bob')
    expect(await again.next('peer')).toMatchObject({ text: 'hi', off: true })
  })
})
