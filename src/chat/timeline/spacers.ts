/**
 * Spacers replace chunks that were rendered and have left the window. They are as tall as these were, so that nothing moves when a chunk leaves or comes
 * back. All heights in px.
 */
import type { ChunkRange } from './chunk'

/** The consecutive chunks that were rendered, and their heights. The screen shows all of them: those in the window as rows, the rest as spacers. */
export interface MeasuredRange extends ChunkRange {
  readonly heights: ReadonlyMap<number, number>
}

export const NOTHING_MEASURED: MeasuredRange = { from: 0, to: 0, heights: new Map() }

/** The range with new heights, of chunks that are in it or will be. */
export function measured(measuredRange: MeasuredRange, heights: Iterable<readonly [index: number, height: number]>): MeasuredRange {
  return { ...measuredRange, heights: new Map([...measuredRange.heights, ...heights]) }
}

/**
 * The range once `window` is on the screen. It extends as far as the chunks beside the window have a known height. A window elsewhere, or an empty one,
 * starts a new range. `first`: the chunks before this one are deleted from the log.
 */
export function extendOver(measuredRange: MeasuredRange, window: ChunkRange, first = 0): MeasuredRange {
  const touches = window.from < window.to && window.from <= measuredRange.to && measuredRange.from <= window.to
  const knows = (index: number) => touches && index >= measuredRange.from && index < measuredRange.to && measuredRange.heights.has(index)
  let { from, to } = window
  while (from > first && knows(from - 1)) from--
  while (knows(to)) to++
  return { from, to, heights: new Map([...measuredRange.heights].filter(([index]) => index >= from && index < to)) }
}

/** The heights of the spacers above and below the window. */
export function spacersOf(measuredRange: MeasuredRange, window: ChunkRange): { above: number; below: number } {
  return { above: sum(measuredRange, measuredRange.from, window.from), below: sum(measuredRange, window.to, measuredRange.to) }
}

/** The distance of a chunk, rendered or replaced by a spacer, from the top of the range. */
export function topOf(measuredRange: MeasuredRange, index: number): number {
  return sum(measuredRange, measuredRange.from, index)
}

/** The chunk `px` below the top of the range. Beyond its ends, the first or the last one. */
export function chunkAt(measuredRange: MeasuredRange, px: number): number {
  let rest = px
  for (let index = measuredRange.from; index < measuredRange.to; index++) {
    rest -= measuredRange.heights.get(index) ?? 0
    if (rest < 0) return index
  }
  return Math.max(measuredRange.from, measuredRange.to - 1)
}

function sum({ heights }: MeasuredRange, from: number, to: number): number {
  let total = 0
  for (let index = from; index < to; index++) total += heights.get(index) ?? 0
  return Math.round(total * 100) / 100
}

/** A message on the screen. `top` is in the px of the frame that it is compared with. */
export interface DrawnRow {
  readonly seq: number
  readonly top: number
  readonly height: number
}

/** The last message that was seen in a frame: all of it was visible, or it filled the frame. Undefined if there is none. Rows in order. */
export function lastSeen(rows: readonly DrawnRow[], frame: { readonly top: number; readonly height: number }): number | undefined {
  const bottom = frame.top + frame.height
  const seen = rows.filter((row) => row.top + row.height > frame.top && (row.top + row.height <= bottom + 1 || row.top <= frame.top))
  return seen[seen.length - 1]?.seq
}
