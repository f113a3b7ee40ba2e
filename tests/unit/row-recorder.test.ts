import { describe, expect, it } from 'vitest'
import { unexplained } from '../support/row-recorder'

/** Movements of a list, and the turns of the wheel before each frame. The list is at no end unless stated. */
const judged = (moved: readonly number[], turned: readonly number[], ends: readonly (-1 | 0 | 1)[] = []) => unexplained(moved, [[0, 0], ...turned.map((px, index) => [px, ends[index] ?? 0] as const)])

describe('movement that the wheel does not explain', () => {
  it('is none if the list follows it, at once or some frames later', () => {
    expect(judged([200, 0, 120, 280], [200, 200, 200, 0])).toEqual([])
    expect(judged([-200, -200], [-200, -200])).toEqual([])
  })

  it('is a movement further than the wheel turned, against it, or without it', () => {
    expect(judged([200, 250], [200, 200])).toEqual([250])
    expect(judged([-50], [200])).toEqual([-50])
    expect(judged([0, 80], [0, 0])).toEqual([80])
  })

  it('is a movement after the list had reached its end, where the rest of the turn is lost', () => {
    expect(judged([100, 0, 0, 0, 0, 0, 100], [200, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 0])).toEqual([100])
  })

  it('is a screen without any row from before', () => {
    expect(judged([NaN], [200])).toEqual([NaN])
  })
})
