import { describe, expect, it } from 'vitest'
import { planOf, type Fault } from '../../faults/plan'
import { randomOf } from '../../faults/random'

const kinds = (faults: readonly { fault: Fault }[]) => new Set(faults.map(({ fault }) => (fault.kind === 'client killed' && fault.torn !== undefined ? 'torn write' : fault.kind)))

describe('the plan of a fault run', () => {
  it('is the same for the same seed, and differs for another', () => {
    expect(planOf(7, 1_000)).toEqual(planOf(7, 1_000))
    expect(planOf(8, 1_000)).not.toEqual(planOf(7, 1_000))
  })

  it.each([120, 1_000])('has every kind of fault, within the run, in %i messages', (messages) => {
    for (let seed = 1; seed <= 50; seed++) {
      const { faults } = planOf(seed, messages)
      expect(kinds(faults)).toEqual(new Set(['gateway killed', 'socket cut', 'client killed', 'torn write', 'app hidden', 'disk fails']))
      expect(faults.every(({ after }) => after > 0 && after < messages)).toBe(true)
      expect(faults.map(({ after }) => after)).toEqual(faults.map(({ after }) => after).sort((a, b) => a - b))
    }
  })

  it('gives independent numbers to each name, spread over the whole range', () => {
    const numbers = (name: string) => {
      const random = randomOf(3, name)
      return Array.from({ length: 2_000 }, random)
    }
    expect(numbers('a')).toEqual(numbers('a'))
    expect(numbers('a')).not.toEqual(numbers('b'))
    expect(numbers('a').every((number) => number >= 0 && number < 1)).toBe(true)
    const mean = numbers('a').reduce((sum, number) => sum + number, 0) / 2_000
    expect(mean).toBeGreaterThan(0.45)
    expect(mean).toBeLessThan(0.55)
  })
})
