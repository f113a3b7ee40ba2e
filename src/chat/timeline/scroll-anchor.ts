/** Decides the scroll position after the window has changed, so that the view contains no scroll logic. */

/** The window of a thread, as far as scrolling is concerned. */
export interface ThreadView {
  /** The first seq shown, and one past the last. */
  readonly from: number
  readonly to: number
  /** The length of the log. Equal to `to` if the window ends at the newest message. */
  readonly length: number
  /** The target of a jump: a seq (search, quote), or the newest message. Only in the view that the jump creates. */
  readonly target?: number | 'latest'
}

export interface ScrollSituation {
  /** The view before. Undefined, or an empty window, when the thread is opened. */
  readonly previous: ThreadView | undefined
  readonly next: ThreadView
  /** Whether the reader was at the end of the window before the change. */
  readonly atBottom: boolean
  /** When the thread is opened: the first unread seq, or `length`. */
  readonly readTo?: number
  /** Whether the list's own height changed: the keyboard came or went, the text area grew. */
  readonly resized?: boolean
}

/**
 * `stay`: the visible text does not move. If the content above it changed, the list scrolls by its growth, which is zero if a spacer had its height.
 * `to-message`: to `next.target`.
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
