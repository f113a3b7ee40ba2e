/** Two gateways on one bus and one store are one system: nothing between users bypasses the bus. */
import { beforeEach, describe, expect, it } from 'vitest'
import { memoryBus } from '../../../gateway/bus'
import type { Gateway } from '../../../gateway/server'
import { memoryStore } from '../../../gateway/store/memory'
import { FAST, PATIENT, until, useGateways } from '../../support/gateways'

describe('two nodes', () => {
  const gateways = useGateways()
  let east: Gateway
  let west: Gateway

  const start = async (timing = PATIENT) => {
    const shared = { bus: memoryBus(), store: memoryStore(), timing }
    east = await gateways.start(shared)
    west = await gateways.start(shared)
  }
  beforeEach(() => start())

  it('carry peer messages and acknowledgements', async () => {
    const alice = await gateways.login(east, 'alice')
    const bob = await gateways.login(west, 'bob')
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 'hi' })).toMatchObject({ received: true })
    expect(bob.all('peer')).toHaveLength(1)
  })

  it('share the offline queue', async () => {
    const alice = await gateways.login(east, 'alice')
    await alice.ask({ t: 'peer', to: 'bob', text: 'hi', offline: true })
    const bob = await gateways.login(west, 'bob')
    expect(await bob.next('peer')).toMatchObject({ text: 'hi', off: true })
  })

  it('share channels: messages, members, counts, attributes', async () => {
    const alice = await gateways.login(east, 'alice')
    const bob = await gateways.login(west, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    expect(await alice.next('joined')).toMatchObject({ uid: 'bob' })
    expect((await bob.ask({ t: 'members', ch: 'general' })).uids.sort()).toEqual(['alice', 'bob'])
    await bob.ask({ t: 'send', ch: 'general', text: 'hi' })
    expect(await alice.next('msg')).toMatchObject({ from: 'bob', text: 'hi' })
    await bob.ask({ t: 'setChannel', ch: 'general', notify: true, op: 'set', attributes: [['topic', 'tea']] })
    expect(await alice.next('attributes')).toMatchObject({ ch: 'general' })
    await bob.logout()
    expect(await alice.next('left')).toMatchObject({ uid: 'bob' })
  })

  it('know who is online', async () => {
    const alice = await gateways.login(east, 'alice')
    await alice.ask({ t: 'subscribe', uids: ['bob'] })
    await alice.next('status')
    const bob = await gateways.login(west, 'bob')
    expect((await alice.next('status')).peers).toEqual([['bob', 'ONLINE']])
    await bob.drop()
    expect((await alice.next('status')).peers).toEqual([['bob', 'UNREACHABLE']])
    expect((await alice.ask({ t: 'online', uids: ['bob'] })).online).toEqual([['bob', true]])
  })

  it('have one session per user', async () => {
    const old = await gateways.login(east, 'alice')
    const young = await gateways.login(west, 'alice')
    expect(await old.next('kick')).toMatchObject({ reason: 'REMOTE_LOGIN' })
    expect(east.stats().live).toBe(0)
    await young.settled()
  })

  it('pass unacknowledged messages to the node that the client comes back to', async () => {
    await start(FAST)
    const alice = await gateways.login(east, 'alice')
    const bob = await gateways.login(east, 'bob')
    await bob.drop()
    await until(() => east.stats().parked === 1)
    await alice.ask({ t: 'peer', to: 'bob', text: 'hi' })
    // A genuine secret is one that this node would have issued: nodes of one system share their store's key.
    const back = await gateways.login(west, 'bob', { resume: { secret: bob.secret, channels: [] } })
    expect(back.frames[0]).toMatchObject({ resumed: false })
    expect(await back.next('peer')).toMatchObject({ text: 'hi' })
    expect(east.stats().parked).toBe(0)
  })
})
