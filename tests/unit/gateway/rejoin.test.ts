/** Missed channel messages also arrive if the connection breaks again during the catch-up. */
import { describe, expect, it } from 'vitest'
import { useGateways } from '../../support/gateways'

describe('a member whose session was lost', () => {
  const gateways = useGateways()

  it.each([
    ['goes on with its new session', 'resumed'],
    ['asks again for the join whose answer it never heard', 'repeated'],
  ] as const)('%s after one more lost connection, and gets what it missed before it joined again', async (_what, way) => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    for (const client of [alice, bob]) await client.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'send', ch: 'general', text: 'seen' })
    const { seq } = await bob.next('msg')
    await bob.drop()
    // As after a restart of the gateway: the session is gone, the secret is still good.
    const other = await gateways.login(gateway, 'bob')
    await other.logout()
    await alice.ask({ t: 'send', ch: 'general', text: 'missed' })

    const resume = { secret: bob.secret, channels: [['general', seq]] as [string, number][] }
    const back = await gateways.login(gateway, 'bob', { resume })
    expect(back.frames[0]).toMatchObject({ resumed: false })
    const join = await back.ask({ t: 'join', ch: 'general' })
    // The connection breaks before anything of it was read: the client still has the same `seq`.
    await back.drop()

    const again = await gateways.login(gateway, 'bob', { resume: { secret: back.secret, channels: way === 'resumed' ? resume.channels : [] } })
    expect(again.frames[0]).toMatchObject({ resumed: true, channels: way === 'resumed' ? ['general'] : [] })
    if (way === 'repeated') again.raw({ t: 'join', id: join.id, ch: 'general' })
    expect(await again.next('msg')).toMatchObject({ text: 'missed' })
    await again.settled()
    expect(again.all('msg')).toHaveLength(1)
  })

  it.each([
    ['by the same request', true],
    ['anew', false],
  ])('receives nothing new before the missed messages, when it asks again %s for the join whose answer was lost', async (_what, isSame) => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    const join = await bob.ask({ t: 'join', ch: 'general' })
    await bob.drop()
    await alice.ask({ t: 'send', ch: 'general', text: 'first' })
    const again = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    await alice.ask({ t: 'send', ch: 'general', text: 'second' })
    await again.settled()
    expect(again.all('msg')).toEqual([])
    again.raw({ t: 'join', id: isSame ? join.id : 9_999, ch: 'general' })
    await again.next('msg')
    await alice.ask({ t: 'send', ch: 'general', text: 'third' })
    await again.settled()
    expect(again.all('msg').map(({ text }) => text)).toEqual(['first', 'second', 'third'])
  })
})
