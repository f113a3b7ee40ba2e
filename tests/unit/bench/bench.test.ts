import { describe, expect, it } from 'vitest'
import { broken, type Budget } from '@/bench/bench'
import { ofClient, ofGateway } from '@/bench/benchmarks'
import { headline, row } from '@/bench/table'
import { quantile, median } from '@/bench/support/stats'

const budgets: readonly Budget[] = [
  { name: 'size', figure: 'bytes', atMost: 100 },
  { name: 'speed', figure: 'perSecond', atLeast: 1_000 },
]

describe('violations', () => {
  it('are none within the budgets, the limits themselves included', () => {
    expect(broken({ name: 'size', figures: { bytes: 100 } }, budgets)).toEqual([])
    expect(broken({ name: 'speed', figures: { perSecond: 1_000 } }, budgets)).toEqual([])
  })

  it('name the figures above, or below, and their limits', () => {
    expect(broken({ name: 'size', n: 5, figures: { bytes: 101 } }, budgets)).toEqual(['size (n = 5): bytes 101 is over its budget of 100'])
    expect(broken({ name: 'speed', figures: { perSecond: 999 } }, budgets)).toEqual(['speed: perSecond 999 is under its aim of 1000'])
  })

  it('include a figure that is missing, or not a number', () => {
    expect(broken({ name: 'size', figures: { ms: 1 } }, budgets)).toEqual(['size: bytes was not measured'])
    expect(broken({ name: 'size', figures: { bytes: Number.NaN } }, budgets)).toEqual(['size: bytes was not measured'])
  })

  it('are none for a result without a budget', () => {
    expect(broken({ name: 'other', figures: { bytes: 1e9 } }, budgets)).toEqual([])
  })
})

describe('the table', () => {
  it('has a line for each result, with the budgets behind their figures', () => {
    expect(row({ name: 'size', n: 5, figures: { bytes: 90, ms: 1.23456 } }, budgets)).toMatch(/^size +5 {2}bytes 90 \(≤ 100\) · ms 1\.23$/)
    expect(row({ name: 'speed', figures: { perSecond: 54_321.9 } }, budgets)).toMatch(/^speed +perSecond 54322 \(≥ 1000\)$/)
  })

  it('is aligned in columns', () => {
    const start = headline().indexOf('figures')
    expect(row({ name: 'size', n: 5, figures: { bytes: 90 } }, budgets).indexOf('bytes')).toBe(start)
    expect(row({ name: 'speed', figures: { perSecond: 1 } }, budgets).indexOf('perSecond')).toBe(start)
  })
})

const benchmarks = [...ofClient, ...ofGateway]

describe('the benchmarks', () => {
  const names = benchmarks.flatMap((benchmark) => benchmark.names)

  it.each(['ingest', 'gateway.peer', 'gateway.fanout', 'gateway.idle', 'media.upload', 'media.picture', 'mp.image.open', 'mp.image.append', 'mp.jump', 'h5.open', 'h5.jump', 'h5.scroll'])('measure %s', (name) => {
    expect(names).toContain(name)
  })

  it('have a name of their own for each result, and budgets for results that they yield', () => {
    expect(new Set(names).size).toBe(names.length)
    for (const benchmark of benchmarks) for (const { name } of benchmark.budgets) expect(benchmark.names).toContain(name)
  })

  it.each([
    ['ingest', 'perSecond', { atLeast: 50_000 }],
    ['ids.find', 'readsNineOfTen', { atMost: 3 }],
    ['ids.find', 'reads99Of100', { atMost: 5 }],
    ['ids.find', 'nowhere97Of100', { atMost: 3 }],
    ['gateway.peer', 'ratio', { atMost: 3 }],
    ['gateway.peer', 'perSecond', { atLeast: 20_000 }],
    ['gateway.idle', 'bytes', { atMost: 20_480 }],
    ['media.upload', 'ratio', { atMost: 1.3 }],
    ['h5.open', 'nodesMax', { atMost: 1_200 }],
    ['mp.jump', 'toLatestMs', { atMost: 300 }],
    ['mp.jump', 'backMs', { atMost: 300 }],
    ['h5.jump', 'toLatestMs', { atMost: 300 }],
    ['h5.jump', 'backMs', { atMost: 300 }],
    ['h5.scroll', 'slowPercent', { atMost: 2 }],
  ])('keep %s to its budget of %s', (name, figure, limit) => {
    expect(benchmarks.flatMap((benchmark) => benchmark.budgets)).toContainEqual({ name, figure, ...limit })
  })
})

describe('quantile', () => {
  it('is the value that a share of all values does not exceed, whatever their order', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(quantile([5, 1, 4, 2, 3], 0.99)).toBe(5)
    expect(quantile([1], 0)).toBe(1)
  })

  it('is undefined without values', () => {
    expect(() => quantile([], 0.5)).toThrow('nothing was measured')
  })
})
