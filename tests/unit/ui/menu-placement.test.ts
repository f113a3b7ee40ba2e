import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Box } from '@/src/platform/measure'
import { menuSize, placeMenu, type MenuContent, type MenuPlace } from '@/src/more/ui/menu/placement'

/** The list of a thread on a phone, below its bar and above the composer. */
const AREA: Box = { left: 0, top: 64, width: 375, height: 547 }
const SIZE = { width: 308, height: 181 }
const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height })
const right = ({ left, width }: Box) => left + width
const bottom = ({ top, height }: Box) => top + height
const tip = ({ left, arrow }: MenuPlace) => left + arrow

describe('the size of a menu', () => {
  it.each<[string, [MenuContent, number], [number, number]]>([
    ['one action', [{ actions: 1, reactions: 0 }, 375], [68, 72]],
    ['five actions are a row', [{ actions: 5, reactions: 0 }, 375], [308, 72]],
    ['a sixth begins another', [{ actions: 6, reactions: 0 }, 375], [308, 136]],
    ['ten, on the narrowest phone', [{ actions: 10, reactions: 0 }, 320], [308, 136]],
    ['reactions are a row above', [{ actions: 5, reactions: 6 }, 375], [308, 117]],
    ['two actions under reactions', [{ actions: 2, reactions: 6 }, 375], [308, 117]],
    ['reactions alone', [{ actions: 0, reactions: 6 }, 375], [308, 52]],
    ['an enlarged page: two columns, and reactions in two rows', [{ actions: 9, reactions: 6 }, 188], [158, 417]],
  ])('%s', (_, [content, room], [width, height]) => {
    expect(menuSize(content, room)).toMatchObject({ width, height })
  })

  it.each([
    [6, 3],
    [7, 4],
    [8, 4],
    [9, 5],
    [11, 4],
  ])('%i actions have %i in each row but the last', (actions, inRow) => {
    const { action } = menuSize({ actions, reactions: 6 }, 375)
    expect(Math.floor(300 / action)).toBe(inRow)
  })
})

describe('a menu opens', () => {
  it('above its bubble where there is room', () => {
    expect(placeMenu(SIZE, box(62, 400, 200, 40), AREA)).toEqual({ side: 'above', left: 8, top: 211, width: 308, height: 181, arrow: 154 })
  })

  it('below a bubble at the upper edge', () => {
    expect(placeMenu(SIZE, box(62, 80, 200, 40), AREA)).toMatchObject({ side: 'below', top: 128 })
  })

  it('below a bubble of which only the end is visible', () => {
    expect(placeMenu(SIZE, box(62, -100, 200, 220), AREA)).toMatchObject({ side: 'below', top: 128 })
  })

  it('above a bubble of which only the beginning is visible', () => {
    expect(placeMenu(SIZE, box(62, 590, 200, 220), AREA)).toMatchObject({ side: 'above', top: 401 })
  })

  it('over a bubble that is higher than the screen, in the middle of its visible part', () => {
    expect(placeMenu(SIZE, box(62, -500, 200, 2_000), AREA)).toMatchObject({ side: 'inside', top: 64 + (547 - 181) / 2 })
  })

  it('at the edge of the area, its arrow at a narrow bubble of either side', () => {
    const [other, own] = [placeMenu(SIZE, box(62, 400, 40, 40), AREA), placeMenu(SIZE, box(273, 400, 40, 40), AREA)]
    expect([other.left, tip(other)]).toEqual([6, 82])
    expect([right(own), tip(own)]).toEqual([369, 293])
  })

  it('with its arrow on the panel, where a bubble is narrower than a corner', () => {
    expect(placeMenu(SIZE, box(0, 400, 10, 40), AREA)).toMatchObject({ left: 6, arrow: 18 })
    expect(placeMenu({ width: 20, height: 20 }, box(0, 400, 10, 40), AREA)).toMatchObject({ left: 6, arrow: 10 })
  })

  it('in the middle of the area where no bubble was measured', () => {
    expect(placeMenu(SIZE, undefined, AREA)).toMatchObject({ side: 'inside', left: 33.5, top: 247 })
    expect(placeMenu(SIZE, undefined, box(0, 0, 0, 0))).toMatchObject({ side: 'inside', width: 0, height: 0 })
  })
})

describe('any menu, at any bubble', () => {
  const px = (max: number, min = 0) => fc.integer({ min, max })
  const anyArea = fc.record({ left: px(400), top: px(200), width: px(2_000, 40), height: px(1_500, 30) })
  const anySize = fc.record({ width: px(320, 20), height: px(500, 20) })
  /** Also partly or wholly outside of the area, and higher than it. */
  const anyBubble = fc.record({ left: px(2_000, -500), top: px(2_000, -3_000), width: px(1_500, 1), height: px(5_000, 1) })

  it('is inside its area, whole where it fits, and its arrow is on it', () => {
    fc.assert(
      fc.property(anySize, anyBubble, anyArea, (size, bubble, area) => {
        const place = placeMenu(size, bubble, area)
        expect(place.left).toBeGreaterThanOrEqual(area.left)
        expect(place.top).toBeGreaterThanOrEqual(area.top)
        expect(right(place)).toBeLessThanOrEqual(right(area))
        expect(bottom(place)).toBeLessThanOrEqual(bottom(area))
        if (size.width <= area.width - 12) expect(place.width).toBe(size.width)
        if (size.height <= area.height - 12) expect(place.height).toBe(size.height)
        expect(place.arrow).toBeGreaterThanOrEqual(0)
        expect(place.arrow).toBeLessThanOrEqual(place.width)
      }),
    )
  })

  it('covers its bubble only where there is no room beside it', () => {
    fc.assert(
      fc.property(anySize, anyBubble, anyArea, (size, bubble, area) => {
        const place = placeMenu(size, bubble, area)
        const [above, below] = [Math.min(bubble.top, bottom(area)) - area.top, bottom(area) - Math.max(bottom(bubble), area.top)]
        if (place.side === 'above') expect(bottom(place)).toBeLessThanOrEqual(Math.max(bubble.top, area.top))
        else if (place.side === 'below') expect(place.top).toBeGreaterThanOrEqual(Math.min(bottom(bubble), bottom(area)))
        else expect(Math.max(above, below)).toBeLessThan(size.height + 14)
      }),
    )
  })

  it('has its arrow over the visible part of its bubble, unless that is at the very edge', () => {
    const phone = box(0, 64, 375, 547)
    const inList = fc.record({ left: px(200, 26), top: px(1_000, -500), width: px(130, 36), height: px(2_000, 40) })
    fc.assert(
      fc.property(anySize.filter(({ width }) => width >= 60), inList, (size, bubble) => {
        const place = placeMenu(size, bubble, phone)
        expect(tip(place)).toBeGreaterThanOrEqual(bubble.left)
        expect(tip(place)).toBeLessThanOrEqual(right(bubble))
      }),
    )
  })
})
