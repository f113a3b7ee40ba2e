/** The answer to a login is lost: the client does not know the session that it has. */
import { describe, expect, it } from 'vitest'
import { until, useGateways } from '../../support/gateways'

describe('a client whose answer to a login was lost', () => {
  const gateways = useGateways()

  it('does not resume the session: it would take new messages for ones it has had', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 'had' })).toMatchObject({ received: true })
    expect(bob.all('peer')).toMatchObject([{ mid: 1, text: 'had' }])
    await bob.drop()
    // His session is lost, as in a restart of the gateway.
    await (await gateways.login(gateway, 'bob')).logout()

    const resume = { secret: bob.secret, channels: [] as [string, number][] }
    const unanswered = await gateways.connect(gateway)
    unanswered.acknowledges = false
    expect(await unanswered.login('bob', { resume })).toMatchObject({ resumed: false })
    const sent = alice.ask({ t: 'peer', to: 'bob', text: 'new', offline: true })
    expect(await unanswered.next('peer')).toMatchObject({ mid: 1, text: 'new' })
    await unanswered.drop()

    // He knows only the former session, in which 1 was the number of another message.
    const back = await gateways.connect(gateway)
    expect(await back.login('bob', { resume })).toMatchObject({ resumed: false })
    expect(await back.next('peer')).toMatchObject({ text: 'new' })
    await sent
    await back.settled()
    expect(back.all('peer')).toHaveLength(1)
    expect(back.all('kick')).toEqual([])
  })

  it('is the same client through any number of lost answers, in whatever order its logins arrive', async () => {
    const gateway = await gateways.start()
    const first = await gateways.login(gateway, 'bob')
    await first.drop()
    await (await gateways.login(gateway, 'bob')).logout()
    const resume = { secret: first.secret, channels: [] as [string, number][] }
    const heard = await gateways.login(gateway, 'bob', { resume })
    // An earlier login of his, delayed on the way.
    await gateways.login(gateway, 'bob', { resume })
    await until(() => heard.ws.readyState === heard.ws.CLOSED)
    const back = await gateways.connect(gateway)
    expect(await back.login('bob', { resume: { secret: heard.secret, channels: [] } })).toMatchObject({ t: 'ok', resumed: false })
    expect(back.all('kick')).toEqual([])
  })
})
