import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { TapEvent } from '@/src/ui/shared/events'
import type { KindBody } from './kind'

/** The message that a bubble shows. */
export interface ShownMessage {
  readonly id: string
  /** Its number in the conversation, on this device. */
  readonly seq: number
  /** The user id of its author. */
  readonly from: string
  /** ms since 1970, as the thread shows it. */
  readonly at: number
  readonly conversation: ConversationId
  /** Whether the user of this client wrote it. */
  readonly isOwn: boolean
}

/** The state of a row besides the body of its message. */
export interface RowState {
  /** Whether the user has unfolded the message. */
  readonly isOpened: boolean
  readonly message: ShownMessage
}

/** A tap on a part of a bubble. */
export interface BubbleTapped {
  /** The `data-value` of the tapped element. '' if it has none. */
  readonly value: string
  readonly message: ShownMessage
}

/**
 * The handler of taps in a bubble. A tapped element has `data-does`: `open` to unfold the message, or a name in {@link KindView.taps}; `data-seq`, the `key`
 * of the row; and, if the action needs one, a `data-value`.
 */
export type BubbleTap = (event: TapEvent) => void

/** A value that is sent to the view as it is. */
export type RowValue = string | number

/**
 * The values that a bubble shows, and lists of such values for a `v-for`. Each is sent to the view, so they must be short. An undefined one is not sent: it
 * costs nothing in the rows that do not have it.
 */
export type RowValues = Readonly<Record<string, RowValue | readonly Readonly<Record<string, RowValue | undefined>>[] | undefined>>

/**
 * How a kind is shown: the values for its `Bubble.vue`, or its line.
 *
 * @public
 * @example
 * // Bubble.vue: <div role="button" data-does="roll" :data-seq="row.key" :data-value="row.eyes" @tap="tap">{{ row.eyes }}</div>
 * export const view: KindView<DiceBody> = {
 *   row: ({ eyes }, { message }) => ({ eyes, mine: message.isOwn ? 'is-mine' : '' }),
 *   taps: { roll: (_body, { value, message }) => toast(`${message.from}: ${value}`) },
 * }
 */
export interface KindView<Body extends KindBody> {
  /** For a kind with a bubble: the values that it shows. Their names must differ from those of all other values of a row. */
  row?(body: Body, state: RowState): RowValues
  /** The actions of taps in its bubble, by `data-does`. A promise must not reject. */
  readonly taps?: Readonly<Record<string, (body: Body, tapped: BubbleTapped) => void | Promise<void>>>
  /** For a system kind: the text of its line. */
  note?(body: Body): string
}
