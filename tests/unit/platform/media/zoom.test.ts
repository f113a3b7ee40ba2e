import { describe, expect, it } from 'vitest'
import { moveBy, SCALE_MAX, WHOLE, zoomBy } from '../../../../src/platform/media/zoom'

const PLACE = { width: 400, height: 200 }

describe('the zoom of a picture', () => {
  it('keeps the point under the fingers where it is', () => {
    expect(zoomBy(WHOLE, 2, 100, 50, PLACE)).toEqual({ scale: 2, x: -100, y: -50 })
    expect(zoomBy(zoomBy(WHOLE, 2, 100, 50, PLACE), 2, 100, 50, PLACE)).toEqual({ scale: 4, x: -300, y: -150 })
  })

  it('is never smaller than its place or larger than the limit', () => {
    expect(zoomBy({ scale: 2, x: 100, y: 0 }, 0, 30, 30, PLACE)).toEqual(WHOLE)
    expect(zoomBy(WHOLE, 1_000, 0, 0, PLACE)).toEqual({ scale: SCALE_MAX, x: 0, y: 0 })
  })

  it('moves a zoomed picture as far as its edges, and a whole one not at all', () => {
    expect(moveBy({ scale: 2, x: 0, y: 0 }, 1_000, -1_000, PLACE)).toEqual({ scale: 2, x: 200, y: -100 })
    expect(moveBy(WHOLE, 50, 50, PLACE)).toEqual(WHOLE)
  })
})
