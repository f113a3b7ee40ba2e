/** The rates of RTM belong to the user: a new login does not reset them. */
import { describe, expect, it } from 'vitest'
import { RATES_KEPT_MAX, RATES_KEPT_MS, UserRates } from '../../../gateway/rates'
import type { Gateway } from '../../../gateway/server'
import { USER_ATTRIBUTES_SET_RATE } from '@/src/chat/rtm-limits'
import type { GatewayClient } from '../../support/gateway-client'
import { PATIENT, until, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

describe('the rates of a user', () => {
  const gateways = useGateways()
  const set = (client: GatewayClient) => client.ask({ t: 'setUser', op: 'clear' })

  const ends: Record<string, (client: GatewayClient, gateway: Gateway) => Promise<unknown>> = {
    'a logout': (client) => client.logout(),
    'a kick': (client, gateway) => (gateway.kick('alice', 'BANNED_BY_SERVER'), client.closed()),
    'a second login': async () => undefined,
    'a lost connection': (client) => client.drop(),
  }
  it.each(Object.entries(ends))('continue after %s', async (_what, end) => {
    const gateway = await gateways.start({ clock: new TestClock() })
    const first = await gateways.login(gateway, 'alice')
    for (let i = 0; i < USER_ATTRIBUTES_SET_RATE.count; i++) expect(await set(first)).toMatchObject({ t: 'ok' })
    await end(first, gateway)
    const next = await gateways.login(gateway, 'alice')
    expect(await set(next)).toMatchObject({ t: 'err', code: 5 })
    expect(await set(await gateways.login(gateway, 'bob'))).toMatchObject({ t: 'ok' })
  })

  it('do not exist where rates are off', async () => {
    const gateway = await gateways.start({ rateLimits: false, timing: { ...PATIENT, loginIntervalMs: 600_000 } })
    for (let i = 0; i < 3; i++) {
      const client = await gateways.login(gateway, 'alice')
      for (let j = 0; j < USER_ATTRIBUTES_SET_RATE.count; j++) expect(await set(client)).toMatchObject({ t: 'ok' })
      await client.logout()
    }
  })

  it('use limited memory, for a limited time', () => {
    const rates = new UserRates(new TestClock(), true)
    for (let i = 0; i < RATES_KEPT_MAX + 10; i++) rates.keep(`user${i}`, rates.of(`user${i}`, 0), 0)
    expect(rates.size).toBe(RATES_KEPT_MAX)
    rates.keep('late', rates.of('late', 10), 10)
    rates.sweep(RATES_KEPT_MS)
    expect(rates.size).toBe(1)
    rates.sweep(RATES_KEPT_MS + 10)
    expect(rates.size).toBe(0)
  })
})

describe('logins of one user that come too fast', () => {
  const gateways = useGateways()
  const start = () => gateways.start({ timing: { ...PATIENT, loginIntervalMs: 600_000 } })
  const loginOnly = async (gateway: Gateway, uid: string) => (await gateways.connect(gateway)).login(uid)

  it('are rejected with code 10, and do not affect the running session', async () => {
    const gateway = await start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await loginOnly(gateway, 'alice')).toMatchObject({ t: 'err', code: 10 })
    expect(await loginOnly(gateway, 'bob')).toMatchObject({ t: 'ok' })
    await alice.settled()
    expect([alice.all('kick'), gateway.stats().live]).toEqual([[], 2])
    await alice.logout()
    expect(await loginOnly(gateway, 'alice')).toMatchObject({ t: 'err', code: 10 })
  })

  it('may resume a running session as often as the connection is lost', async () => {
    const gateway = await start()
    const { secret } = await gateways.login(gateway, 'alice')
    for (let i = 0; i < 3; i++) {
      const back = await gateways.login(gateway, 'alice', { resume: { secret, channels: [] } })
      expect(back.frames[0]).toMatchObject({ resumed: true })
      await back.drop()
      await until(() => gateway.stats().grace === 1)
    }
  })

  it('are accepted again after a while', async () => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock, timing: { ...PATIENT, loginIntervalMs: 500 } })
    await gateways.login(gateway, 'alice')
    await clock.advance(499)
    expect(await loginOnly(gateway, 'alice')).toMatchObject({ t: 'err', code: 10 })
    await clock.advance(1)
    expect(await loginOnly(gateway, 'alice')).toMatchObject({ t: 'ok' })
  })
})
