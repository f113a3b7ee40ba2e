/** Where the thread stands after its window changed. The view asks; it never reckons by itself. */

/** The window of a thread, as far as scrolling is concerned. */
export interface ThreadView {
  /** The first seq shown, and one past the last. */
  readonly from: number
  readonly to: number
  /** How many messages the log holds; `to` when the window ends at the newest. */
  readonly length: number
  /** Where a jump leads: a seq (search, quote), or the newest message. Only in the view that the jump makes. */
  readonly target?: number | 'latest'
}

export interface ScrollSituation {
  /** What was shown; undefined, or an empty window, when the thread is opened. */
  readonly previous: ThreadView | undefined
  readonly next: ThreadView
  /** Before the change the reader was at the end of the window. */
  readonly atBottom: boolean
  /** When the thread is opened: the first seq not read, or `length`. */
  readonly readTo?: number
  /** The list itself got another height: the keyboard came or went, the text area grew. */
  readonly resized?: boolean
}

/**
 * `stay`: what the reader sees keeps its place. If what is above them changed, the list moves by as much as that grew, which is
 * nothing where a spacer had its height. `to-message`: to `next.target`.
 */
export type ScrollAnchor = 'stay' | 'to-bottom' | 'to-message' | 'to-unread-divider'

export function scrollAnchor({ previous, next, atBottom, readTo, resized = false }: ScrollSituation): ScrollAnchor {
  if (next.target === 'latest') return 'to-bottom'
  if (next.target !== undefined) return 'to-message'
  if (previous === undefined || previous.from === previous.to) return opensAtUnread(next, readTo) ? 'to-unread-divider' : 'to-bottom'
  if (resized && atBottom && next.to === next.length) return 'to-bottom'
  return 'stay'
}

function opensAtUnread({ from, to }: ThreadView, readTo: number | undefined): boolean {
  return readTo !== undefined && readTo >= from && readTo < to
}
