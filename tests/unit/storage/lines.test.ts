import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineOf, parseLines, undoLine } from '@/src/storage/lines'

const rows = fc.array(fc.oneof(fc.jsonValue(), fc.constant(['peer:bob', 3, 0, [1, 2], ['a', 'text', 'b]', 'ok']])), { minLength: 1, maxLength: 3 })
// JSON has no -0.
const asRead = (values: unknown[]) => JSON.parse(JSON.stringify(values)) as unknown[]

describe('a text of lines', () => {
  it('cut off anywhere by a crash has all whole lines before it, and counts none as damaged', () => {
    fc.assert(
      fc.property(rows, rows, rows, fc.nat(), (first, torn, next, cut) => {
        const line = lineOf(torn)
        const text = lineOf(first) + line.slice(0, cut % line.length)
        expect(parseLines(text)).toEqual({ value: undefined, appended: asRead(first), unreadable: 0 })
        expect(parseLines(text + lineOf(next))).toEqual({ value: undefined, appended: [...asRead(first), ...asRead(next)], unreadable: 0 })
      }),
      { numRuns: 500 },
    )
  })

  it('with a changed line counts it, and keeps the others', () => {
    const garbled = lineOf([['peer:bob', 1]]).replace('bob', 'eve')
    expect(parseLines(lineOf([1]) + garbled + lineOf([2]))).toEqual({ value: undefined, appended: [1, 2], unreadable: 1 })
    expect(parseLines(lineOf([1]) + garbled + undoLine())).toEqual({ value: undefined, appended: [1], unreadable: 1 })
  })
})
