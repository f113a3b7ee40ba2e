/** The pipe instead of a WebSocket, on a stepped clock: no port, no socket, and nothing happens between two steps. */
import { beforeEach, describe, expect, it } from 'vitest'
import { CLOSE_CODE, FRAME_MAX_BYTES, LOCAL_APP_ID, PROTOCOL_VERSION } from '@/src/rtm/local/frames'
import { openPipe, type Pipe, type PipeOptions } from '../../../simulator/drive/pipe'
import { LOGIN_MAX_BYTES } from '../../../gateway/intake'
import type { Gateway, GatewayOptions } from '../../../gateway/server'
import { PATIENT, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

const KB = 1024
const PING = '{"t":"ping"}'
const TOO_BIG = 1009
const CUT = ['close', 1006, '']
const OPEN = ['open']

let clock: TestClock
beforeEach(() => void (clock = new TestClock()))

/** A client over a pipe, and the calls of its handlers. */
class Client {
  readonly heard: unknown[][] = []
  readonly pipe: Pipe
  private lastId = 0

  constructor(gateway: Pick<Gateway, 'attach'> | undefined, options?: PipeOptions) {
    const handlers = {
      onOpen: () => void this.heard.push(['open']),
      onMessage: (data: string | Uint8Array) => void this.heard.push(['message', data]),
      onError: (message: string) => void this.heard.push(['error', message]),
      onClose: (code: number, reason: string) => void this.heard.push(['close', code, reason]),
    }
    this.pipe = openPipe(gateway, clock, handlers, options)
  }

  send(fields: object): void {
    this.pipe.send(JSON.stringify({ id: ++this.lastId, ...fields }))
  }

  login(uid: string): void {
    this.send({ t: 'login', v: PROTOCOL_VERSION, appId: LOCAL_APP_ID, uid })
  }

  /** The received frames of one type. */
  frames(t: string): Record<string, unknown>[] {
    const texts = this.heard.flatMap(([what, data]) => (what === 'message' ? [String(data)] : []))
    return texts.map((text) => JSON.parse(text) as Record<string, unknown>).filter((frame) => frame.t === t)
  }

  get end(): unknown[] | undefined {
    return this.heard.find(([what]) => what === 'close')
  }
}

function useGateway() {
  const gateways = useGateways('pipe')
  const start = (options: GatewayOptions = {}) => gateways.start({ clock, timing: { ...PATIENT, pingTimeoutMs: 10 ** 9 }, ...options })
  const loggedIn = async (gateway: Gateway, uid: string, options?: PipeOptions) => {
    const client = new Client(gateway, options)
    await clock.advance(2 * (options?.latencyMs ?? 0))
    client.login(uid)
    await clock.advance(2 * (options?.latencyMs ?? 0))
    expect(client.frames('ok')).toHaveLength(1)
    return client
  }
  return { start, loggedIn }
}

describe('a pipe', () => {
  const { start, loggedIn } = useGateway()

  it('connects a client to a gateway without a port', async () => {
    const gateway = await start()
    const client = new Client(gateway)
    expect(client.heard).toEqual([])
    await clock.advance(0)
    expect(client.heard).toEqual([OPEN])
    client.login('alice')
    await clock.advance(0)
    expect(client.frames('ok')).toMatchObject([{ id: 1 }])
    expect(gateway.stats()).toMatchObject({ connections: 1, live: 1 })
  })

  it('has its latency in both directions, and keeps the order', async () => {
    const gateway = await start()
    const bob = await loggedIn(gateway, 'bob')
    const client = new Client(gateway, { latencyMs: 100 })
    await clock.advance(199)
    expect(client.heard).toEqual([])
    await clock.advance(1)
    expect(client.heard).toEqual([OPEN])
    client.login('alice')
    await clock.advance(50)
    for (let i = 0; i < 20; i++) client.send({ t: 'peer', to: 'bob', text: `${i}` })
    await clock.advance(99)
    expect(bob.frames('peer')).toEqual([])
    await clock.advance(1)
    expect(bob.frames('peer').map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`))
    for (const { mid } of bob.frames('peer')) bob.send({ t: 'ack', mid })
    await clock.advance(49)
    expect(client.frames('ok')).toEqual([])
    await clock.advance(1)
    expect(client.frames('ok')).toHaveLength(1)
    await clock.advance(50)
    expect(client.frames('ok').map(({ id }) => id)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1))
  })

  it('delivers each message as a separate task', async () => {
    const client = await loggedIn(await start(), 'alice')
    const turns: string[] = []
    client.heard.push = (...items) => {
      turns.push('message')
      void Promise.resolve().then(() => turns.push('promise'))
      return items.length
    }
    for (let i = 0; i < 3; i++) client.pipe.send(PING)
    await clock.advance(0)
    expect(turns).toEqual(['message', 'promise', 'message', 'promise', 'message', 'promise'])
  })

  it('shares no data: a later change by the sender has no effect, and half a character becomes a whole one', async () => {
    const gateway = await start()
    const heard: Buffer[] = []
    const bytes = Buffer.from('abc')
    const attach: Gateway['attach'] = (transport) => {
      transport.listen({ onBytes: () => true, onMessage: (data) => void heard.push(data), onSign: () => undefined, onError: () => undefined, onClose: () => undefined })
      return undefined
    }
    const client = new Client({ attach })
    await clock.advance(0)
    client.pipe.send(bytes)
    bytes.fill('x')
    client.pipe.send('\ud800')
    await clock.advance(0)
    expect(heard.map(String)).toEqual(['abc', '\ufffd'])
    expect(gateway.stats().connections).toBe(0)
  })

  it('cannot send before it is open, and receives nothing after its end', async () => {
    const client = new Client(await start())
    expect(() => client.pipe.send(PING)).toThrow()
    await clock.advance(0)
    client.pipe.close(1000, '')
    client.pipe.send(PING)
    await clock.advance(0)
    expect(client.heard).toEqual([OPEN, ['close', 1000, '']])
    client.pipe.send(PING)
    client.pipe.close(1000, '')
    client.pipe.cut()
    await clock.advance(60_000)
    expect(client.heard).toHaveLength(2)
  })
})

describe('the end of a pipe', () => {
  const { start, loggedIn } = useGateway()

  it('by the client is a handshake: both ends get its code, and everything sent before arrives first', async () => {
    const gateway = await start()
    const alice = await loggedIn(gateway, 'alice', { latencyMs: 10 })
    const bob = await loggedIn(gateway, 'bob')
    alice.send({ t: 'peer', to: 'bob', text: 'last' })
    alice.pipe.close(3001, 'bye')
    await clock.advance(19)
    expect(gateway.stats()).toMatchObject({ live: 1, grace: 1, connections: 1 })
    expect(bob.frames('peer')).toMatchObject([{ text: 'last' }])
    expect(alice.end).toBeUndefined()
    await clock.advance(1)
    expect(alice.end).toEqual(['close', 3001, 'bye'])
  })

  it('by the gateway comes after its messages', async () => {
    const client = new Client(await start())
    await clock.advance(0)
    client.send({ t: 'join', ch: 'general' })
    await clock.advance(0)
    expect(client.heard).toEqual([OPEN, ['message', expect.stringContaining('"t":"err"')], ['close', CLOSE_CODE.OUT_OF_ORDER, 'login comes first']])
  })

  it('by both at once has an end', async () => {
    const gateway = await start()
    const alice = await loggedIn(gateway, 'alice', { latencyMs: 10 })
    alice.pipe.close(1000, '')
    gateway.kick('alice', 'BANNED_BY_SERVER')
    await clock.advance(20)
    expect(alice.end).toEqual(['close', CLOSE_CODE.SESSION_ENDED, 'BANNED_BY_SERVER'])
    expect(gateway.stats()).toMatchObject({ live: 0, connections: 0 })
    await clock.advance(60_000)
    expect(alice.heard.filter(([what]) => what === 'close')).toHaveLength(1)
  })

  it('by a cut of the client is 1006; messages sent before arrive, later ones do not', async () => {
    const gateway = await start()
    const alice = await loggedIn(gateway, 'alice', { latencyMs: 10 })
    const bob = await loggedIn(gateway, 'bob')
    alice.send({ t: 'peer', to: 'bob', text: 'last' })
    alice.pipe.cut()
    bob.send({ t: 'peer', to: 'alice', text: 'lost' })
    const before = alice.heard.length
    await clock.advance(0)
    expect(alice.heard.slice(before)).toEqual([CUT])
    expect(gateway.stats()).toMatchObject({ live: 2 })
    await clock.advance(10)
    expect(gateway.stats()).toMatchObject({ live: 1, grace: 1, connections: 1 })
    expect(bob.frames('peer')).toMatchObject([{ text: 'last' }])
    await clock.advance(1_000)
    expect(alice.heard.slice(before)).toEqual([CUT])
  })

  it('by a cut of the gateway is 1006', async () => {
    const gateway = await start()
    const alice = await loggedIn(gateway, 'alice', { latencyMs: 10 })
    gateway.cut('alice')
    expect(gateway.stats()).toMatchObject({ live: 0, grace: 1, connections: 0 })
    await clock.advance(10)
    expect(alice.end).toEqual(CUT)
  })

  it.each(['cut', 'close'] as const)('by a %s before it has opened is an error, and 1006', async (way) => {
    const gateway = await start()
    for (const afterMs of [0, 15]) {
      const client = new Client(gateway, { latencyMs: 10 })
      await clock.advance(afterMs)
      client.pipe[way](1000, '')
      await clock.advance(100)
      expect(client.heard).toEqual([['error', expect.any(String)], CUT])
      expect(gateway.stats()).toMatchObject({ connections: 0 })
    }
  })

  it('comes with the end of the gateway, which waits for no clock', async () => {
    const gateway = await start()
    const alice = await loggedIn(gateway, 'alice')
    await gateway.close()
    await clock.advance(0)
    expect(alice.end).toEqual(['close', CLOSE_CODE.GOING_AWAY, 'the gateway shuts down'])
    const late = new Client(gateway)
    await clock.advance(0)
    expect(late.heard).toEqual([['error', expect.stringContaining('503')], CUT])
  })

  it('is immediate if nothing listens', async () => {
    const client = new Client(undefined, { latencyMs: 10 })
    await clock.advance(20)
    expect(client.heard).toEqual([['error', expect.any(String)], CUT])
  })
})

describe('over a pipe the gateway', () => {
  const { start, loggedIn } = useGateway()

  it.each([
    ['a broken frame', '{"t":', CLOSE_CODE.BAD_FRAME],
    ['a binary frame', Buffer.from(PING), CLOSE_CODE.BAD_FRAME],
    ['a frame of too many bytes', 'x'.repeat(FRAME_MAX_BYTES + 1), TOO_BIG],
    ['a frame of too many bytes as UTF-8', '字'.repeat(FRAME_MAX_BYTES / 3 + 1), TOO_BIG],
  ])('closes after %s', async (_what, data, code) => {
    const gateway = await start()
    const alice = await loggedIn(gateway, 'alice')
    alice.pipe.send(data)
    alice.pipe.send(PING)
    await clock.advance(0)
    expect(alice.end).toEqual(['close', code, expect.any(String)])
    expect(alice.frames('pong')).toEqual([])
    expect(gateway.stats()).toMatchObject({ live: 0, grace: 1, connections: 0 })
  })

  it('reads the largest frame', async () => {
    const alice = await loggedIn(await start(), 'alice')
    alice.pipe.send(`{"t":"ping","x":"${'x'.repeat(FRAME_MAX_BYTES - 19)}"}`)
    await clock.advance(1_000)
    expect(alice.frames('pong')).toHaveLength(1)
  })

  it('accepts a few KB before the login, to the byte', async () => {
    const gateway = await start()
    // Header and mask of a WebSocket frame of this size take 8 bytes.
    const padded = (bytes: number) => `{"t":"ping","x":"${'x'.repeat(bytes - 8 - 19)}"}`
    const [allowed, refused] = [new Client(gateway), new Client(gateway)]
    await clock.advance(0)
    allowed.pipe.send(padded(LOGIN_MAX_BYTES))
    refused.pipe.send(padded(LOGIN_MAX_BYTES + 1))
    await clock.advance(0)
    expect(allowed.frames('pong')).toHaveLength(1)
    expect(refused.heard).toEqual([OPEN, ['close', TOO_BIG, expect.any(String)]])
    expect(gateway.stats()).toMatchObject({ connections: 1 })
  })

  it('reads no more in a second than the budget: later frames wait, and none is lost', async () => {
    const gateway = await start({ readBytesPerSecond: 64 * KB, timing: { ...PATIENT, pingTimeoutMs: 1_000 } })
    const alice = await loggedIn(gateway, 'alice')
    for (let i = 0; i < 640; i++) alice.pipe.send(PING)
    await clock.advance(0)
    // A ping costs 1,042 bytes, the login 1,118. A quarter of a second's budget, 16 KB, is free, and a frame that exceeds it is still read.
    expect(alice.frames('pong')).toHaveLength(15)
    await clock.advance(5_000)
    // (16 KB + 5 x 64 KB - 1,118) / 1,042 = 329.1
    expect(alice.frames('pong')).toHaveLength(330)
    await clock.advance(5_000)
    expect(alice.frames('pong')).toHaveLength(640)
    expect(gateway.stats()).toMatchObject({ live: 1 })
  })

  it('closes one that does not log in, at the deadline', async () => {
    const gateway = await start({ timing: { loginTimeoutMs: 10_000, pingIntervalMs: 1_000 } })
    const client = new Client(gateway)
    await clock.advance(10_999)
    expect(client.heard).toEqual([OPEN])
    await clock.advance(1)
    expect(client.end).toEqual(['close', CLOSE_CODE.SILENT, 'no login came'])
  })

  it('pings, and closes one that does not answer', async () => {
    const gateway = await start({ timing: { ...PATIENT, pingIntervalMs: 1_000, pingTimeoutMs: 3_000 } })
    const alice = await loggedIn(gateway, 'alice')
    const frozen = await loggedIn(gateway, 'frozen')
    frozen.pipe.pause()
    await clock.advance(3_000)
    expect(gateway.stats()).toMatchObject({ live: 2 })
    await clock.advance(1_000)
    expect(gateway.stats()).toMatchObject({ live: 1, grace: 1 })
    expect(frozen.end).toBeUndefined()
    await clock.advance(60_000)
    expect(gateway.stats()).toMatchObject({ live: 1, connections: 1 })
    frozen.pipe.resume()
    await clock.advance(0)
    expect(frozen.end).toEqual(['close', CLOSE_CODE.SILENT, 'nothing was heard'])
    expect(alice.heard.filter(([what]) => what !== 'message')).toEqual([OPEN])
  })

  it('closes one that reads channel messages too slowly, and the others continue', async () => {
    const gateway = await start({ rateLimits: false, maxBufferedBytes: 256 * KB })
    const [alice, slow, carol] = [await loggedIn(gateway, 'alice'), await loggedIn(gateway, 'slow'), await loggedIn(gateway, 'carol')]
    for (const client of [alice, slow, carol]) client.send({ t: 'join', ch: 'general' })
    await clock.advance(0)
    slow.pipe.pause()
    const text = 'x'.repeat(32 * KB)
    for (let i = 0; i < 20; i++) {
      alice.send({ t: 'send', ch: 'general', text })
      await clock.advance(0)
    }
    expect(gateway.stats()).toMatchObject({ live: 2, grace: 1 })
    expect(carol.frames('msg')).toHaveLength(20)
    slow.pipe.resume()
    await clock.advance(0)
    // Earlier messages arrive before the end.
    expect(slow.frames('msg')).toHaveLength(8)
    expect(slow.end).toEqual(['close', CLOSE_CODE.SLOW, 'reads too slowly'])
  })

  it('sends peer messages at the pace of a slow reader', async () => {
    const gateway = await start({ rateLimits: false, maxBufferedBytes: 256 * KB, timing: { ...PATIENT, ackTimeoutMs: 600_000, pingTimeoutMs: 10 ** 9 } })
    const [alice, slow] = [await loggedIn(gateway, 'alice'), await loggedIn(gateway, 'slow')]
    slow.pipe.pause()
    for (let i = 0; i < 30; i++) alice.send({ t: 'peer', to: 'slow', text: `${i}`.padEnd(30 * KB) })
    await clock.advance(0)
    expect(gateway.stats()).toMatchObject({ live: 2 })
    slow.pipe.resume()
    await clock.advance(0)
    expect(slow.frames('peer').map(({ text }) => Number(text))).toEqual(Array.from({ length: 30 }, (_, i) => i))
  })

  it('limits connections: in total, from one address, and without a login', async () => {
    const gateway = await start({ limits: { sockets: 5, socketsPerAddress: 3, strangersPerAddress: 1 } })
    const address = '10.1.2.3'
    const refused = async (options: PipeOptions) => {
      const client = new Client(gateway, options)
      await clock.advance(0)
      expect(client.heard).toEqual([['error', expect.any(String)], CUT])
      return client.heard[0]?.[1]
    }
    await loggedIn(gateway, 'a', { address })
    const stranger = new Client(gateway, { address })
    await clock.advance(0)
    expect(await refused({ address })).toContain('429')
    stranger.login('b')
    await clock.advance(0)
    const c = await loggedIn(gateway, 'c', { address })
    expect(await refused({ address })).toContain('503')
    await loggedIn(gateway, 'd')
    await loggedIn(gateway, 'e')
    expect(await refused({})).toContain('503')
    c.pipe.cut()
    await clock.advance(0)
    await loggedIn(gateway, 'f', { address })
    expect(gateway.stats()).toMatchObject({ connections: 5 })
  })

  it('makes room for a new one: the oldest without a login goes', async () => {
    const gateway = await start({ limits: { strangers: 2 } })
    const [first, second, third] = [new Client(gateway), new Client(gateway), new Client(gateway)]
    await clock.advance(0)
    expect(first.end).toEqual(['close', CLOSE_CODE.SILENT, expect.any(String)])
    expect([second.heard, third.heard]).toEqual([[OPEN], [OPEN]])
  })
})

describe('a listening gateway', () => {
  const gateways = useGateways()

  it('counts sockets and pipes together', async () => {
    const gateway = await gateways.start({ limits: { sockets: 2 }, clock })
    await gateways.login(gateway, 'alice')
    const pipes = [new Client(gateway), new Client(gateway)]
    await clock.advance(0)
    expect(pipes[0]?.heard).toEqual([OPEN])
    expect(pipes[1]?.heard).toEqual([['error', expect.stringContaining('503')], CUT])
    await expect(gateways.connect(gateway)).rejects.toThrow()
  })
})
