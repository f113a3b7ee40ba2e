import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sizeText } from '@/src/chat/text/storage-size'

it.each([
  [0, '0 KB'],
  [1, '1 KB'],
  [1_499, '1 KB'],
  [820_400, '820 KB'],
  [999_499, '999 KB'],
  [999_500, '1 MB'],
  [1_240_000, '1.2 MB'],
  [99_960_000, '100 MB'],
  [100_000_000, '100 MB'],
  [1_000_000_000, '1 GB'],
  [2_500_000_000_000, '2500 GB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

it('never shows a number of four digits below a terabyte, and grows with the bytes', () => {
  const value = (text: string) => parseFloat(text) * { KB: 1, MB: 1e3, GB: 1e6 }[text.split(' ')[1] as 'KB' | 'MB' | 'GB']
  fc.assert(
    fc.property(fc.nat(9e11), fc.nat(9e11), (a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a]
      expect(parseFloat(sizeText(more))).toBeLessThan(1_000)
      expect(value(sizeText(less))).toBeLessThanOrEqual(value(sizeText(more)))
    }),
  )
})
