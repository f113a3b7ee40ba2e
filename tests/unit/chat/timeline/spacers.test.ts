import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkAt, extendOver, lastSeen, measured, NOTHING_MEASURED, spacersOf, topOf, type MeasuredRange } from '@/src/chat/timeline/spacers'

/** Chunk `from` and those after it, with these heights. */
const measuredRange = (from: number, ...heights: number[]): MeasuredRange => ({
  from,
  to: from + heights.length,
  heights: new Map(heights.map((height, index) => [from + index, height])),
})
const view = (from: number, to: number) => ({ from, to })

describe('the measured range', () => {
  it.each<[string, MeasuredRange, { from: number; to: number }, [number, number]]>([
    ['begins with the first window', NOTHING_MEASURED, view(5, 7), [5, 7]],
    ['grows with the window, upwards', measuredRange(5, 10, 20), view(4, 7), [4, 7]],
    ['grows with the window, downwards', measuredRange(5, 10, 20), view(5, 8), [5, 8]],
    ['keeps what left the window below', measuredRange(4, 5, 10, 20), view(4, 6), [4, 7]],
    ['keeps what left the window above', measuredRange(4, 5, 10, 20), view(6, 8), [4, 8]],
    ['keeps both sides of a window inside it', measuredRange(0, 1, 2, 3, 4, 5), view(2, 3), [0, 5]],
    ['goes on from a window that only touches it', measuredRange(4, 5, 10), view(6, 8), [4, 8]],
    ['begins anew with a window elsewhere', measuredRange(4, 5, 10), view(40, 42), [40, 42]],
    ['begins anew with a window that holds nothing', measuredRange(0, 5, 10), view(0, 0), [0, 0]],
  ])('%s', (_name, before, window, [from, to]) => {
    expect(extendOver(before, window)).toMatchObject({ from, to })
  })

  it('ends at an unknown height, since no spacer could replace that chunk', () => {
    const gap: MeasuredRange = { from: 0, to: 4, heights: new Map([[0, 10], [2, 30]]) }
    expect(extendOver(gap, view(3, 5))).toEqual({ from: 2, to: 5, heights: new Map([[2, 30]]) })
  })

  it('has no chunk that was deleted from the log', () => {
    expect(extendOver(measuredRange(0, 10, 20, 30, 40), view(2, 3), 2)).toEqual({ from: 2, to: 4, heights: new Map([[2, 30], [3, 40]]) })
    expect(extendOver(measuredRange(0, 10, 20, 30), view(2, 3), 1)).toMatchObject({ from: 1, to: 3 })
  })

  it('has spacers as tall as the chunks they replace', () => {
    expect(spacersOf(measuredRange(0, 10, 20.5, 30, 40.25), view(2, 3))).toEqual({ above: 30.5, below: 40.25 })
    expect(spacersOf(measuredRange(3, 10), view(3, 4))).toEqual({ above: 0, below: 0 })
  })

  it('finds the chunk at a position, beyond its ends the nearest', () => {
    const three = measuredRange(7, 10, 20, 30)
    expect([-5, 0, 9, 10, 29, 30, 59, 60, 1_000].map((px) => chunkAt(three, px))).toEqual([7, 7, 7, 8, 8, 9, 9, 9, 9])
  })

  it('moves nothing when chunks leave the window and come back, in any order', () => {
    const step = fc.record({ from: fc.integer({ min: 0, max: 12 }), size: fc.integer({ min: 1, max: 4 }) })
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 16, maxLength: 16 }), fc.array(step, { minLength: 1, maxLength: 30 }), (heights, steps) => {
        let current = NOTHING_MEASURED
        for (const { from, size } of steps) {
          const window = view(from, from + size)
          const before = current
          const drawn = Array.from({ length: size }, (_, index) => [from + index, heights[from + index]!] as const)
          current = extendOver(measured(before, drawn), window)
          const { above, below } = spacersOf(current, window)
          const all = heights.slice(current.from, current.to).reduce((total, height) => total + height, 0)
          expect(above + heights.slice(from, from + size).reduce((total, height) => total + height, 0) + below).toBeCloseTo(all)
          // The chunks in both ranges are moved by exactly the height added above.
          if (before.from >= current.from && before.to <= current.to && before.to > before.from) {
            const added = heights.slice(current.from, before.from).reduce((total, height) => total + height, 0)
            expect(topOf(current, before.from) - topOf(before, before.from)).toBeCloseTo(added)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('the last seen message', () => {
  const frame = { top: 100, height: 500 }
  const row = (seq: number, top: number, height = 50) => ({ seq, top, height })

  it.each<[string, ReturnType<typeof row>[], number | undefined]>([
    ['the last one that is all in view', [row(1, 80), row(2, 130), row(3, 550), row(4, 600)], 3],
    ['not one that is cut off below', [row(1, 300), row(2, 570)], 1],
    ['one that ends a hair below', [row(1, 300), row(2, 550.6)], 2],
    ['one that fills the frame', [row(1, 60, 40), row(2, 100, 900)], 2],
    ['not one that begins in view and goes on for a screen', [row(1, 100, 20), row(2, 120, 900)], 1],
    ['nothing of what is above or below', [row(1, 0), row(2, 700)], undefined],
    ['nothing of nothing', [], undefined],
  ])('is %s', (_name, rows, seq) => {
    expect(lastSeen(rows, frame)).toBe(seq)
  })
})
