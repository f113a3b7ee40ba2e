import { describe, expect, it } from 'vitest'
import { cleanName, commonFieldsOf, EXCERPT_MAX_LENGTH, isAvatar, MENTIONS_MAX, readCommonFields, type CommonFields } from '@/src/chat/message/common-fields'
import { decode, encode, envelopeBytes, type MessageEnvelope } from '@/src/chat/message/envelope'
import { MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/rtm-limits'

const common: CommonFields = {
  by: { name: '爱丽丝', avatar: 'emoji:😀' },
  quote: { id: 'q1', from: 'bob', at: 1_700_000_000_000, kind: 'text', text: 'coming?' },
  mentions: ['bob', '*'],
  fwd: { from: 'carol', at: 1_600_000_000_000 },
}
const message = (fields: CommonFields): MessageEnvelope & { readonly id: string } => ({ kind: 'message', id: 'a', body: { kind: 'text', text: 'yes' }, ...fields })

describe('the common fields', () => {
  it('come back from the wire as they were sent', () => {
    expect(decode(encode(message(common), 'rich'))).toEqual(message(common))
  })

  it.each(Object.keys(common))('are each optional: %s', (field) => {
    const one = { [field]: common[field as keyof CommonFields] }
    expect(decode(encode(message(one), 'rich'))).toEqual(message(one))
    expect(commonFieldsOf(message(one))).toEqual(one)
  })

  it('are absent from the envelope of a message without them', () => {
    expect(encode(message({}), 'rich')).toBe('{"v":1,"id":"a","kind":"text","text":"yes"}')
    expect(readCommonFields({ text: 'x' })).toBeUndefined()
  })

  it('are read without the malformed ones', () => {
    expect(readCommonFields({ by: { name: '' }, quote: { id: 'q' }, mentions: [1, ''], fwd: { from: 'carol', at: 'now' } })).toBeUndefined()
    expect(readCommonFields({ by: { name: 'A', avatar: 'javascript:alert(1)', more: 1 }, mentions: ['a b', 'b*', 'bob'] })).toEqual({ by: { name: 'A' }, mentions: ['a b', 'bob'] })
  })

  it('have at most the mentions that are allowed', () => {
    const many = Array.from({ length: MENTIONS_MAX + 1 }, (_, i) => `u${i}`)
    expect(readCommonFields({ mentions: many })?.mentions).toEqual(many.slice(0, MENTIONS_MAX))
  })

  it('count towards the size of a message', () => {
    const body = { kind: 'text' as const, text: 'x'.repeat(MESSAGE_MAX_BYTES - 200) }
    expect(envelopeBytes({ body }, 'rich')).toBeLessThan(MESSAGE_MAX_BYTES)
    const bytes = envelopeBytes({ body, ...common }, 'rich')
    expect(bytes).toBeGreaterThan(MESSAGE_MAX_BYTES)
    expect(bytes).toBe(utf8Length(encode({ kind: 'message', id: '-'.repeat(21), body, ...common, again: true }, 'rich')))
  })

  it('leave a plain text nothing but what it quotes', () => {
    expect(encode(message(common), 'plain')).toBe('「bob：coming?」\nyes')
  })
})

describe('a name', () => {
  it.each([
    ['  Alice\n Liddell ', 'Alice Liddell'],
    ['\u202eecilA\u0007', 'ecilA'],
    ['张三', '张三'],
    ['😀'.repeat(32), '😀'.repeat(32)],
  ])('is cleaned: %j', (value, name) => expect(cleanName(value)).toBe(name))

  it.each(['', ' \u200b', 'x'.repeat(33), '😀'.repeat(33), 'x'.repeat(1_000_000), 1, null, undefined])('is left out if it is not one: %j', (value) => expect(cleanName(value)).toBeUndefined())
})

describe('an avatar', () => {
  it.each(['emoji:😀', 'https://example.com/a.png'])('can be %s', (value) => expect(isAvatar(value)).toBe(true))
  it.each(['emoji:', 'emoji:hello', 'http://example.com/a.png', `https://example.com/${'a'.repeat(300)}`, 'https://example.com/a b', 'data:image/png;base64,', 1])('cannot be %j', (value) => expect(isAvatar(value)).toBe(false))
})

it('a message of an unknown kind has what its sender wants to be shown instead', () => {
  expect(decode('{"v":1,"id":"a","kind":"poll","alt":"Lunch?"}')).toMatchObject({ body: { kind: 'unsupported', alt: 'Lunch?' } })
  expect(decode(`{"v":1,"id":"a","kind":"poll","alt":"${'x'.repeat(EXCERPT_MAX_LENGTH + 1)}"}`)).not.toMatchObject({ body: { alt: expect.anything() as string } })
})
