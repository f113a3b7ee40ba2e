import type { TapEvent } from '@/src/ui/shared/events'
import type { KindBody } from './kind'

/** The state of a row besides the message. */
export interface RowState {
  /** Whether the user has opened a folded text. */
  readonly isOpened: boolean
}

/**
 * What a bubble calls on a tap. `data-does` of the tapped element says what the tap does: `open` shows all of a folded message; another
 * word is a name in {@link KindView.taps}. `data-seq` is the `key` of the row.
 */
export type BubbleTap = (event: TapEvent) => void

/** The values of a kind's row, for its bubble. Each is copied to the view, so they are short and flat. */
export type RowValues = Readonly<Record<string, string | number>>

/**
 * How a kind is drawn: the values that its `Bubble.vue` shows.
 *
 * @public
 * @example
 * export const view: KindView<DiceBody> = { row: ({ eyes }) => ({ eyes }) }
 */
export interface KindView<Body extends KindBody> {
  /** For a kind with a bubble. The names of the values are the kind's own: no other part of a row has them. */
  row?(body: Body, state: RowState): RowValues
  /** The actions of taps on parts of its bubble, by `data-does`. */
  readonly taps?: Readonly<Record<string, (body: Body) => void>>
  /** For a system kind: its line. */
  note?(body: Body): string
}
