import { describe, expect, it } from 'vitest'
import { FAST, until, useGateways } from '../../support/gateways'

describe('online status', () => {
  const gateways = useGateways()

  it('is returned on request', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await gateways.login(gateway, '__proto__')
    expect(await alice.ask({ t: 'online', uids: ['__proto__', 'alice', 'constructor'] })).toMatchObject({
      online: [
        ['__proto__', true],
        ['alice', true],
        ['constructor', false],
      ],
    })
  })

  it('can be requested for 1 to 256 users, 10 times in 5 s', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const uids = (count: number) => Array.from({ length: count }, (_, i) => `u${i}`)
    expect(await alice.ask({ t: 'online', uids: [] })).toMatchObject({ code: 2 })
    expect(await alice.ask({ t: 'online', uids: uids(257) })).toMatchObject({ code: 2 })
    expect(await alice.ask({ t: 'online', uids: ['a/b'] })).toMatchObject({ code: 2 })
    expect(await alice.ask({ t: 'online', uids: 'bob' as never })).toMatchObject({ code: 2 })
    expect((await alice.ask({ t: 'online', uids: uids(256) })).online).toHaveLength(256)
    const more = await Promise.all(Array.from({ length: 10 }, () => alice.ask({ t: 'online', uids: ['bob'] })))
    expect(more.map(({ code }) => code)).toEqual([...Array(6).fill(undefined), ...Array(4).fill(5)])
  })
})

describe('a subscription', () => {
  const gateways = useGateways()

  it('reports the states at once, and each change', async () => {
    const gateway = await gateways.start({ timing: FAST })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'subscribe', uids: ['bob', 'carol'] })
    expect((await alice.next('status')).peers).toEqual([
      ['bob', 'ONLINE'],
      ['carol', 'OFFLINE'],
    ])
    await gateways.login(gateway, 'carol')
    expect((await alice.next('status')).peers).toEqual([['carol', 'ONLINE']])
    await bob.drop()
    expect((await alice.next('status')).peers).toEqual([['bob', 'UNREACHABLE']])
    expect((await alice.next('status')).peers).toEqual([['bob', 'OFFLINE']])
  })

  it('reports nothing when the user only changes the device', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'subscribe', uids: ['bob'] })
    await alice.next('status')
    const second = await gateways.login(gateway, 'bob')
    await second.logout()
    expect((await alice.next('status')).peers).toEqual([['bob', 'OFFLINE']])
    expect(alice.all('status')).toHaveLength(2)
  })

  it('ends on request', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await alice.ask({ t: 'subscribe', uids: ['bob', 'carol'] })
    await alice.next('status')
    await alice.ask({ t: 'unsubscribe', uids: ['bob'] })
    expect(await alice.ask({ t: 'subscribed' })).toMatchObject({ uids: ['carol'] })
    await gateways.login(gateway, 'bob')
    await gateways.login(gateway, 'carol')
    expect((await alice.next('status')).peers).toEqual([['carol', 'ONLINE']])
  })

  it('is kept over a resume, which reports the states again', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await alice.ask({ t: 'subscribe', uids: ['bob'] })
    await alice.next('status')
    await alice.drop()
    await gateways.login(gateway, 'bob')
    const back = await gateways.login(gateway, 'alice', { resume: { secret: alice.secret, channels: [] } })
    expect((await back.next('status')).peers).toEqual([['bob', 'ONLINE']])
    expect(await back.ask({ t: 'subscribed' })).toMatchObject({ uids: ['bob'] })
  })

  it('ends with the session', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    await alice.ask({ t: 'subscribe', uids: ['bob'] })
    await alice.logout()
    const again = await gateways.login(gateway, 'alice')
    expect(await again.ask({ t: 'subscribed' })).toMatchObject({ uids: [] })
    await gateways.login(gateway, 'bob')
    await again.settled()
    expect(again.all('status')).toEqual([])
  })

  it('has at most 512 users in total', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const uids = (from: number, count: number) => Array.from({ length: count }, (_, i) => `u${from + i}`)
    expect(await alice.ask({ t: 'subscribe', uids: uids(0, 500) })).toMatchObject({ t: 'ok' })
    expect(await alice.ask({ t: 'subscribe', uids: uids(500, 13) })).toMatchObject({ code: 6 })
    expect(await alice.ask({ t: 'subscribe', uids: uids(488, 24) })).toMatchObject({ t: 'ok' })
    expect(await alice.ask({ t: 'subscribe', uids: [] })).toMatchObject({ code: 2 })
    await until(() => alice.all('status').length === 2)
  })

  it('has a rate of 10 in 5 s for each call', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const asks = { subscribe: 5, unsubscribe: 5 } as const
    for (const [t, code] of Object.entries(asks)) {
      const answers = await Promise.all(Array.from({ length: 11 }, () => alice.ask({ t: t as keyof typeof asks, uids: ['bob'] })))
      expect(answers.map((answer) => answer.code)).toEqual([...Array(10).fill(undefined), code])
    }
    const answers = await Promise.all(Array.from({ length: 11 }, () => alice.ask({ t: 'subscribed' })))
    expect(answers.map(({ code }) => code)).toEqual([...Array(10).fill(undefined), 3])
  })
})
