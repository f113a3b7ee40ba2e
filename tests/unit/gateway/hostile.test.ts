/** Hostile or faulty clients: none stops the gateway or another client. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODE, FRAME_MAX_BYTES, LOCAL_APP_ID, PROTOCOL_VERSION } from '@/src/rtm/local/frames'
import { LOGIN_MAX_BYTES } from '../../../gateway/intake'
import type { Gateway } from '../../../gateway/server'
import { memoryStore } from '../../../gateway/store/memory'
import { TRANSPORTS, useGateways } from '../../support/gateways'
import { storeWith } from '../../support/stores'

const login = { t: 'login', id: 1, v: PROTOCOL_VERSION, appId: LOCAL_APP_ID, uid: 'mallory' }

describe.each(TRANSPORTS)('a broken frame, over a %s', (transport) => {
  const gateways = useGateways(transport)

  it.each([
    ['null', 'null'],
    ['an array', '[]'],
    ['a number', '7'],
    ['not JSON', '{"t":'],
    ['nothing', ''],
    ['a name of the prototype', '{"t":"constructor"}'],
    ['__proto__', '{"t":"__proto__"}'],
    ['a deep array', '['.repeat(100_000)],
    ['deep JSON', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['bytes', Buffer.from('{"t":"ping"}')],
  ])('of %s closes the connection, before and after the login', async (_what, data) => {
    const gateway = await gateways.start()
    const stranger = await gateways.connect(gateway)
    stranger.raw(data)
    expect(await stranger.closed()).toBe(data.length > LOGIN_MAX_BYTES ? 1009 : CLOSE_CODE.BAD_FRAME)
    const member = await gateways.login(gateway, 'mallory')
    member.raw(data)
    expect(await member.closed()).toBe(CLOSE_CODE.BAD_FRAME)
  })

  it('with an id is answered, and the connection continues', async () => {
    const gateway = await gateways.start()
    const client = await gateways.login(gateway, 'mallory')
    const broken = [{ t: 'constructor' }, { t: '__proto__' }, { t: 'peer' }, { t: 'join', ch: {} }, { t: 'setUser' }, { t: 'counts', chs: [[]] }]
    for (const frame of broken) {
      expect(await client.ask(frame as never)).toMatchObject({ t: 'err', code: expect.any(Number), why: expect.any(String) })
    }
    await client.settled()
  })

  it('of too many bytes closes the connection', async () => {
    const gateway = await gateways.start()
    const client = await gateways.login(gateway, 'mallory')
    client.raw(JSON.stringify({ t: 'peer', id: 9, to: 'bob', text: 'x'.repeat(FRAME_MAX_BYTES) }))
    expect(await client.closed()).toBe(1009)
  })

  if (transport === 'socket') it('of text that is not UTF-8 closes the connection', async () => {
    const gateway = await gateways.start()
    const client = await gateways.login(gateway, 'mallory')
    client.ws.send(Buffer.from([0xff, 0xfe]), { binary: false })
    expect(await client.closed()).toBe(1007)
  })

  const part = (head: number, payload: Buffer | string = '') => {
    const bytes = Buffer.from(payload)
    return Buffer.concat([Buffer.of(head, 0x80 | bytes.length, 0, 0, 0, 0), bytes])
  }
  if (transport === 'socket') it.each([
    ['reserved bits', part(0xf1, '{}'), 1002],
    ['reserved bit 1, as for compression', part(0xc1, '{}'), 1002],
    ['a reserved opcode', part(0x83), 1002],
    ['a reserved control opcode', part(0x8b), 1002],
    ['no mask', Buffer.from([0x81, 2, 0x7b, 0x7d]), 1002],
    ['a continuation of nothing', part(0x80, '{}'), 1002],
    ['a message inside another', Buffer.concat([part(0x01, '{'), part(0x81, '{}')]), 1002],
    ['a ping in pieces', part(0x09), 1002],
    ['a ping that is too long', Buffer.from([0x89, 0xfe, 0, 126, 0, 0, 0, 0]), 1002],
    ['a close of one byte', part(0x88, 'x'), 1002],
    ['a close code that does not exist', part(0x88, Buffer.of(0x03, 0xed)), 1002],
    ['a close reason that is not UTF-8', part(0x88, Buffer.of(0x03, 0xe8, 0xff)), 1007],
    ['2^63 bytes', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
    ['256 KB and a byte', Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, 0]), 1009],
    ['too many pieces', Buffer.concat([part(0x01), ...Array<Buffer>(2_000).fill(part(0x00))]), 1008],
    ['UTF-8 that ends in the middle', part(0x81, Buffer.of(0x22, 0xe7, 0x88)), 1007],
    ['an overlong character', part(0x81, Buffer.of(0xc0, 0xaf)), 1007],
    ['a surrogate as UTF-8', part(0x81, Buffer.of(0xed, 0xa0, 0x80)), 1007],
  ])('of WebSocket itself, %s, closes the connection', async (_what, bytes, code) => {
    const gateway = await gateways.start()
    const client = await gateways.login(gateway, 'mallory')
    const socket = (client.ws as unknown as { _socket: { write(bytes: Buffer): void } })._socket
    socket.write(bytes)
    expect(await client.closed()).toBe(code)
    await gateways.login(gateway, 'alice')
  })

  it.each(['1e309', '9007199254740992', '-1', '1.5', '"1"', 'null', '[1]', '9'.repeat(100_000), '{}'])('with the id %s cannot be answered, and closes the connection', async (id) => {
    const client = await gateways.login(await gateways.start(), 'mallory')
    client.raw(`{"t":"subscribed","id":${id}}`)
    expect(await client.closed()).toBe(CLOSE_CODE.BAD_FRAME)
  })

  it.each([
    ['of several spellings of a number', '{"t":"join","id":9e3,"ch":"general"}', 9_000],
    ['with a key twice', '{"t":"leave","t":"join","id":1,"id":9001.0,"ch":"no/","ch":"general"}', 9_001],
    ['with keys of the prototype', '{"t":"join","id":9002,"ch":"general","__proto__":{"ch":"no/"},"constructor":1,"toString":null}', 9_002],
    ['with escaped letters', '{"\\u0074":"jo\\u0069n","id":9003,"ch":"\\u0067eneral"}', 9_003],
  ])('%s is one', async (_what, text, id) => {
    const client = await gateways.login(await gateways.start(), 'mallory')
    client.raw(text)
    expect(await client.answer(id)).toMatchObject({ t: 'ok' })
    expect(await client.ask({ t: 'members', ch: 'general' })).toMatchObject({ uids: ['mallory'] })
  })

  it.each(['\ufeff{"t":"ping"}', '{"t":"ping"}\u0000', '{"t":"ping"}{"t":"ping"}', "{'t':'ping'}", '{"t":"ping",}', 'NaN'])('of text that is not exactly JSON, %j, closes the connection', async (text) => {
    const client = await gateways.login(await gateways.start(), 'mallory')
    client.raw(text)
    expect(await client.closed()).toBe(CLOSE_CODE.BAD_FRAME)
  })

  it('of the maximum size is read, in as many pieces as a client sends', async () => {
    const client = await gateways.login(await gateways.start(), 'mallory')
    const frame = (length: number) => `{"t":"ping","x":"${'x'.repeat(length - 19)}"}`
    client.raw(frame(FRAME_MAX_BYTES))
    await client.next('pong')
    if (transport === 'pipe') return // Its messages are in one piece.
    const pieces = frame(FRAME_MAX_BYTES).match(/.{1,1024}/g)!
    pieces.forEach((piece, i) => client.ws.send(piece, { fin: i === pieces.length - 1 }))
    await client.next('pong')
  })

  it.each(['\u0000', '\ud800', '\u202e', '\ufeff', '__proto__', '<img src=x onerror=alert(1)>'])('with the text %j is delivered unchanged', async (text) => {
    const gateway = await gateways.start()
    const [alice, bob] = [await gateways.login(gateway, 'alice'), await gateways.login(gateway, 'bob')]
    expect(await alice.ask({ t: 'peer', to: 'bob', text, from: 'carol' } as never)).toMatchObject({ received: true })
    expect(bob.all('peer')).toMatchObject([{ from: 'alice', text }])
  })
})

describe.each(TRANSPORTS)('while others chat, over a %s', (transport) => {
  const gateways = useGateways(transport)

  /** Two users who keep chatting. Every message must arrive, once and in order. */
  async function chat(gateway: Gateway) {
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await bob.ask({ t: 'join', ch: 'general' })
    let sent = 0
    return async () => {
      const text = String(sent++)
      expect(await alice.ask({ t: 'peer', to: 'bob', text })).toMatchObject({ received: true })
      expect(await alice.ask({ t: 'send', ch: 'general', text })).toMatchObject({ t: 'ok' })
      await bob.next((frame) => frame.t === 'msg' && frame.text === text)
      expect(bob.all('peer').map((frame) => frame.text)).toEqual(Array.from({ length: sent }, (_, i) => String(i)))
    }
  }

  it('any JSON may come, before and after a login', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const talk = await chat(gateway)
    const t = fc.constantFrom(
      ...['login', 'logout', 'renew', 'peer', 'join', 'leave', 'send', 'members', 'counts', 'online', 'subscribe', 'unsubscribe', 'subscribed'],
      ...['setUser', 'getUser', 'setChannel', 'getChannel', 'ack', 'ping', 'constructor', '__proto__'],
    )
    const id = fc.constantFrom('mallory', 'nobody', 'general', '__proto__', '..', '%', '', 'a/b', 'x'.repeat(70))
    const pair = fc.tuple(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }))
    const value = fc.oneof(id, fc.constantFrom(null, true, 0, -1, 1.5, 1e300), fc.array(id), fc.array(pair), fc.jsonValue({ maxDepth: 2 }))
    const frame = fc.record(
      {
        t,
        id: fc.oneof(fc.nat(50), value),
        ch: fc.oneof(id, value),
        to: fc.oneof(id, value),
        uid: fc.oneof(id, value),
        text: fc.oneof(fc.string(), value),
        token: value,
        uids: fc.oneof(fc.array(id), value),
        chs: fc.oneof(fc.array(id), value),
        keys: fc.oneof(fc.array(fc.string({ maxLength: 40 })), value),
        attributes: fc.oneof(fc.array(pair), value),
        op: fc.oneof(fc.constantFrom('set', 'add', 'delete', 'clear'), value),
        notify: fc.oneof(fc.boolean(), value),
        offline: fc.oneof(fc.boolean(), value),
        mid: value,
        v: fc.oneof(fc.constant(PROTOCOL_VERSION), value),
        appId: fc.oneof(fc.constant(LOCAL_APP_ID), value),
        resume: fc.oneof(fc.record({ secret: fc.string(), channels: fc.array(fc.tuple(id, fc.nat())) }), value),
      },
      { requiredKeys: ['t'] },
    )
    const readable = frame.map((fields) => JSON.stringify(fields))
    const anything = fc.oneof({ weight: 20, arbitrary: readable }, { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string()) })
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(anything, { minLength: 1, maxLength: 30 }), async (logsIn, frames) => {
        const mallory = await gateways.connect(gateway)
        if (logsIn) await mallory.login('mallory')
        for (const text of frames) mallory.raw(text)
        await talk()
        mallory.ws.terminate()
      }),
      { numRuns: 60 },
    )
    if (transport === 'pipe') return talk()
    const health = await fetch(gateway.url.replace('ws:', 'http:').replace('/rtm', '/healthz'))
    expect(await health.json()).toMatchObject({ status: 'ok' })
  })

  it('every request that can be answered is answered once', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const mallory = await gateways.login(gateway, 'mallory')
    const names = fc.constantFrom('peer', 'join', 'leave', 'send', 'members', 'counts', 'online', 'subscribe', 'setUser', 'getUser', 'nothing')
    const someFields = fc.dictionary(fc.constantFrom('ch', 'to', 'text', 'uid', 'uids', 'op', 'keys'), fc.jsonValue())
    await fc.assert(
      fc.asyncProperty(names, someFields, async (t, fields) => {
        const answer = await mallory.ask({ ...fields, t } as never)
        await mallory.settled()
        expect(mallory.frames.filter(({ id }) => id === answer.id)).toHaveLength(1)
      }),
      { numRuns: 200 },
    )
  })

  it('connections may open and close at any moment', async () => {
    const gateway = await gateways.start()
    const talk = await chat(gateway)
    for (let i = 0; i < 20; i++) {
      const client = await gateways.connect(gateway)
      client.raw(login)
      client.raw({ t: 'join', id: 2, ch: 'general' })
      client.raw(JSON.stringify({ t: 'peer', id: 3, to: 'bob', text: '' }).slice(0, i))
      await client.drop()
    }
    await talk()
  })
})

describe('a store that fails', () => {
  const gateways = useGateways()

  it("is answered with the operation's error code, and reported to the operator", async () => {
    const broken = () => Promise.reject(new Error('disk full'))
    const gateway = await gateways.start({ store: storeWith(memoryStore(), { append: broken, enqueue: broken, channelAttributes: broken }) })
    const alice = await gateways.login(gateway, 'alice')
    await alice.ask({ t: 'join', ch: 'general' })
    expect(await alice.ask({ t: 'send', ch: 'general', text: 'hi' })).toMatchObject({ t: 'err', code: 1, why: 'the gateway failed' })
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 'hi', offline: true })).toMatchObject({ t: 'err', code: 1 })
    expect(await alice.ask({ t: 'getChannel', ch: 'general' })).toMatchObject({ t: 'err', code: 2 })
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 'hi' })).toMatchObject({ t: 'ok', received: false })
    expect(gateways.errors.splice(0)).toHaveLength(3)
  })
})
