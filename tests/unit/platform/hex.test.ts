import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHex, encodeHex } from '@/src/platform/hex'

// All of UTF-16, lone surrogates included.
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)))

describe('hex', () => {
  it('decodes every text to itself', () => {
    fc.assert(fc.property(text, (t) => decodeHex(encodeHex(t)) === t))
  })

  it('is the UTF-8 bytes of a well-formed text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (t) => encodeHex(t) === Buffer.from(t, 'utf8').toString('hex')))
  })

  it('keeps different texts different, also in file systems that ignore case', () => {
    fc.assert(fc.property(text, text, (a, b) => (encodeHex(a).toUpperCase() === encodeHex(b).toUpperCase()) === (a === b)))
    for (const id of ['..', 'a/b', '__proto__', 'Alice']) expect(encodeHex(id)).toMatch(/^[0-9a-f]+$/)
  })

  it('decodes only its own output', () => {
    const hexLike = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), maxLength: 16 })
    fc.assert(
      fc.property(fc.oneof(hexLike, fc.string()), (hex) => {
        const decoded = decodeHex(hex)
        if (decoded !== undefined) expect(encodeHex(decoded)).toBe(hex)
      }),
    )
    // Odd length, other characters, upper case, a lone continuation byte, truncated, overlong, above U+10FFFF, halves of a pair apart.
    for (const hex of ['4', 'zz', '4A', ' 41', '80', 'e4bd', 'c080', 'f4908080', 'ff', 'eda080edb080']) expect(decodeHex(hex)).toBeUndefined()
  })
})
