/** Texts of a hostile peer and frames of a hostile server, shared by the tests of the store and of the compiled mini program. */

const MAX = 32_768
export const DEEP = '['.repeat(16_000) + ']'.repeat(16_000)

/** Texts of messages, each within the limit of RTM. `stolen`: the id of another user's message. */
export function hostileTexts(stolen: string): string[] {
  const envelope = (fields: object) => JSON.stringify({ v: 1, id: 'h1', kind: 'text', text: 'hostile', ...fields })
  return [
    ...['', ' ', '{', '{}', 'null', '[]', '42', '\u0000', '\ud800', '\u202e'.repeat(500), '\u0001'.repeat(MAX), '"'.repeat(MAX), '\n'.repeat(2_000)],
    // 32 KB of combining marks, and of openings that are never closed.
    `Z${'\u0301'.repeat(MAX / 2 - 1)}`,
    '\u202a'.repeat(5_000) + '\u2069'.repeat(5_000),
    '\u2067'.repeat(10_000),
    DEEP.slice(0, MAX),
    `{"v":1,"id":"deep","kind":"text","text":"x","quote":${'['.repeat(15_000)}${']'.repeat(15_000)}}`,
    '{"v":1,"id":"p1","kind":"text","text":"x","__proto__":{"kind":"receipt"},"constructor":{"prototype":{"text":"y"}}}',
    '{"__proto__":{"v":1,"id":"p2","kind":"text","text":"y"}}',
    ...[null, 0, -1, 1.5, 2, 1e300, '1', [], {}].map((v) => envelope({ id: `v-${String(v)}`, v })),
    ...[null, 7, '', 'x'.repeat(65), 'a b', '\u202e', ['h'], {}].map((id) => envelope({ id })),
    ...[null, 7, 'edit', 'recall', 'reaction', 'typing', 'media', 'toString', '__proto__', {}].map((kind, n) => envelope({ id: `k${n}`, kind, of: stolen, to: stolen })),
    ...[null, 7, {}, []].map((text, n) => envelope({ id: `t${n}`, text })),
    envelope({ id: stolen, text: 'CHANGED' }),
    envelope({ id: stolen, text: 'CHANGED', again: true }),
    ...['delivered', 'read'].map((word) => envelope({ id: `r-${word}`, kind: 'receipt', [word]: [stolen, '__proto__', 7, null, [stolen]] })),
    envelope({ id: 'quote', text: 'quoting', quote: { id: stolen, from: '\u202ebob', text: 'never said' } }),
  ]
}

/** Frames of a server. `ch` is a channel the client is in. */
export function hostileFrames(ch: string): (object | string | Buffer)[] {
  const huge = 'x'.repeat(300_000)
  const msg = (fields: object) => ({ t: 'msg', ch, seq: 5, from: 'mallory', text: 'x', ts: Date.now(), ...fields })
  const peer = (fields: object) => ({ t: 'peer', mid: 1_000, from: 'mallory', text: 'x', ts: Date.now(), ...fields })
  const names = ['', 'null', '\u202eevil', 'a\nb', 'x'.repeat(65), huge]
  return [
    ...['', 'null', '[]', '7', '{', '[' .repeat(100_000), '{"a":'.repeat(50_000), '{"t":"constructor"}', '{"t":"__proto__"}', '{"t":["msg"]}'],
    Buffer.from('{"t":"pong"}'),
    ...names.flatMap((name) => [msg({ from: name }), peer({ from: name }), msg({ ch: name }), { t: 'joined', ch, uid: name }, { t: 'left', ch: name, uid: 'bob' }]),
    msg({ text: huge }),
    peer({ text: huge }),
    ...[null, '5', -1, 1.5, 2 ** 60, {}].flatMap((n) => [msg({ seq: n }), peer({ mid: n }), { t: 'count', ch, n }]),
    ...[null, 'now', {}].flatMap((ts) => [msg({ ts }), peer({ ts })]),
    msg({ ch: 'elsewhere', seq: 1 }),
    { t: 'joined', ch: 'elsewhere', uid: 'bob' },
    { t: 'count', ch: 'elsewhere', n: 9 },
    { t: 'attributes', ch: 'elsewhere', attributes: [['__proto__', { value: 'v', lastUpdateUserId: 'u', lastUpdateTs: 1e300 }]] },
    { t: 'attributes', ch, attributes: [['__proto__', 'v']] },
    { t: 'status', peers: [['__proto__', 'ONLINE'], ['constructor', 'OFFLINE']] },
    { t: 'status', peers: { bob: 'ONLINE' } },
    { t: 'status', peers: [['bob', '__proto__']] },
    { t: 'ok', id: 99_999 },
    { t: 'err', id: 99_999, code: 1, why: huge },
    { t: 'err', id: 99_999, code: 'x', why: {} },
    { t: 'kick', reason: 'because' },
    { t: 'expiring' },
  ]
}

/** Impossible times of a server. `now` is in ms since 1970. JSON has no NaN; 1e999 is read as Infinity. */
export const absurdTimes = (now: number) => [0, -1, -1e300, 1e300, Math.floor(now / 1_000), now * 1_000, Date.UTC(9999, 0), Date.UTC(1999, 0)]
