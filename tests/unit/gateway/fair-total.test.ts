import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FairTotal } from '../../../gateway/store/fair-total'

interface Entry {
  owner: string
  bytes: number
}

const sumOf = (entries: Iterable<Entry>) => [...entries].reduce((sum, { bytes }) => sum + bytes, 0)

describe('a total limit on many owners', () => {
  it('keeps additions, and drops the oldest of those with more than an equal share', () => {
    const entry = fc.record({ owner: fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), bytes: fc.integer({ min: 1, max: 40 }) })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 200 }), (added) => {
        const total = new FairTotal<Entry>(200)
        const kept: Entry[] = []
        for (const each of added) {
          total.add(each)
          kept.push(each)
          const gone = total.overflow()
          const equalShare = (200 * 0.95) / new Set(kept.map(({ owner }) => owner)).size
          for (const loser of new Set(gone.map(({ owner }) => owner))) {
            const held = kept.filter(({ owner }) => owner === loser)
            const lost = gone.filter(({ owner }) => owner === loser)
            expect(held.slice(0, lost.length)).toEqual(lost)
            // Nothing is dropped of owners with no more than an equal share of the limit.
            expect(sumOf(held) - sumOf(lost.slice(0, -1))).toBeGreaterThan(equalShare)
          }
          for (const one of gone) {
            total.remove(one)
            kept.splice(kept.indexOf(one), 1)
          }
          expect(total.bytes).toBe(sumOf(kept))
          expect(total.bytes).toBeLessThanOrEqual(200)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('drops marked entries before all others, of any owner', () => {
    const total = new FairTotal<Entry>(100)
    const small = { owner: 'small', bytes: 20 }
    const large = Array.from({ length: 4 }, () => ({ owner: 'large', bytes: 20 }))
    for (const entry of [small, ...large]) total.add(entry)
    expect(total.overflow()).toEqual([])
    total.add({ owner: 'large', bytes: 1 })
    expect(total.overflow((entry) => entry === small)).toEqual([small])
    expect(total.overflow()).toEqual([large[0]])
  })
})
