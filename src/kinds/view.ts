import type { TapEvent } from '@/src/ui/shared/events'
import type { KindBody } from './kind'

/** The state of a row besides the message. */
export interface RowState {
  /** Whether the user has unfolded a long text. */
  readonly isOpened: boolean
}

/**
 * The handler of taps in a bubble. A tapped element has `data-does`: `open` to unfold the message, or a name in {@link KindView.taps}; and
 * `data-seq`, the `key` of the row.
 */
export type BubbleTap = (event: TapEvent) => void

/** The values that a bubble shows. Each is sent to the view, so they must be short and flat. */
export type RowValues = Readonly<Record<string, string | number>>

/**
 * How a kind is shown: the values for its `Bubble.vue`, or its line.
 *
 * @public
 * @example
 * export const view: KindView<DiceBody> = { row: ({ eyes }) => ({ eyes }) }
 */
export interface KindView<Body extends KindBody> {
  /** For a kind with a bubble: the values that it shows. Their names must differ from those of all other values of a row. */
  row?(body: Body, state: RowState): RowValues
  /** The actions of taps in its bubble, by `data-does`. */
  readonly taps?: Readonly<Record<string, (body: Body) => void>>
  /** For a system kind: the text of its line. */
  note?(body: Body): string
}
