import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODE, PROTOCOL_VERSION } from '@/src/rtm/local/frames'
import { TRANSPORTS, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

describe.each(TRANSPORTS)('login, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it.each(['alice', 'Alice', '__proto__', 'constructor', '..', 'a:b', '100%', ' ', 'x'.repeat(64)])('accepts the user id %j', async (uid) => {
    const gateway = await gateways.start()
    const client = await gateways.login(gateway, uid)
    expect(client.secret).not.toBe('')
    expect(gateway.stats()).toMatchObject({ live: 1 })
  })

  const illegal = ['', 'null', 'x'.repeat(65), 'a/b', 'a"b', "a'b", 'a`b', 'a*b', 'a\\b', '爱丽丝', 'a\tb', 'a\nb']
  it.each(illegal)('rejects the user id %j with code 3', async (uid) => {
    const client = await gateways.connect(await gateways.start())
    expect(await client.login(uid)).toMatchObject({ t: 'err', code: 3 })
  })

  it('rejects another App ID with code 4, and lets the connection try again', async () => {
    const gateway = await gateways.start({ appId: 'a'.repeat(32) })
    const client = await gateways.connect(gateway)
    expect(await client.login('alice')).toMatchObject({ t: 'err', code: 4 })
    expect(await client.login('alice', { appId: 'a'.repeat(32) })).toMatchObject({ t: 'err', code: 10 })
    const other = await gateways.connect(gateway)
    expect(await other.login('alice', { appId: 'a'.repeat(32) })).toMatchObject({ t: 'ok' })
  })

  it('closes a connection that uses another version, after an answer', async () => {
    const client = await gateways.connect(await gateways.start())
    expect(await client.login('alice', { v: PROTOCOL_VERSION + 1 })).toMatchObject({ t: 'err', code: 2 })
    expect(await client.closed()).toBe(CLOSE_CODE.VERSION)
  })

  it('closes a connection on which something else comes first', async () => {
    const gateway = await gateways.start()
    const client = await gateways.connect(gateway)
    expect(await client.ask({ t: 'join', ch: 'general' })).toMatchObject({ t: 'err', code: 102 })
    expect(await client.closed()).toBe(CLOSE_CODE.OUT_OF_ORDER)
    const acknowledging = await gateways.connect(gateway)
    acknowledging.raw({ t: 'ack', mid: 1 })
    expect(await acknowledging.closed()).toBe(CLOSE_CODE.OUT_OF_ORDER)
  })

  it('closes a connection that logs in twice', async () => {
    const client = await gateways.login(await gateways.start(), 'alice')
    expect(await client.login('alice')).toMatchObject({ t: 'err', code: 8 })
    expect(await client.closed()).toBe(CLOSE_CODE.OUT_OF_ORDER)
  })

  it('closes a connection that never logs in', async () => {
    const clock = new TestClock()
    const gateway = await gateways.start({ clock, timing: { loginTimeoutMs: 50, pingIntervalMs: 20 } })
    const client = await gateways.connect(gateway)
    await clock.advance(60)
    expect(await client.closed()).toBe(CLOSE_CODE.SILENT)
  })

  it('answers a ping before and after', async () => {
    const client = await gateways.connect(await gateways.start())
    await client.settled()
    await client.login('alice')
    await client.settled()
  })
})

describe.each(TRANSPORTS)('one session per user, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('ends the older one with REMOTE_LOGIN', async () => {
    const gateway = await gateways.start()
    const old = await gateways.login(gateway, 'alice')
    const young = await gateways.login(gateway, 'alice')
    expect(await old.next('kick')).toEqual({ t: 'kick', reason: 'REMOTE_LOGIN' })
    expect(await old.closed()).toBe(CLOSE_CODE.SESSION_ENDED)
    const bob = await gateways.login(gateway, 'bob')
    expect(await bob.ask({ t: 'peer', to: 'alice', text: 'hi' })).toMatchObject({ received: true })
    expect(young.all('peer')).toHaveLength(1)
  })

  it('takes the older one out of its channels', async () => {
    const gateway = await gateways.start()
    const bob = await gateways.login(gateway, 'bob')
    const old = await gateways.login(gateway, 'alice')
    await bob.ask({ t: 'join', ch: 'general' })
    await old.ask({ t: 'join', ch: 'general' })
    await bob.next('joined')
    const young = await gateways.login(gateway, 'alice')
    expect(await bob.next('left')).toEqual({ t: 'left', ch: 'general', uid: 'alice' })
    expect(await young.ask({ t: 'send', ch: 'general', text: 'hi' })).toMatchObject({ code: 5 })
  })

  it('ends the older one even if it comes back after a lost connection', async () => {
    const gateway = await gateways.start()
    const old = await gateways.login(gateway, 'alice')
    const { secret } = old
    await old.drop()
    const young = await gateways.login(gateway, 'alice')
    const back = await gateways.connect(gateway)
    const answer = back.login('alice', { resume: { secret, channels: [] } })
    expect(await back.next('kick')).toEqual({ t: 'kick', reason: 'REMOTE_LOGIN' })
    expect(await answer).toMatchObject({ t: 'err' })
    expect(await back.closed()).toBe(CLOSE_CODE.SESSION_ENDED)
    await young.settled()
    expect(young.all('kick')).toEqual([])
  })

  it('keeps the last of many at the same time', async () => {
    const gateway = await gateways.start()
    const clients = await Promise.all(Array.from({ length: 20 }, () => gateways.login(gateway, 'alice')))
    expect(gateway.stats()).toMatchObject({ live: 1, grace: 0, parked: 0 })
    const kicked = clients.filter((client) => client.all('kick').length > 0)
    expect(kicked).toHaveLength(19)
  })

  it('tells alice from Alice', async () => {
    const gateway = await gateways.start()
    const small = await gateways.login(gateway, 'alice')
    await gateways.login(gateway, 'Alice')
    await small.settled()
    expect(small.all('kick')).toEqual([])
  })
})

describe.each(TRANSPORTS)('the end of a session, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it('comes with logout, and the user can log in again', async () => {
    const gateway = await gateways.start()
    const client = await gateways.login(gateway, 'alice')
    expect(await client.ask({ t: 'logout' })).toMatchObject({ t: 'ok' })
    expect(await client.closed()).toBe(CLOSE_CODE.SESSION_ENDED)
    expect(gateway.stats()).toMatchObject({ live: 0, grace: 0 })
    await gateways.login(gateway, 'alice')
  })

  it('comes with a ban', async () => {
    const gateway = await gateways.start()
    const client = await gateways.login(gateway, 'alice')
    gateway.kick('alice', 'BANNED_BY_SERVER')
    expect(await client.next('kick')).toEqual({ t: 'kick', reason: 'BANNED_BY_SERVER' })
    expect(await client.closed()).toBe(CLOSE_CODE.SESSION_ENDED)
  })

  it('comes with the end of the gateway', async () => {
    const gateway = await gateways.start()
    const client = await gateways.login(gateway, 'alice')
    await gateway.close()
    expect(await client.closed()).toBe(CLOSE_CODE.GOING_AWAY)
  })

  if (transport === 'socket') it('is not delayed by a client that has connected and asks for a WebSocket only then', async () => {
    const gateway = await gateways.start()
    const late = connect(gateway.port, gateway.host)
    await once(late, 'connect')
    late.on('error', () => undefined)
    // The request is on its way when the gateway begins to close.
    await gateways.login(gateway, 'alice')
    late.write('GET /rtm HTTP/1.1\r\nHost: x\r\n')
    const closed = gateway.close()
    late.write('Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
    const [answer] = (await once(late, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 /)
    await closed
  })
})
