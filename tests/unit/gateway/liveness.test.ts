import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODE, LOCAL_APP_ID, PROTOCOL_VERSION } from '@/src/rtm/local/frames'
import type { Gateway } from '../../../gateway/server'
import { GatewayClient } from '../../support/gateway-client'
import { PATIENT, TRANSPORTS, until, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

const IMPATIENT = { ...PATIENT, pingIntervalMs: 20, pingTimeoutMs: 150 }

describe('a silent connection', () => {
  const gateways = useGateways()

  it('is closed, and its session enters the grace', async () => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock, timing: IMPATIENT })
    const client = await silent(gateway)
    await client.login('alice')
    await clock.advance(IMPATIENT.pingTimeoutMs)
    expect(gateway.stats()).toMatchObject({ live: 1, grace: 0 })
    await clock.advance(IMPATIENT.pingIntervalMs)
    expect(await client.closed()).toBe(CLOSE_CODE.SILENT)
    expect(gateway.stats()).toMatchObject({ live: 0, grace: 1 })
  })

  it('is one that answers no pings; those that do stay', async () => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock, timing: { ...IMPATIENT, pingTimeoutMs: 600 } })
    const alice = await gateways.login(gateway, 'alice')
    const client = await silent(gateway)
    await client.login('bob')
    let pings = 0
    alice.ws.on('ping', () => pings++)
    while (gateway.stats().live === 2) {
      const before = pings
      await clock.advance(IMPATIENT.pingIntervalMs)
      await until(() => pings > before)
    }
    await client.closed()
    expect(gateway.stats()).toMatchObject({ live: 1, grace: 1 })
  })

  it('is not one that sends something', async () => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock, timing: IMPATIENT })
    const alice = await silent(gateway)
    await alice.login('alice')
    const bob = await silent(gateway)
    await bob.login('bob')
    while (gateway.stats().live === 2) {
      await clock.advance(IMPATIENT.pingIntervalMs)
      await alice.settled()
    }
    await bob.closed()
    await alice.settled()
  })

  /** A client whose WebSocket answers no pings. */
  async function silent(gateway: Gateway): Promise<GatewayClient> {
    const client = await gateways.connect(gateway)
    client.ws.pong = () => undefined
    ;(client.ws as unknown as { _autoPong: boolean })._autoPong = false
    return client
  }
})

describe('a half-open socket', () => {
  const gateways = useGateways()
  const UPGRADE = 'GET /rtm HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  const login = Buffer.from(JSON.stringify({ t: 'login', id: 1, v: PROTOCOL_VERSION, appId: LOCAL_APP_ID, uid: 'alice' }))
  const frame = (payload: Buffer) => Buffer.concat([Buffer.of(0x81, 0x80 | 126, 0, payload.length, 0, 0, 0, 0), payload])

  it.each([
    ['without a login', []],
    ['with half a frame in the place of a login', [frame(login).subarray(0, 40)]],
    ['after the login', [frame(login)]],
    ['with half a frame after the login', [frame(login), Buffer.of(0x81, 0xfe, 0x10, 0)]],
  ])('%s, that answers nothing, not even a close, is ended', async (_what, frames) => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock, timing: { ...IMPATIENT, loginTimeoutMs: 150 } })
    const socket = connect({ port: gateway.port, host: gateway.host, allowHalfOpen: true })
    socket.on('error', () => undefined).resume()
    socket.write(UPGRADE)
    for (const bytes of frames) socket.write(bytes)
    await until(() => gateway.stats().connections === 1)
    await clock.advanceUntil(Promise.race([once(socket, 'end'), once(socket, 'close')]), IMPATIENT.pingIntervalMs)
    socket.destroy()
    await until(() => gateway.stats().connections === 0)
  })
})

describe.each(TRANSPORTS)('a slow reader, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('of channel messages is closed once too much waits for it, and the others continue', async () => {
    const gateway = await gateways.start({ rateLimits: false, maxBufferedBytes: 256 * 1024 })
    const alice = await gateways.login(gateway, 'alice')
    const slow = await gateways.login(gateway, 'slow')
    const carol = await gateways.login(gateway, 'carol')
    for (const client of [alice, slow, carol]) await client.ask({ t: 'join', ch: 'general' })
    slow.ws.pause()
    const text = 'x'.repeat(32_768)
    let sent = 0
    // The sockets of both sides have to fill up first.
    while (gateway.stats().live === 3) {
      await alice.ask({ t: 'send', ch: 'general', text })
      sent++
      expect(sent).toBeLessThan(2_000)
    }
    expect(gateway.stats()).toMatchObject({ live: 2, grace: 1 })
    await until(() => carol.all('msg').length === sent)
  })

  it('of peer messages gets all of them, at its own pace', async () => {
    const gateway = await gateways.start({ rateLimits: false, maxBufferedBytes: 256 * 1024 })
    const alice = await gateways.login(gateway, 'alice')
    const text = 'x'.repeat(32_768)
    for (let i = 0; i < 200; i++) await alice.ask({ t: 'peer', to: 'slow', text, offline: true })
    const slow = await gateways.connect(gateway)
    const loggedIn = slow.login('slow')
    slow.ws.pause()
    await until(() => gateway.stats().live === 2)
    for (let i = 0; i < 20; i++) await alice.settled()
    expect(gateway.stats().live).toBe(2)
    slow.ws.resume()
    await loggedIn
    await until(() => slow.all('peer').length === 200)
  })
})
