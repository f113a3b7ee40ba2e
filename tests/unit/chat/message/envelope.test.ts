import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MESSAGE_ID_LENGTH, RECEIPT_MAX_IDS, decode, encode, encodedBytes, type DecodedEnvelope } from '@/src/chat/message/envelope'
import { EXCERPT_MAX_LENGTH } from '@/src/chat/message/common-fields'
import { MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/rtm-limits'

const ID = 'V1StGXR8_Z5jdHi6B-myT'

/** Any text, lone surrogates and control characters too. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.json(),
)

/** Texts that look like the format itself, with any number of spaces before them. */
const envelopeLike = fc
  .record({ spaces: fc.nat({ max: 3 }), text: fc.string(), kind: fc.constantFrom('text', 'receipt', 'typing', 'media', 'x') })
  .map(({ spaces, text, kind }) => ' '.repeat(spaces) + JSON.stringify({ v: 1, id: ID, kind, text }))

/** A text with an id, and one without. */
const said = (text: string, id: string = ID) => ({ kind: 'message', id, body: { kind: 'text', text } }) as const
const bare = (text: string) => ({ kind: 'message', body: { kind: 'text', text } }) as const

const wires = fc.constantFrom('rich' as const, 'plain' as const)

describe('encode', () => {
  it('writes one JSON object in rich mode and the bare text in plain mode', () => {
    const message = said('你好')
    expect(encode(message, 'rich')).toBe(`{"v":1,"id":"${ID}","kind":"text","text":"你好"}`)
    expect(encode(message, 'plain')).toBe('你好')
  })

  it('decodes every text to itself, in both modes, also one that looks like an envelope', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, envelopeLike), wires, (text, wire) => {
        const decoded = decode(encode({ kind: 'message', id: ID, body: { kind: 'text', text } }, wire))
        expect(decoded).toEqual(wire === 'rich' ? said(text) : bare(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('keeps a text that is an envelope as a text', () => {
    const text = encode({ kind: 'message', id: ID, body: { kind: 'text', text: 'inner' } }, 'rich')
    expect(decode(encode({ kind: 'message', id: 'outer', body: { kind: 'text', text } }, 'rich'))).toEqual(said(text, 'outer'))
    expect(encode({ kind: 'message', id: ID, body: { kind: 'text', text } }, 'plain')).toBe(` ${text}`)
    expect(decode(` ${text}`)).toEqual(bare(text))
    expect(decode(`  ${text}`)).toEqual(bare(` ${text}`))
  })

  it('carries a quote and receipts', () => {
    const quoting = { ...said('yes'), quote: { id: 'q1', from: 'a:b', text: 'really?' } }
    expect(decode(encode(quoting, 'rich'))).toEqual(quoting)
    expect(decode(encode({ kind: 'receipt', id: ID, delivered: ['a', 'b'] }, 'rich'))).toEqual({ kind: 'receipt', id: ID, delivered: ['a', 'b'], read: [] })
  })

  it('fits the largest receipt into one message', () => {
    const ids = Array.from({ length: RECEIPT_MAX_IDS }, () => '"'.repeat(64))
    const text = encode({ kind: 'receipt', id: ID, delivered: ids }, 'rich')
    expect(utf8Length(text)).toBeLessThanOrEqual(MESSAGE_MAX_BYTES)
    expect(decode(text)).toMatchObject({ delivered: ids })
  })
})

describe('decode', () => {
  const plain = [
    'hello',
    '',
    '{',
    '{}',
    '{"v":1}',
    '[{"v":1,"id":"a","kind":"text","text":"x"}]',
    '42',
    'null',
    'true',
    '"text"',
    '{"v":1,"id":"a","kind":"text","text":"x"',
    '{"v":1,"id":"a","kind":"text","text":"x"} ',
    '\n{"v":1,"id":"a","kind":"text","text":"x"}',
    '{"v":"1","id":"a","kind":"text","text":"x"}',
    '{"v":1.5,"id":"a","kind":"text","text":"x"}',
    '{"v":0,"id":"a","kind":"text","text":"x"}',
    '{"v":-1,"id":"a","kind":"text","text":"x"}',
    '{"v":null,"id":"a","kind":"text","text":"x"}',
    '{"id":"a","kind":"text","text":"x"}',
    '{"v":1,"kind":"text","text":"x"}',
    '{"v":1,"id":"","kind":"text","text":"x"}',
    '{"v":1,"id":7,"kind":"text","text":"x"}',
    '{"v":1,"id":"a b","kind":"text","text":"x"}',
    '{"v":1,"id":"é","kind":"text","text":"x"}',
    '{"v":1,"id":"a\\u0000","kind":"text","text":"x"}',
    '{"v":1,"id":"a\\n","kind":"text","text":"x"}',
    `{"v":1,"id":"${'a'.repeat(65)}","kind":"text","text":"x"}`,
    '{"v":1,"id":"a","text":"x"}',
    '{"v":1,"id":"a","kind":["text"],"text":"x"}',
    '{"__proto__":{"v":1,"id":"a","kind":"text","text":"x"}}',
    '{"constructor":{"prototype":{"v":1}}}',
  ]
  it.each(plain)('shows %j as text', (text) => {
    expect(decode(text)).toEqual(bare(text))
  })

  const known: [string, DecodedEnvelope][] = [
    ['{"v":1,"id":"a","kind":"text","text":""}', said('', 'a')],
    ['{"v":1,"id":"__proto__","kind":"text","text":"x"}', said('x', '__proto__')],
    ['{"v":1,"id":"a","kind":"text","text":"\\ud800"}', said('\ud800', 'a')],
    ['{"v":1,"id":"a","kind":"text","text":"x","again":true,"quiet":true}', { ...said('x', 'a'), again: true }],
    ['{"v":2,"id":"a","kind":"typing","quiet":true}', { kind: 'control', id: 'a' }],
    ['{"v":1,"id":"a","kind":"poll","quiet":true}', { kind: 'control', id: 'a' }],
    ['{"v":1,"id":"a","kind":"typing"}', { kind: 'typing', id: 'a' }],
    ['{"v":1,"id":"a","kind":"receipt"}', { kind: 'receipt', id: 'a', delivered: [], read: [] }],
    ['{"v":1,"id":"a","kind":"receipt","delivered":"b","read":["c",1,"","d d"]}', { kind: 'receipt', id: 'a', delivered: [], read: ['c'] }],
  ]
  it.each(known)('reads %s', (text, expected) => {
    expect(decode(text)).toEqual(expected)
  })

  it.each([
    '{"v":1,"id":"a","kind":"text","text":7}',
    '{"v":1,"id":"a","kind":"text"}',
    '{"v":2,"id":"a","kind":"text","text":"x"}',
    '{"v":1,"id":"a","kind":"media","url":"https://example.com/a.png"}',
    '{"v":1,"id":"a","kind":"media","deep":{"__proto__":{"polluted":1}},"__proto__":[1e400,"\\ud800"],  "twice":1,"twice":2}',
    '{"v":2,"id":"a","kind":"edit","target":{"id":"b"},"text":"x"}',
    '{"v":1,"id":"a","kind":"constructor"}',
    '{"v":1,"id":"a","kind":"poll"}',
    '{"v":1,"id":"a","kind":"poll","quiet":1}',
    `{"v":1,"id":"a","kind":"poll","more":"${'好'.repeat(10_000)}"}`,
  ])('keeps the envelope of a message that it cannot show: %s', (text) => {
    expect(decode(text)).toEqual({ kind: 'message', id: 'a', body: { kind: 'unsupported', raw: text } })
  })

  it.each([
    '{"v":1,"id":"a","kind":"edit","target":{"id":"b"},"rev":1,"at":1,"text":"x","quiet":true}',
    '{"v":1,"id":"a","kind":"edit","of":"b","text":"x"}',
    '{"v":1,"id":"a","kind":"reaction","of":"b"}',
    '{"v":1,"id":"a","kind":"recall"}',
    '{"v":2,"id":"a","kind":"recall","quiet":true}',
  ])('keeps the envelope of a change to another message: %s', (text) => {
    expect(decode(text)).toEqual({ kind: 'amendment', id: 'a', raw: text })
  })

  it.each([
    '{"v":1,"id":"a","kind":"text","text":"x","more":{"deep":[[[1]]]}}',
    '{"v":1,"id":"a","kind":"text","text":"x","by":{"name":"Alice"},"mentions":"*"}',
    '{"v":1,"id":"a","kind":"text","text":"x","by":{"avatar":"http://example.com/a.png"}}',
    '{"v":1,"id":"a","kind":"text","text":"x","fwd":{"from":"bob"}}',
    '{"v":1,"id":"a","kind":"text","text":"x","__proto__":{"again":true}}',
  ])('keeps the envelope of a text with further fields: %s', (text) => {
    expect(decode(text)).toMatchObject({ kind: 'message', id: 'a', body: { kind: 'text', text: 'x', raw: text } })
  })

  it.each([
    '"text"',
    'null',
    '{"id":"q"}',
    '{"id":"q","from":"b*b","text":""}',
    '{"id":1,"from":"bob","text":""}',
    '{"id":"q","from":"bob","text":1}',
    `{"id":"q","from":"bob","text":"${'x'.repeat(EXCERPT_MAX_LENGTH + 1)}"}`,
  ])('shows the text without a malformed quote: %s', (quote) => {
    const raw = `{"v":1,"id":"a","kind":"text","text":"x","quote":${quote}}`
    expect(decode(raw)).toEqual({ kind: 'message', id: 'a', body: { kind: 'text', text: 'x', raw } })
  })

  it('reads at most as many ids of a receipt as one may have', () => {
    const ids = Array.from({ length: RECEIPT_MAX_IDS + 1 }, (_, i) => `m${i}`)
    expect(decode(JSON.stringify({ v: 1, id: 'a', kind: 'receipt', read: ids }))).toMatchObject({ read: ids.slice(0, RECEIPT_MAX_IDS) })
  })

  it('ignores texts that RTM could not have carried', () => {
    const text = JSON.stringify({ v: 1, id: 'a', kind: 'text', text: 'x'.repeat(MESSAGE_MAX_BYTES) })
    expect(decode(text)).toEqual(bare(text))
  })

  it('survives deep nesting', () => {
    const deep = '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)
    expect(decode(deep)).toEqual(bare(deep))
    const inside = `{"v":1,"id":"a","kind":"text","text":"x","quote":${'['.repeat(9_000)}${']'.repeat(9_000)}}`
    expect(decode(inside)).toMatchObject({ kind: 'message', body: { kind: 'text' } })
  })

  it('never throws, and never changes shared prototypes', () => {
    const parts = fc.constantFrom('{', '}', '"v":1', '"id":"a"', '"kind":"text"', '"text":', '"__proto__":', '"x"', ',', '[', ']', ' ', 'null')
    fc.assert(
      fc.property(fc.oneof(anyText, envelopeLike, fc.array(parts).map((some) => some.join(''))), (text) => {
        decode(text)
        expect(({} as { v?: unknown }).v).toBeUndefined()
      }),
    )
  })
})

describe('encodedBytes', () => {
  it('is the length of the sent text', () => {
    const id = 'x'.repeat(MESSAGE_ID_LENGTH)
    fc.assert(
      fc.property(fc.oneof(anyText, envelopeLike), wires, (text, wire) => {
        expect(encodedBytes(text, wire)).toBe(utf8Length(encode({ kind: 'message', id, body: { kind: 'text', text }, again: true }, wire)))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is exact at the limit', () => {
    const room = MESSAGE_MAX_BYTES - encodedBytes('', 'rich')
    expect(encodedBytes('x'.repeat(room), 'rich')).toBe(MESSAGE_MAX_BYTES)
    expect(encodedBytes('"' + 'x'.repeat(room - 1), 'rich')).toBe(MESSAGE_MAX_BYTES + 1)
    expect(encodedBytes('x'.repeat(MESSAGE_MAX_BYTES), 'plain')).toBe(MESSAGE_MAX_BYTES)
  })
})
