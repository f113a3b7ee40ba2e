/** How much the gateway reads from one connection. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { FRAME_MAX_BYTES, LOCAL_APP_ID, PROTOCOL_VERSION } from '@/src/rtm/local/frames'
import { FRAME_COST_BYTES, LOGIN_MAX_BYTES } from '../../../gateway/intake'
import { WebSocketTransport } from '../../../gateway/web-socket'
import { PATIENT, TRANSPORTS, until, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

const KB = 1024
const LARGE_PING = `{"t":"ping","x":[${'{},'.repeat(80 * KB)}0]}`

describe.each(TRANSPORTS)('before the login, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('the largest login fits', async () => {
    const gateway = await gateways.start()
    const channels = Array.from({ length: 20 }, (_, i): [string, number] => [`${i}`.padStart(64, 'x'), Number.MAX_SAFE_INTEGER])
    const login = { uid: 'u'.repeat(64), token: 't'.repeat(4_096), resume: { secret: 's'.repeat(256), channels } }
    expect(JSON.stringify({ t: 'login', id: 1, v: PROTOCOL_VERSION, appId: LOCAL_APP_ID, ...login }).length * 2).toBeLessThan(LOGIN_MAX_BYTES)
    const client = await gateways.connect(gateway)
    expect(await client.login(login.uid, login)).toMatchObject({ t: 'ok' })
    // Later frames may be larger.
    expect(await client.ask({ t: 'peer', to: 'bob', text: 'x'.repeat(32_768) })).toMatchObject({ t: 'ok' })
  })

  it.each([
    ['one large frame', [LARGE_PING]],
    ['many small ones', Array<string>(LOGIN_MAX_BYTES / 8).fill('{"t":"ping"}')],
  ])('%s is too much', async (_what, frames) => {
    const gateway = await gateways.start({ rateLimits: false })
    const client = await gateways.connect(gateway)
    for (const frame of frames) client.raw(frame)
    expect(await client.closed()).toBe(1009)
    expect(gateway.stats()).toMatchObject({ connections: 0 })
  })

  if (transport === 'socket') it('an unfinished frame is not stored', async () => {
    const gateway = await gateways.start()
    const client = await gateways.connect(gateway)
    const socket = (client.ws as unknown as { _socket: { write(bytes: Buffer): void } })._socket
    const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0, 0, 0, 0])
    socket.write(Buffer.concat([head, Buffer.alloc(LOGIN_MAX_BYTES)]))
    expect(await client.closed()).toBe(1009)
  })
})

describe.each(TRANSPORTS)('the budget of a connection, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it.each([
    ['small frames', '{"t":"ping"}', 20_000],
    ['refused requests', JSON.stringify({ t: 'nothing', id: 1 }), 20_000],
    ['large frames', LARGE_PING, 60],
  ])('keeps %s from delaying the others', async (_what, frame, count) => {
    // It would take minutes to read all of them.
    const gateway = await gateways.start({ readBytesPerSecond: 64 * KB })
    const [mallory, alice, bob] = await Promise.all(['mallory', 'alice', 'bob'].map((uid) => gateways.login(gateway, uid)))
    for (let i = 0; i < count; i++) mallory!.raw(frame)
    for (let i = 0; i < 20; i++) expect(await alice!.ask({ t: 'peer', to: 'bob', text: `${i}` })).toMatchObject({ received: true })
    await bob!.settled()
    expect(mallory!.frames.length).toBeLessThan(count / 2)
    expect(gateway.stats()).toMatchObject({ live: 3 })
  })

  if (transport === 'socket') it.each(['message', 'ping', 'pong'])('counts each %s, however small', async (frame) => {
    const gateway = await gateways.start({ listen: false, readBytesPerSecond: 64 * FRAME_COST_BYTES, clock: new TestClock() })
    const ws = Object.assign(new EventEmitter(), { readyState: WebSocket.OPEN, bufferedAmount: 0, send: vi.fn(), pause: vi.fn(), close: vi.fn() })
    gateway.attach(new WebSocketTransport(ws as never, new PassThrough()))
    const emit = (event: string, text: string) => ws.emit(event, Buffer.from(text), false)
    emit('message', JSON.stringify({ t: 'login', id: 1, v: PROTOCOL_VERSION, appId: LOCAL_APP_ID, uid: 'alice' }))
    await until(() => gateway.stats().live === 1)
    for (let i = 0; i < 15; i++) emit(frame, '{"t":"ping"}')
    expect(ws.pause).not.toHaveBeenCalled()
    for (let i = 0; i < 1_000; i++) emit(frame, '{"t":"ping"}')
    expect(ws.pause).toHaveBeenCalledOnce()
    ws.emit('close')
  })

  it('delays a connection, loses nothing, and does not treat it as silent', async () => {
    // Reading all of it takes some 3 s, longer than a connection may be silent.
    const gateway = await gateways.start({ readBytesPerSecond: 128 * KB, timing: { ...PATIENT, pingIntervalMs: 100, pingTimeoutMs: 1_000 } })
    const alice = await gateways.login(gateway, 'alice')
    const ids = Array.from({ length: 150 }, (_, i) => 1_000_000 + i)
    const text = 'x'.repeat(2 * KB)
    const answers = await Promise.all(ids.map((id) => alice.ask({ t: 'peer', to: 'bob', text }, id)))
    expect(answers.every(({ t }) => t === 'ok')).toBe(true)
    expect(alice.all('ok').slice(1).map(({ id }) => id)).toEqual(ids)
  })

  it('lets the largest frame pass, and ends with the connection', async () => {
    const gateway = await gateways.start({ readBytesPerSecond: 64 * KB })
    const alice = await gateways.login(gateway, 'alice')
    alice.raw(`{"t":"ping","x":"${'x'.repeat(FRAME_MAX_BYTES - 20)}"}`)
    await alice.next('pong')
    alice.raw(LARGE_PING)
    await alice.drop()
    await gateways.login(gateway, 'alice')
  })

  it('is off when the rates are', async () => {
    const gateway = await gateways.start({ rateLimits: false, readBytesPerSecond: 1 })
    const alice = await gateways.login(gateway, 'alice')
    for (let i = 0; i < 5_000; i++) alice.raw('{"t":"ping"}')
    await alice.ask({ t: 'subscribed' })
    expect(alice.all('pong')).toHaveLength(5_000)
  })
})

describe('an oversized call', () => {
  const gateways = useGateways()
  const many = Array.from({ length: 1_000 }, (_, i) => `no/id${i}`)

  it.each([
    ['online', { uids: many }, 2, 5, 10],
    ['subscribe', { uids: many }, 2, 5, 10],
    ['unsubscribe', { uids: many }, 2, 5, 10],
    ['setUser', { op: 'delete', keys: many }, 4, 5, 10],
    ['getUser', { uid: 'bob', keys: many }, 4, 5, 40],
    ['setChannel', { ch: 'general', notify: false, op: 'delete', keys: many }, 4, 5, 10],
    ['getChannel', { ch: 'general', keys: many }, 4, 5, 10],
  ])('%s counts for the rate', async (t, fields, refused, tooOften, count) => {
    const alice = await gateways.login(await gateways.start({ readBytesPerSecond: 64 * KB * KB }), 'alice')
    const answers = await Promise.all(Array.from({ length: count + 1 }, () => alice.ask({ t, ...fields } as never)))
    expect(answers.map(({ code }) => code)).toEqual([...Array<number>(count).fill(refused), tooOften])
  })
})
