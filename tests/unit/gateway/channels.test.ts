import { describe, expect, it } from 'vitest'
import { memoryBus, type Bus } from '../../../gateway/bus'
import { channelMembers, channelSubject } from '../../../gateway/subjects'
import type { GatewayClient } from '../../support/gateway-client'
import { FAST, PATIENT, TRANSPORTS, until, useGateways } from '../../support/gateways'

const join = (client: GatewayClient, ch = 'general') => client.ask({ t: 'join', ch })

/** Adds users to a channel without a connection. */
async function crowd(bus: Bus, size: number, ch = 'general'): Promise<void> {
  for (let i = 0; i < size; i++) await bus.addMember(channelMembers(ch), `crowd${i}`, 'crowd')
}

describe.each(TRANSPORTS)('a channel, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('delivers a message to all members but the sender, in one order', async () => {
    const gateway = await gateways.start()
    const clients = await Promise.all(['alice', '__proto__', 'carol'].map((uid) => gateways.login(gateway, uid)))
    for (const client of clients) await join(client, 'constructor')
    await Promise.all(clients.flatMap((client, i) => [0, 1, 2].map((n) => client.ask({ t: 'send', ch: 'constructor', text: `${i}${n}` }))))
    await Promise.all(clients.map((client) => until(() => client.all('msg').length === 6)))
    for (const [i, client] of clients.entries()) {
      const messages = client.all('msg')
      expect(messages.some(({ text }) => text.startsWith(String(i)))).toBe(false)
      const seqs = messages.map(({ seq }) => seq)
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
    }
    const first = { t: 'msg', ch: 'constructor', seq: expect.any(Number), from: '__proto__', text: '10', ts: expect.any(Number) }
    expect(clients[0]!.all('msg')[0]).toEqual(first)
  })

  it('rejects users who have not joined, or have left', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'send', ch: 'general', text: 'hi' })).toMatchObject({ t: 'err', code: 5 })
    expect(await alice.ask({ t: 'members', ch: 'general' })).toMatchObject({ t: 'err', code: 5 })
    expect(await alice.ask({ t: 'leave', ch: 'general' })).toMatchObject({ t: 'err', code: 3 })
    await join(alice)
    expect(await join(alice)).toMatchObject({ t: 'err', code: 6 })
    expect(await alice.ask({ t: 'leave', ch: 'general' })).toMatchObject({ t: 'ok' })
    expect(await alice.ask({ t: 'send', ch: 'general', text: 'hi' })).toMatchObject({ t: 'err', code: 5 })
    expect(gateway.stats().channels).toBe(0)
  })

  it('has RTM’s codes for invalid requests', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await join(alice, 'a/b')).toMatchObject({ t: 'err', code: 3 })
    expect(await alice.ask({ t: 'join', ch: 5 as never })).toMatchObject({ t: 'err', code: 3 })
    await join(alice)
    expect(await alice.ask({ t: 'send', ch: 'general', text: '爱'.repeat(10_923) })).toMatchObject({ t: 'err', code: 4 })
    expect(await alice.ask({ t: 'send', ch: 'general', text: null as never })).toMatchObject({ t: 'err', code: 4 })
  })

  it('is one of at most 20', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    for (let i = 0; i < 20; i++) expect(await join(alice, `c${i}`)).toMatchObject({ t: 'ok' })
    expect(await join(alice, 'c20')).toMatchObject({ t: 'err', code: 5 })
    await alice.ask({ t: 'leave', ch: 'c0' })
    expect(await join(alice, 'c20')).toMatchObject({ t: 'ok' })
  })

  it('can be joined twice in 5 s, and different ones 50 times in 3 s', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const answers: unknown[] = []
    for (let i = 0; i < 3; i++) {
      answers.push((await join(alice)).code)
      await alice.ask({ t: 'leave', ch: 'general' })
    }
    expect(answers).toEqual([undefined, undefined, 8])

    const bob = await gateways.login(gateway, 'bob')
    const rapid = Array.from({ length: 52 }, (_, i) => {
      const answer = join(bob, `c${i}`)
      const left = bob.ask({ t: 'leave', ch: `c${i}` })
      return Promise.all([answer, left]).then(([{ code }]) => code)
    })
    expect((await Promise.all(rapid)).slice(49)).toEqual([undefined, 7, 7])
  })

  it('lists its members, the caller included, 5 times in 2 s', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await join(alice)
    await join(bob)
    const answers = await Promise.all(Array.from({ length: 6 }, () => alice.ask({ t: 'members', ch: 'general' })))
    expect(answers[0]!.uids.sort()).toEqual(['alice', 'bob'])
    expect(answers.map(({ code }) => code)).toEqual([undefined, undefined, undefined, undefined, undefined, 4])
  })

  it('lists at most 512 members, the caller among them', async () => {
    const bus = memoryBus()
    const gateway = await gateways.start({ bus })
    await crowd(bus, 600)
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    const { uids } = await alice.ask({ t: 'members', ch: 'general' })
    expect(uids).toHaveLength(512)
    expect(new Set(uids).size).toBe(512)
    expect(uids).toContain('alice')
  })

  it('sends its count to any user, once a second', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    expect(await alice.ask({ t: 'counts', chs: ['general', '__proto__', 'general'] })).toMatchObject({
      counts: [
        ['general', 1],
        ['__proto__', 0],
      ],
    })
    expect(await alice.ask({ t: 'counts', chs: ['general'] })).toMatchObject({ code: 3 })
    const bob = await gateways.login(gateway, 'bob')
    expect(await bob.ask({ t: 'counts', chs: [] })).toMatchObject({ code: 2 })
    expect(await bob.ask({ t: 'counts', chs: ['a/b'] })).toMatchObject({ code: 2 })
    expect(await bob.ask({ t: 'counts', chs: Array.from({ length: 33 }, (_, i) => `c${i}`) })).toMatchObject({ code: 5 })
  })
})

describe.each(TRANSPORTS)('members join and leave, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('sends them to the others only: joined, then count; the count of its own join to the new member', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await join(alice)
    await join(bob)
    await alice.next((frame) => frame.t === 'count' && frame.n === 2)
    await bob.next('count')
    const told = (client: GatewayClient) => client.frames.slice(1).map(({ t, uid, n }) => (t === 'ok' ? 'ok' : `${t} ${uid ?? n}`))
    expect(told(alice)).toEqual(['ok', 'count 1', 'joined bob', 'count 2'])
    expect(told(bob)).toEqual(['ok', 'count 2'])
  })

  it('reports a member that logs out, is kicked, or leaves', async () => {
    const gateway = await gateways.start({ timing: { ...FAST, countIntervalMs: { small: 0, large: 0 } } })
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    for (const end of ['leave', 'logout', 'kick'] as const) {
      const other = await gateways.login(gateway, end)
      await join(other)
      await alice.next((frame) => frame.t === 'joined' && frame.uid === end)
      if (end === 'leave') await other.ask({ t: 'leave', ch: 'general' })
      if (end === 'logout') await other.logout()
      if (end === 'kick') gateway.kick(end, 'BANNED_BY_SERVER')
      await alice.next((frame) => frame.t === 'left' && frame.uid === end)
    }
    await until(() => alice.all('count').at(-1)?.n === 1)
  })

  it('sends counts no faster than the interval', async () => {
    const gateway = await gateways.start({ timing: { ...PATIENT, countIntervalMs: { small: 60_000, large: 60_000 } } })
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    for (let i = 0; i < 5; i++) await join(await gateways.login(gateway, `u${i}`))
    await alice.settled()
    expect(alice.all('joined')).toHaveLength(5)
    expect(alice.all('count').map(({ n }) => n)).toEqual([1, 2])
  })

  it('always sends the last count', async () => {
    const gateway = await gateways.start({ timing: { ...PATIENT, countIntervalMs: { small: 100, large: 100 } } })
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    const others = await Promise.all(Array.from({ length: 10 }, (_, i) => gateways.login(gateway, `u${i}`)))
    await Promise.all(others.map((other) => join(other)))
    await until(() => alice.all('count').at(-1)?.n === 11)
    await Promise.all(others.map((other) => other.logout()))
    await until(() => alice.all('count').at(-1)?.n === 1)
  })

  it('above 512 members sends only counts', async () => {
    const bus = memoryBus()
    const gateway = await gateways.start({ bus, timing: { ...PATIENT, countIntervalMs: { small: 0, large: 0 } } })
    await crowd(bus, 510)
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    const bob = await gateways.login(gateway, 'bob')
    await join(bob)
    expect(await alice.next('joined')).toMatchObject({ uid: 'bob' })
    const carol = await gateways.login(gateway, 'carol')
    await join(carol)
    await alice.next((frame) => frame.t === 'count' && frame.n === 513)
    expect(alice.all('joined').map(({ uid }) => uid)).toEqual(['bob'])
    await carol.ask({ t: 'leave', ch: 'general' })
    await alice.next((frame) => frame.t === 'left' && frame.uid === 'carol')
  })

  it('uses the interval of large channels above 512', async () => {
    const bus = memoryBus()
    const gateway = await gateways.start({ bus, timing: { ...PATIENT, countIntervalMs: { small: 0, large: 60_000 } } })
    await crowd(bus, 600)
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    for (const uid of ['bob', 'carol', 'dave']) {
      const other = await gateways.login(gateway, uid)
      await join(other)
    }
    await alice.settled()
    expect(alice.all('count').map(({ n }) => n)).toEqual([601, 602])
  })

  it('sends the count again after a resume', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    await alice.drop()
    const bob = await gateways.login(gateway, 'bob')
    await join(bob)
    const back = await gateways.login(gateway, 'alice', { resume: { secret: alice.secret, channels: [['general', 0]] } })
    expect(await back.next('count')).toMatchObject({ n: 2 })
  })
})

describe('a channel whose members are on another node', () => {
  const gateways = useGateways()

  it('does not receive messages before its first member here has joined', async () => {
    const bus = memoryBus()
    const gateway = await gateways.start({ bus })
    bus.publish(channelSubject('general'), { kind: 'message', seq: 1, from: 'x', text: 'early', ts: Date.now() })
    const alice = await gateways.login(gateway, 'alice')
    await join(alice)
    bus.publish(channelSubject('general'), { kind: 'message', seq: 2, from: 'x', text: 'now', ts: Date.now() })
    await alice.next('msg')
    expect(alice.all('msg').map(({ text }) => text)).toEqual(['now'])
  })
})
