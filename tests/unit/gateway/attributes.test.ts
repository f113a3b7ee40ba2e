import { describe, expect, it } from 'vitest'
import { PATIENT, until, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

const pairs = (count: number, value: string) => Array.from({ length: count }, (_, i): [string, string] => [`k${i}`, value])

describe('user attributes', () => {
  const gateways = useGateways()

  it('are set, added to, deleted, cleared, and read by any user', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    const read = async (keys?: string[]) => (await bob.ask({ t: 'getUser', uid: 'alice', keys })).attributes

    await alice.ask({ t: 'setUser', op: 'set', attributes: [['__proto__', '1'], ['name', 'A']] })
    expect(await read()).toEqual([['__proto__', '1'], ['name', 'A']])
    await alice.ask({ t: 'setUser', op: 'add', attributes: [['name', 'B'], ['x', 'y']] })
    expect(await read()).toEqual([['__proto__', '1'], ['name', 'B'], ['x', 'y']])
    expect(await read(['x', 'missing'])).toEqual([['x', 'y']])
    await alice.ask({ t: 'setUser', op: 'delete', keys: ['__proto__', 'missing'] })
    expect(await read()).toEqual([['name', 'B'], ['x', 'y']])
    await alice.ask({ t: 'setUser', op: 'set', attributes: [['only', '1']] })
    expect(await read()).toEqual([['only', '1']])
    await alice.ask({ t: 'setUser', op: 'clear' })
    expect(await read()).toEqual([])
  })

  it('of an offline user are code 6', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'getUser', uid: 'bob' })).toMatchObject({ code: 6 })
    expect(await alice.ask({ t: 'getUser', uid: 'a/b' })).toMatchObject({ code: 3 })
  })

  it('are deleted with the session, and stay in the grace', async () => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock, timing: { ...PATIENT, graceMs: 300 } })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.ask({ t: 'setUser', op: 'set', attributes: [['name', 'B']] })
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    await clock.advance(299)
    expect(await alice.ask({ t: 'getUser', uid: 'bob' })).toMatchObject({ attributes: [['name', 'B']] })
    await clock.advance(1)
    expect(gateway.stats().parked).toBe(1)
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    expect(await back.ask({ t: 'getUser', uid: 'bob' })).toMatchObject({ attributes: [] })
  })

  it.each([
    ['an empty list', [], 3],
    ['an empty key', [['', 'v']], 3],
    ['a key of 33 bytes', [['k'.repeat(33), 'v']], 3],
    ['a key of 33 bytes in 11 characters', [['爱'.repeat(11), 'v']], 3],
    ['an empty value', [['k', '']], 3],
    ['a value that is no string', [['k', 7]], 3],
    ['something that is no pair', [['k']], 3],
    ['a value of 8,193 bytes', [['k', 'v'.repeat(8_193)]], 4],
    ['33 keys', pairs(33, 'v'), 4],
    ['16,386 bytes', pairs(2, 'v'.repeat(8_191)), 4],
  ])('reject %s', async (_what, attributes, code) => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'setUser', op: 'set', attributes: attributes as never })).toMatchObject({ t: 'err', code })
  })

  it('are limited in total', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'setUser', op: 'set', attributes: pairs(2, 'v'.repeat(8_190)) })).toMatchObject({ t: 'ok' })
    expect(await alice.ask({ t: 'setUser', op: 'add', attributes: [['x', 'v']] })).toMatchObject({ code: 4 })
    await alice.ask({ t: 'setUser', op: 'set', attributes: pairs(32, 'v') })
    expect(await alice.ask({ t: 'setUser', op: 'add', attributes: [['x', 'v']] })).toMatchObject({ code: 4 })
    expect((await alice.ask({ t: 'getUser', uid: 'alice' })).attributes).toHaveLength(32)
  })

  it('have rates: 10 changes and 40 reads in 5 s', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const changes = await Promise.all(Array.from({ length: 11 }, () => alice.ask({ t: 'setUser', op: 'clear' })))
    expect(changes.at(-1)).toMatchObject({ code: 5 })
    expect(changes.at(-2)).toMatchObject({ t: 'ok' })
    const readings = await Promise.all(Array.from({ length: 41 }, () => alice.ask({ t: 'getUser', uid: 'alice' })))
    expect(readings.at(-1)).toMatchObject({ code: 5 })
    expect(readings.at(-2)).toMatchObject({ t: 'ok' })
  })

  it('reject invalid requests', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'setUser', op: 'explode' as never, attributes: [] })).toMatchObject({ code: 3 })
    expect(await alice.ask({ t: 'setUser', op: 'delete', keys: [] })).toMatchObject({ code: 3 })
    expect(await alice.ask({ t: 'setUser', op: 'delete', keys: 'k' as never })).toMatchObject({ code: 3 })
    expect(await alice.ask({ t: 'getUser', uid: 'alice', keys: [] })).toMatchObject({ code: 3 })
  })
})

describe('channel attributes', () => {
  const gateways = useGateways()

  it('have their author and time, and may be set from outside', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'setChannel', ch: 'general', notify: false, op: 'set', attributes: [['topic', 'tea']] })
    await bob.ask({ t: 'setChannel', ch: 'general', notify: false, op: 'add', attributes: [['place', 'here']] })
    const { attributes } = await alice.ask({ t: 'getChannel', ch: 'general' })
    expect(attributes).toEqual([
      ['topic', { value: 'tea', lastUpdateUserId: 'alice', lastUpdateTs: expect.any(Number) }],
      ['place', { value: 'here', lastUpdateUserId: 'bob', lastUpdateTs: expect.any(Number) }],
    ])
    expect((await alice.ask({ t: 'getChannel', ch: 'general', keys: ['place'] })).attributes).toHaveLength(1)
  })

  it('are sent to the members on request', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    const carol = await gateways.login(gateway, 'carol')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'setChannel', ch: 'general', notify: false, op: 'set', attributes: [['topic', 'tea']] })
    await alice.ask({ t: 'setChannel', ch: 'general', notify: true, op: 'add', attributes: [['place', 'here']] })
    for (const client of [alice, bob]) {
      const frame = await client.next('attributes')
      expect(frame.ch).toBe('general')
      expect(frame.attributes.map(([key]: [string]) => key)).toEqual(['topic', 'place'])
      expect(client.all('attributes')).toHaveLength(1)
    }
    await carol.settled()
    expect(carol.all('attributes')).toEqual([])
  })

  it('are deleted some time after the channel got empty, and not before', async () => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock, timing: { ...PATIENT, channelAttributesMs: 150 } })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    const read = async () => (await bob.ask({ t: 'getChannel', ch: 'general' })).attributes.length
    await alice.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'setChannel', ch: 'general', notify: false, op: 'set', attributes: [['topic', 'tea']] })
    await clock.advance(200)
    expect(await read()).toBe(1)
    await alice.ask({ t: 'leave', ch: 'general' })
    await clock.advance(149)
    expect(await read()).toBe(1)
    await clock.advance(1)
    expect(await read()).toBe(0)
  })

  it('have their own limit of 32,768 bytes', async () => {
    const gateway = await gateways.start()
    const alice = await gateways.login(gateway, 'alice')
    const set = (attributes: [string, string][]) => alice.ask({ t: 'setChannel', ch: 'general', notify: false, op: 'set', attributes })
    expect(await set(pairs(4, 'v'.repeat(8_190)))).toMatchObject({ t: 'ok' })
    expect(await set(pairs(4, 'v'.repeat(8_191)))).toMatchObject({ code: 4 })
    expect(await alice.ask({ t: 'setChannel', ch: 'a/b', notify: false, op: 'clear' })).toMatchObject({ code: 3 })
    expect(await alice.ask({ t: 'setChannel', ch: 'general', notify: 'yes' as never, op: 'clear' })).toMatchObject({ code: 3 })
  })
})
