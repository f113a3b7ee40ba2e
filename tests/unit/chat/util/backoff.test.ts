import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoff } from '@/src/chat/util/backoff'

const options = { baseMs: 1_000, capMs: 30_000 }

describe('backoff', () => {
  it('doubles up to the cap', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6, 2_000].map((attempt) => backoff(attempt, () => 1, options))
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  })

  it('is spread over the whole range', () => {
    expect(backoff(3, () => 0, options)).toBe(0)
    expect(backoff(3, () => 0.5, options)).toBe(4_000)
  })

  it('is never shorter than the least share of the longest wait', () => {
    const half = { baseMs: 400, capMs: 5_000, leastShare: 0.5 }
    expect([0, 1, 10].map((attempt) => backoff(attempt, () => 0, half))).toEqual([200, 400, 2_500])
    expect([0, 1, 10].map((attempt) => backoff(attempt, () => 0.5, half))).toEqual([300, 600, 3_750])
    expect([0, 1, 10].map((attempt) => backoff(attempt, () => 1, half))).toEqual([400, 800, 5_000])
  })

  it('is a whole number within the cap for any attempt', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.nat({ max: 5_000 }), random, (attempt, value) => {
        const wait = backoff(attempt, () => value)
        expect(Number.isInteger(wait) && wait >= 0 && wait <= 30_000).toBe(true)
      }),
    )
  })
})
