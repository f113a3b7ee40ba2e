/** Where the menu of a message opens: at its bubble, with an arrow, never outside of its area. All in px. */
import type { Box } from '@/src/platform/measure'

/** The size of an action; icons and words have fixed places in it, so that the size of a menu is known before it is drawn. The styles have the same values. */
const ACTION = { width: 60, height: 64 } as const
const COLUMNS = 5
/** The size of a quick reaction: six, with the button for more, are as wide as five actions. */
const REACTION = { width: 50, height: 44 } as const
/** Around the actions, inside the panel; and the line between reactions and actions. */
const PADDING = 4
const LINE = 1
/** Between the panel and the edges of its area. */
const MARGIN = 6
/** The height of the arrow. Its tip touches the bubble. */
const ARROW = 8
/** From a corner of the panel to the middle of the arrow, at least. */
const CORNER = 18

export interface Size {
  readonly width: number
  readonly height: number
}

/** The size of a menu, and the width of each of its actions. */
export interface MenuSize extends Size {
  readonly action: number
}

/** What a menu has. `reactions`: how many it shows, with the button for more of them; 0 for no row of reactions. */
export interface MenuContent {
  readonly actions: number
  readonly reactions: number
}

/** The size of a menu that may be `room` wide, its margins included. */
export function menuSize({ actions, reactions }: MenuContent, room: number): MenuSize {
  const widest = Math.max(ACTION.width, room - 2 * MARGIN - 2 * PADDING)
  const columns = Math.min(COLUMNS, actions, Math.floor(widest / ACTION.width))
  const perRow = Math.min(reactions, Math.floor(widest / REACTION.width))
  const inside = Math.max(columns * ACTION.width, perRow * REACTION.width)
  // A wide row of reactions leaves room for more actions in a row.
  const rows = actions === 0 ? 0 : Math.ceil(actions / Math.floor(inside / ACTION.width))
  // As many in each row: the last one would often have a single action.
  const action = rows === 0 ? 0 : Math.floor(inside / Math.ceil(actions / rows))
  const rowsOfReactions = reactions === 0 ? 0 : Math.ceil(reactions / Math.floor(inside / REACTION.width))
  const line = rows > 0 && rowsOfReactions > 0 ? LINE : 0
  return { action, width: inside + 2 * PADDING, height: rows * ACTION.height + rowsOfReactions * REACTION.height + line + 2 * PADDING }
}

/** `inside`: over the bubble, which leaves no room above or below. The arrow then points down into it. */
export type MenuSide = 'above' | 'below' | 'inside'

/** A place in the same coordinates as the area. A lower height than that of the menu means that the menu scrolls. */
export interface MenuPlace extends Box {
  readonly side: MenuSide
  /** From the left edge of the menu to the middle of its arrow. */
  readonly arrow: number
}

/** The place of a menu of this size for `bubble`, of which a part may be outside of the area. Without a bubble it is in the middle of the area. */
export function placeMenu(size: Size, bubble: Box | undefined, area: Box): MenuPlace {
  const shown = clip(bubble ?? area, area)
  const width = Math.min(size.width, Math.max(0, area.width - 2 * MARGIN))
  const height = Math.min(size.height, Math.max(0, area.height - 2 * MARGIN))
  const middle = shown.left + shown.width / 2
  const left = within(middle - width / 2, area.left + MARGIN, area.left + area.width - MARGIN - width)
  const arrow = within(middle - left, Math.min(CORNER, width / 2), Math.max(width - CORNER, width / 2))
  const [above, below] = [shown.top - ARROW - height, shown.top + shown.height + ARROW]
  const [first, last] = [area.top + MARGIN, area.top + area.height - MARGIN - height]
  const at = { left, width, height, arrow }
  if (bubble && above >= first) return { ...at, side: 'above', top: above }
  if (bubble && below <= last) return { ...at, side: 'below', top: below }
  return { ...at, side: 'inside', top: within(shown.top + (shown.height - height) / 2, first, last) }
}

/** The part of `box` inside the area; an edge of the area if there is none. */
function clip(box: Box, area: Box): Box {
  const [left, top] = [within(box.left, area.left, area.left + area.width), within(box.top, area.top, area.top + area.height)]
  const right = within(box.left + box.width, left, area.left + area.width)
  const bottom = within(box.top + box.height, top, area.top + area.height)
  return { left, top, width: right - left, height: bottom - top }
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}
