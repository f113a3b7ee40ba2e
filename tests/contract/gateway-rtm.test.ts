/** What the gateway knows of RTM 1.x beyond the port, by a client that speaks its frames: no caller in src/ asks for it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway, type Gateway } from '../../gateway/server'
import { CLOSE_CODE, type RequestName } from '@/src/rtm/local/frames'
import { GatewayClient, type Frame } from '../support/gateway-client'

let gateway: Gateway
let serial = 0
beforeAll(async () => {
  gateway = await startGateway({ port: 0 })
})
afterAll(() => gateway.close())

const fresh = (stem: string) => `${stem}-${++serial}`

async function login(stem: string): Promise<GatewayClient & { uid: string }> {
  const uid = fresh(stem)
  return Object.assign(await GatewayClient.login(gateway.url, uid), { uid })
}

const names = (length: number) => Array.from({ length }, (_, i) => `u${i}`)
const ids = [[], ['a\tb'], [''], names(257)]

describe('presence', () => {
  it('covers 1 to 256 users, with any valid IDs', async () => {
    const [alice, bob] = [await login('alice'), await login('bob')]
    const absent = fresh('absent')
    expect((await alice.ask({ t: 'online', uids: [bob.uid, absent, '__proto__'] })).online).toEqual([
      [bob.uid, true],
      [absent, false],
      ['__proto__', false],
    ])
    for (const bad of ids) expect(await alice.ask({ t: 'online', uids: bad })).toMatchObject({ t: 'err', code: 2 })
  })

  it('is followed until it is not asked for any more', async () => {
    const [alice, bob] = [await login('alice'), await login('bob')]
    await alice.ask({ t: 'subscribe', uids: [bob.uid] })
    expect((await alice.ask({ t: 'subscribed' })).uids).toEqual([bob.uid])
    await bob.logout()
    await alice.next(({ t, peers }) => t === 'status' && JSON.stringify(peers) === JSON.stringify([[bob.uid, 'OFFLINE']]))
    await alice.ask({ t: 'unsubscribe', uids: [bob.uid] })
    expect((await alice.ask({ t: 'subscribed' })).uids).toEqual([])
    expect(await alice.ask({ t: 'subscribe', uids: names(513) })).toMatchObject({ t: 'err', code: 6 })
    expect((await alice.ask({ t: 'subscribed' })).uids).toEqual([])
  })
})

it('members are counted, of up to 32 channels, joined or not', async () => {
  const alice = await login('alice')
  const ch = fresh('room')
  await alice.ask({ t: 'join', ch })
  // The rate of counts is one a second: a request with a malformed body does not use it up.
  expect(await alice.ask({ t: 'counts', chs: names(33) })).toMatchObject({ t: 'err', code: 5 })
  expect(await alice.ask({ t: 'counts', chs: [] })).toMatchObject({ t: 'err', code: 2 })
  expect((await alice.ask({ t: 'counts', chs: [ch, 'nobody-is-here'] })).counts).toEqual([
    [ch, 1],
    ['nobody-is-here', 0],
  ])
})

it('attributes of users are set, added to, deleted, cleared, and read by others', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')]
  const read = async (keys?: string[]): Promise<[string, string][]> => (await bob.ask({ t: 'getUser', uid: alice.uid, ...(keys && { keys }) })).attributes
  await alice.ask({ t: 'setUser', op: 'set', attributes: [['name', 'Alice'], ['mood', 'fine']] })
  await alice.ask({ t: 'setUser', op: 'add', attributes: [['mood', 'tired'], ['__proto__', 'x']] })
  expect((await read()).sort()).toEqual([['__proto__', 'x'], ['mood', 'tired'], ['name', 'Alice']])
  await alice.ask({ t: 'setUser', op: 'delete', keys: ['mood'] })
  expect(await read(['name', 'mood'])).toEqual([['name', 'Alice']])
  await alice.ask({ t: 'setUser', op: 'clear' })
  expect(await read()).toEqual([])
  expect(await bob.ask({ t: 'getUser', uid: fresh('absent') })).toMatchObject({ t: 'err', code: 6 })
  const set = (attributes: [string, string][]) => alice.ask({ t: 'setUser', op: 'set', attributes })
  for (const bad of [[], [['a', '']]] as [string, string][][]) expect(await set(bad)).toMatchObject({ t: 'err', code: 3 })
  expect(await set([['a', 'x'.repeat(8_193)]])).toMatchObject({ t: 'err', code: 4 })
})

it('attributes of channels say who set them, and reach the members if the request asks for it', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')]
  const ch = fresh('room')
  await bob.ask({ t: 'join', ch })
  const change = (op: 'set' | 'add', attributes: [string, string][], notify = false) => alice.ask({ t: 'setChannel', ch, notify, op, attributes })
  await change('set', [['topic', 'tea']])
  await change('add', [['notice', 'at five']], true)
  const by = { lastUpdateUserId: alice.uid, lastUpdateTs: expect.any(Number) }
  const all = { topic: { value: 'tea', ...by }, notice: { value: 'at five', ...by } }
  const read = async (keys?: string[]): Promise<object> => Object.fromEntries((await bob.ask({ t: 'getChannel', ch, ...(keys && { keys }) })).attributes)
  expect(await read()).toEqual(all)
  await bob.settled()
  expect(bob.all('attributes').map(({ attributes }: Frame) => Object.fromEntries(attributes))).toEqual([all])
  expect(await read(['topic'])).toEqual({ topic: all.topic })
  await alice.ask({ t: 'setChannel', ch, notify: false, op: 'delete', keys: ['topic'] })
  expect(Object.keys(await read())).toEqual(['notice'])
  await alice.ask({ t: 'setChannel', ch, notify: false, op: 'clear' })
  expect(await read()).toEqual({})
})

it.each<[RequestName, object]>([
  ['online', { uids: ['bob'] }],
  ['unsubscribe', { uids: ['bob'] }],
  ['subscribed', {}],
  ['counts', { chs: ['room'] }],
  ['setUser', { op: 'clear' }],
  ['getUser', { uid: 'bob' }],
  ['setChannel', { ch: 'room', notify: false, op: 'clear' }],
  ['getChannel', { ch: 'room' }],
])('%s needs a login', async (t, ask) => {
  const stranger = await GatewayClient.connect(gateway.url)
  stranger.raw({ t, id: 1, ...ask })
  expect(await stranger.closed()).toBe(CLOSE_CODE.OUT_OF_ORDER)
})
