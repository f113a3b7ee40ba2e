/** The data of users in the gateway besides messages is limited, and a user with little data has room whatever the others store. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Grace, Holding, Holdings, attributeBytes, subscriptionBytes } from '../../../gateway/holdings'
import type { Gateway } from '../../../gateway/server'
import { ID_MAX_LENGTH, SUBSCRIBED_PEERS_MAX } from '@/src/chat/rtm-limits'
import type { GatewayClient } from '../../support/gateway-client'
import { until, useGateways } from '../../support/gateways'

const KB = 1024
const MB = 1024 * KB
/** Ids of others, of the maximum length. */
const uids = (of: string, count: number) => Array.from({ length: count }, (_, i) => `${of}-${i}`.padEnd(ID_MAX_LENGTH, 'x'))
const large: [string, string][] = [['a', 'x'.repeat(8_000)], ['b', 'x'.repeat(8_000)]]

describe('sessions without a connection', { timeout: 60_000 }, () => {
  const gateways = useGateways()

  /** Logs in, stores as much as allowed, and loses the connection. */
  async function leaveMuch(gateway: Gateway, uid: string): Promise<void> {
    const client = await gateways.login(gateway, uid)
    expect(await client.ask({ t: 'subscribe', uids: uids(uid, SUBSCRIBED_PEERS_MAX) })).toMatchObject({ t: 'ok' })
    expect(await client.ask({ t: 'setUser', op: 'set', attributes: large })).toMatchObject({ t: 'ok' })
    const { live } = gateway.stats()
    await client.drop()
    await until(() => gateway.stats().live < live)
  }

  it('keep subscriptions and attributes of a limited size: the one that was lost first is detached early', async () => {
    const gateway = await gateways.start({ sessionLimits: { graceBytes: 3 * MB } })
    const watcher = await gateways.login(gateway, 'watcher')
    await watcher.ask({ t: 'subscribe', uids: ['mallory0'] })
    for (let i = 0; i < 20; i++) await leaveMuch(gateway, `mallory${i}`)
    // Each counts for some 550 KB.
    expect(gateway.stats()).toMatchObject({ grace: 5, parked: 15 })
    await watcher.next(({ t, peers }) => t === 'status' && peers[0][1] === 'OFFLINE')
    expect(await watcher.ask({ t: 'getUser', uid: 'mallory0' })).toMatchObject({ t: 'err', code: 6 })
    expect(await watcher.ask({ t: 'getUser', uid: 'mallory19' })).toMatchObject({ t: 'ok' })
  })

  it('of others are not affected if they have little', async () => {
    const gateway = await gateways.start({ sessionLimits: { graceBytes: 3 * MB } })
    const alice = await gateways.login(gateway, 'alice')
    await alice.ask({ t: 'subscribe', uids: ['bob'] })
    await alice.drop()
    await until(() => gateway.stats().grace === 1)
    for (let i = 0; i < 10; i++) await leaveMuch(gateway, `mallory${i}`)
    const back = await gateways.login(gateway, 'alice', { resume: { secret: alice.secret, channels: [] } })
    expect(back.frames[0]).toMatchObject({ resumed: true })
  })

  it('use no room when they have come back or ended', async () => {
    const gateway = await gateways.start({ sessionLimits: { graceBytes: 1 * MB } })
    for (let round = 0; round < 3; round++) {
      const names = ['alice', 'bob', 'carol']
      for (const name of names) {
        const client = await gateways.login(gateway, name)
        await client.ask({ t: 'subscribe', uids: uids(name, 400) })
        await client.drop()
        await until(() => gateway.stats().grace === 1)
        const back = await gateways.login(gateway, name, { resume: { secret: client.secret, channels: [] } })
        expect(back.frames[0]).toMatchObject({ resumed: true })
        await back.logout()
      }
    }
    expect(gateway.stats()).toMatchObject({ grace: 0, parked: 0 })
  })

  it('count with their answers, channels and rates', () => {
    const grace = new Grace(700 * KB)
    const lost = (answers: number) => ({ holding: new Holding(new Holdings(MB, 1)), remains: { answers, channels: 20, joinRates: 256 } })
    const [small, first, second] = [lost(0), lost(1_024), lost(1_024)]
    for (const session of [small, first]) grace.add(session)
    expect(grace.surplus()).toBeUndefined()
    grace.add(second)
    expect(grace.surplus()).toBe(first)
    grace.remove(first)
    expect(grace.surplus()).toBeUndefined()
    for (const session of [small, second]) grace.remove(session)
    expect(grace.bytes).toBe(0)
  })
})

describe('the data of all sessions', { timeout: 60_000 }, () => {
  const gateways = useGateways()
  const subscribe = (client: GatewayClient, of: string, count: number) => client.ask({ t: 'subscribe', uids: uids(of, count) })
  const setMuch = (client: GatewayClient) => client.ask({ t: 'setUser', op: 'set', attributes: large })

  it('is limited: a user with more than an equal share is rejected, one with less is not', async () => {
    // A share is some 15 KB.
    const gateway = await gateways.start({ limits: { sockets: 64 }, sessionLimits: { heldBytes: 1_900 * KB } })
    const [mallory, oscar, alice] = [await gateways.login(gateway, 'mallory'), await gateways.login(gateway, 'oscar'), await gateways.login(gateway, 'alice')]
    expect(await subscribe(mallory, 'm', 512)).toMatchObject({ t: 'ok' })
    expect(await subscribe(oscar, 'o', 512)).toMatchObject({ t: 'err', code: 6, why: expect.stringContaining('room') })
    expect(await subscribe(oscar, 'o', 460)).toMatchObject({ t: 'ok' })
    expect(await setMuch(oscar)).toMatchObject({ t: 'err', code: 4, why: expect.stringContaining('room') })
    expect(await subscribe(alice, 'a', 10)).toMatchObject({ t: 'ok' })
    expect(await alice.ask({ t: 'setUser', op: 'set', attributes: [['name', 'Alice']] })).toMatchObject({ t: 'ok' })
    // Repeated requests do not increase it.
    expect(await subscribe(mallory, 'm', 512)).toMatchObject({ t: 'ok' })

    await mallory.ask({ t: 'unsubscribe', uids: uids('m', 100) })
    expect(await setMuch(oscar)).toMatchObject({ t: 'ok' })
    await oscar.logout()
    expect(await subscribe(alice, 'a', 512)).toMatchObject({ t: 'ok' })
  })

  it('stays below its limit, is counted correctly, and leaves each session its share', () => {
    const sessions = 8
    const step = fc.record({ of: fc.nat(sessions - 1), do: fc.constantFrom('subscribe', 'unsubscribe', 'set', 'close'), bytes: fc.nat(4_000) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const all = new Holdings(16_000, sessions)
        const held = Array.from({ length: sessions }, () => ({ holding: new Holding(all), subscriptions: 0, attributes: 0 }))
        for (const { of, do: action, bytes } of steps) {
          const session = held[of]!
          const { holding } = session
          const isSmall = action === 'set' ? session.subscriptions + bytes <= 1_000 : session.subscriptions + session.attributes + bytes <= 1_000
          const hasRoom = action === 'set' ? holding.hasRoomForAttributes(bytes) : holding.hasRoomForSubscriptions(bytes)
          if (isSmall) expect(hasRoom).toBe(true)
          if (action === 'subscribe' && hasRoom) holding.subscribed((session.subscriptions += bytes, bytes))
          if (action === 'unsubscribe') holding.subscribed((session.subscriptions -= Math.min(bytes, session.subscriptions)) - (holding.bytes - session.attributes))
          if (action === 'set' && hasRoom) holding.setAttributes((session.attributes = bytes))
          if (action === 'close' && bytes < 500) {
            holding.close()
            held[of] = { holding: new Holding(all), subscriptions: 0, attributes: 0 }
          }
          expect(all.bytes).toBe(held.reduce((sum, { subscriptions, attributes }) => sum + subscriptions + attributes, 0))
          expect(all.bytes).toBeLessThanOrEqual(16_000)
        }
      }),
    )
  })

  it('counts each id and each text', () => {
    expect(subscriptionBytes('x'.repeat(ID_MAX_LENGTH))).toBe(KB)
    expect(attributeBytes(new Map([['key', 'value']]))).toBe(128 + 2 * 8)
  })
})
