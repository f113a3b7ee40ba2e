import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeAnswer, decodeFrame, decodeLoginAnswer, type UsedFrame } from '@/src/rtm/local/decode'
import type { OkFrame } from '@/src/rtm/local/frames'
import { createLocalRtm } from '@/src/rtm/local'
import type { UsedRequest } from '@/src/rtm/local/requests'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { ScriptedGateway } from './scripted-gateway'

const id = fc.constantFrom('a', 'room', '__proto__', 'constructor', '..', 'a:b', '100%')
const count = fc.nat()
const frames: fc.Arbitrary<UsedFrame> = fc.oneof(
  fc.record({ t: fc.constant('err' as const), id: count, code: count, why: fc.string() }),
  fc.record({ t: fc.constant('peer' as const), mid: count, from: id, text: fc.string(), ts: count }),
  fc.record({ t: fc.constant('peer' as const), mid: count, from: id, text: fc.string(), ts: count, off: fc.boolean() }),
  fc.record({ t: fc.constant('msg' as const), ch: id, seq: count, from: id, text: fc.string(), ts: count }),
  fc.record({ t: fc.constantFrom('joined' as const, 'left' as const), ch: id, uid: id }),
  fc.record({ t: fc.constant('count' as const), ch: id, n: count }),
  fc.record({ t: fc.constant('status' as const), peers: fc.array(fc.tuple(id, fc.constantFrom('ONLINE' as const, 'UNREACHABLE' as const, 'OFFLINE' as const))) }),
  fc.constant({ t: 'expiring' as const }),
  fc.constant({ t: 'pong' as const }),
)
/** A frame with one field missing, or of another type, or any JSON. */
const broken = fc.oneof(
  fc.tuple(frames, fc.nat(), fc.oneof(fc.constant(undefined), fc.jsonValue())).map(([frame, at, value]) => {
    const keys = Object.keys(frame)
    return { ...frame, [keys[at % keys.length]!]: value }
  }),
  fc.jsonValue(),
)
const texts = fc.oneof(broken.map((value) => JSON.stringify(value)), fc.string(), fc.constantFrom('null', '[]', '{"t":"constructor"}', '{"t":"__proto__"}', '{"t":null}'))

describe('decodeFrame', () => {
  it('returns every frame unchanged', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decodeFrame(JSON.stringify(frame))).toEqual(frame)
      }),
    )
  })

  it('never throws, and accepts no other shape', () => {
    const types: Record<string, string> = { id: 'number', code: 'number', why: 'string', mid: 'number', from: 'string', text: 'string', ts: 'number', ch: 'string', seq: 'number', uid: 'string', n: 'number' }
    fc.assert(
      fc.property(texts, (text) => {
        const frame = decodeFrame(text)
        if (!frame || frame.t === 'expiring' || frame.t === 'pong') return
        const required: Record<string, string[]> = {
          ok: ['id'],
          err: ['id', 'code', 'why'],
          peer: ['mid', 'from', 'text', 'ts'],
          msg: ['ch', 'seq', 'from', 'text', 'ts'],
          joined: ['ch', 'uid'],
          left: ['ch', 'uid'],
          count: ['ch', 'n'],
          status: [],
          kick: [],
        }
        for (const key of required[frame.t]!) expect(typeof (frame as Record<string, unknown>)[key]).toBe(types[key])
      }),
    )
  })

  it.each([undefined, null, 7, {}, new ArrayBuffer(4)])('rejects %o', (data) => {
    expect(decodeFrame(data)).toBeUndefined()
  })

  it('passes over what this client does not use', () => {
    expect(decodeFrame('{"t":"attributes","ch":"room","attributes":[]}')).toBeUndefined()
  })

  it('tells a kick only for a reason it knows', () => {
    expect(decodeFrame('{"t":"kick","reason":"REMOTE_LOGIN"}')).toBeDefined()
    expect(decodeFrame('{"t":"kick","reason":"toString"}')).toBeUndefined()
  })
})

describe('answers', () => {
  const answers: [UsedRequest, object, object[]][] = [
    ['peer', { received: true }, [{}, { received: 'yes' }]],
    ['members', { uids: ['a'] }, [{}, { uids: 'a' }, { uids: [1] }]],
    ['join', {}, []],
  ]
  it.each(answers)('of %s have one shape', (name, good, bad) => {
    const ok = (fields: object) => ({ t: 'ok', id: 1, ...fields }) as OkFrame
    expect(decodeAnswer(name, ok(good))).toMatchObject(good)
    for (const fields of bad) expect(decodeAnswer(name, ok(fields))).toBeUndefined()
  })

  it('of a login as well', () => {
    const good = { secret: 's', resumed: true, channels: ['a'] }
    expect(decodeLoginAnswer({ t: 'ok', id: 1, ...good })).toEqual(good)
    for (const field of Object.keys(good)) expect(decodeLoginAnswer({ t: 'ok', id: 1, ...good, [field]: 1 })).toBeUndefined()
    const files = { bearer: 'a-b.c_d', until: 5 }
    expect(decodeLoginAnswer({ t: 'ok', id: 1, ...good, files })).toEqual({ ...good, files })
    // A malformed one is passed over: messages go without files too.
    for (const bad of [{}, { bearer: 'a\r\nb', until: 5 }, { bearer: 'a' }, 7]) expect(decodeLoginAnswer({ t: 'ok', id: 1, ...good, files: bad })).toEqual(good)
  })
})

describe('a client receiving nonsense', () => {
  it('neither throws nor settles a promise without an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 30 }), async (nonsense) => {
        const gateway = new ScriptedGateway()
        const client = createLocalRtm({ url: 'ws://gateway', connectSocket: gateway.connectSocket }).createInstance(LOCAL_APP_ID)
        const login = client.login({ uid: 'alice' })
        const { socket } = gateway
        socket.open().accept()
        await login
        let settled = false
        const sent = client.sendMessageToPeer({ text: 'hi' }, 'bob').finally(() => (settled = true))
        const own = socket.last('peer').id
        for (const text of nonsense) {
          const frame = decodeFrame(text)
          if (frame && 'id' in frame && frame.id === own) continue
          socket.deliver(text)
        }
        await Promise.resolve()
        expect(settled).toBe(false)
        socket.ok('peer', { received: true })
        expect(await sent).toEqual({ hasPeerReceived: true })
        const logout = client.logout()
        await Promise.resolve()
        await Promise.resolve()
        socket.drop()
        await logout
      }),
      { numRuns: 60 },
    )
  })

  it('fails a request with an unreadable answer', async () => {
    const gateway = new ScriptedGateway()
    const client = createLocalRtm({ url: 'ws://gateway', connectSocket: gateway.connectSocket }).createInstance(LOCAL_APP_ID)
    const login = client.login({ uid: 'alice' })
    gateway.socket.open().accept()
    await login
    const sent = client.sendMessageToPeer({ text: 'hi' }, 'bob')
    gateway.socket.ok('peer', { received: 'yes' })
    await expect(sent).rejects.toMatchObject({ operation: 'peerMessage', code: 1, reason: 'failed', name: 'RtmUnavailableError' })
    gateway.socket.drop()
    await client.logout()
  })
})
