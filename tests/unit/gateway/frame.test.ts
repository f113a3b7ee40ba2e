import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFrame } from '../../../gateway/frame'
import { PROTOCOL_VERSION } from '@/src/rtm/local/frames'

const parse = (value: unknown) => parseFrame(JSON.stringify(value))

describe('parseFrame', () => {
  it.each([
    ...['', 'null', 'true', '7', '"login"', '[]', '[{"t":"ping"}]', '{', '{}'],
    ...['{"t":null}', '{"t":["ping"]}', '{"t":"ack"}', '{"t":"ack","mid":-1}'],
  ])('rejects %s', (text) => {
    expect(parseFrame(text).kind).toBe('unreadable')
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nothing'])('rejects the request %s', (t) => {
    expect(parse({ t }).kind).toBe('unreadable')
    expect(parse({ t, id: 1 })).toMatchObject({ kind: 'refused', id: 1 })
  })

  it.each([undefined, null, -1, 1.5, '1', 2 ** 53, {}])('rejects a request with the id %j', (id) => {
    expect(parse({ t: 'join', id, ch: 'general' }).kind).toBe('unreadable')
  })

  it('drops unknown fields', () => {
    expect(parseFrame('{"t":"join","id":1,"ch":"general","__proto__":{"x":1},"more":true}')).toEqual({
      kind: 'request',
      frame: { t: 'join', id: 1, ch: 'general' },
    })
  })

  it('reads a login', () => {
    const login = { t: 'login', id: 1, v: PROTOCOL_VERSION, appId: 'a', uid: 'u' }
    expect(parse(login)).toMatchObject({ kind: 'login', frame: login })
    expect(parse({ ...login, token: null, resume: null }).kind).toBe('login')
    const resume = { secret: 's', channels: [['__proto__', 3]] }
    expect(parse({ ...login, resume })).toMatchObject({ kind: 'login', frame: { resume } })
    const channels = [[['a']], [['a', -1]], [['a', '1']], [[1, 1]], 'a', undefined]
    for (const bad of [7, {}, { secret: 7, channels: [] }, ...channels.map((list) => ({ secret: 's', channels: list }))]) {
      expect(parse({ ...login, resume: bad })).toMatchObject({ kind: 'refused', code: 3 })
    }
    expect(parse({ ...login, uid: 7 })).toMatchObject({ kind: 'refused', code: 3 })
    expect(parse({ ...login, appId: undefined })).toMatchObject({ kind: 'refused', code: 4 })
  })

  it('reads nothing of a login in another version', () => {
    for (const v of [undefined, '1', PROTOCOL_VERSION + 1]) {
      expect(parse({ t: 'login', id: 1, v, uid: {} })).toEqual({ kind: 'another-version', id: 1 })
    }
  })

  it.each([
    ['lists', '['.repeat(17), ']'.repeat(17)],
    ['objects', '{"x":'.repeat(17), '{}' + '}'.repeat(17)],
    ['lists behind strings', '["\\\\","\\"",' + '['.repeat(16), ']'.repeat(17)],
    ['lists without an end', '['.repeat(100_000), ''],
  ])('rejects a large frame of deep %s', (_what, start, end) => {
    const frame = (filling: string) => `{"t":"ping","x":${start}${end},"y":"${filling}"}`
    expect(parseFrame(frame('y'.repeat(5_000))).kind).toBe('unreadable')
  })

  it('is not misled by the content of strings', () => {
    const texts = ['['.repeat(10_000), '{'.repeat(10_000), '"['.repeat(5_000), '\\['.repeat(5_000), '\\"['.repeat(5_000), `${'x'.repeat(5_000)}\\`]
    for (const text of texts) expect(parse({ t: 'send', id: 1, ch: 'general', text, more: [[[['\\']]]] })).toMatchObject({ kind: 'request', frame: { text } })
    const hard = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', '}', 'x', '\n'), minLength: 4_100, maxLength: 4_200 })
    fc.assert(
      fc.property(hard, hard, (text, to) => {
        expect(parse({ t: 'peer', id: 1, to, text })).toMatchObject({ kind: 'request', frame: { to, text } })
      }),
    )
  })

  it('never throws, and accepts only the promised shape', () => {
    const names = ['login', 'logout', 'renew', 'peer', 'join', 'leave', 'send', 'members', 'counts', 'online', 'subscribe', 'setUser']
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()), fc.anything())
    const frame = fc.record(
      { t: fc.constantFrom(...names), id: fc.oneof(fc.nat(), value), ch: value, text: value, to: value, uid: value, uids: value, chs: value, op: value },
      { requiredKeys: ['t', 'id'] },
    )
    fc.assert(
      fc.property(frame, (fields) => {
        const parsed = parse(fields)
        if (parsed.kind !== 'request') return
        const { t, ...rest } = parsed.frame
        if (t === 'peer') expect(rest).toMatchObject({ to: expect.any(String), text: expect.any(String), offline: expect.any(Boolean) })
        if (t === 'online') expect(fields.uids).toSatisfy((uids: unknown) => Array.isArray(uids) && uids.every((uid) => typeof uid === 'string'))
      }),
    )
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseFrame(text).kind !== 'request'))
  })
})
