/** Which lost sessions are kept for their clients' return when there are too many. */
import { describe, expect, it } from 'vitest'
import { Parked } from '../../../gateway/parked'
import type { GatewayOptions } from '../../../gateway/server'
import { PATIENT, until, useGateways } from '../../support/gateways'

describe('detached sessions', { timeout: 60_000 }, () => {
  const gateways = useGateways()
  const start = (parked: number, options: GatewayOptions = {}) => gateways.start({ rateLimits: false, timing: { ...PATIENT, graceMs: 1 }, sessionLimits: { parked }, ...options })

  it('with messages are not replaced by throw-away logins', async () => {
    const gateway = await start(5)
    const parked = async (count: number) => until(() => gateway.stats().live === 1 && gateway.stats().grace === 0 && gateway.stats().parked === count, `${count} parked sessions`)
    const bob = await gateways.login(gateway, 'bob')
    const alice = await gateways.login(gateway, 'alice')
    await alice.drop()
    await parked(1)
    expect(await bob.ask({ t: 'peer', to: 'alice', text: 'for alice' })).toMatchObject({ received: false })
    for (let i = 0; i < 20; i++) {
      const thrownAway = await gateways.login(gateway, `mallory${i}`)
      await thrownAway.drop()
      await parked(Math.min(5, i + 2))
    }
    const back = await gateways.login(gateway, 'alice', { resume: { secret: alice.secret, channels: [] } })
    expect(await back.next('peer')).toMatchObject({ text: 'for alice' })
  })

  it('are dropped when there are too many: the oldest without messages, then those with the fewest bytes of them', () => {
    const parked = new Parked<{ waitingBytes: number }>(4)
    const [one, ten, none, later, two] = [1, 10, 0, 0, 2].map((waitingBytes) => ({ waitingBytes }))
    for (const session of [one, ten, none, later]) parked.add(session!)
    expect(parked.surplus()).toEqual([])
    later!.waitingBytes = 5
    parked.add(two!)
    expect(parked.surplus()).toEqual([none])
    none!.waitingBytes = 3
    expect(parked.surplus()).toEqual([one, two])
    for (const session of [one, two]) parked.delete(session!)
    expect([[...parked], parked.surplus()]).toEqual([[ten, none, later], []])
  })
})
