/** The limits on what the mini program may send to the view, whatever the length of a thread. docs/PERFORMANCE.md explains each line. */
import type { Budget } from '../bench'

export interface CostBudget {
  readonly calls: number
  readonly bytes: number
}

/** The budgets of a line with both. */
export function within(name: string, { calls, bytes }: CostBudget): Budget[] {
  return [
    { name, figure: 'calls', atMost: calls },
    { name, figure: 'bytes', atMost: bytes },
  ]
}

export const BUDGETS = {
  open: { calls: 14, bytes: 14_000 },
  append: { calls: 2, bytes: 500 },
  appendScrolled: { calls: 1, bytes: 60 },
  status: { calls: 1, bytes: 64 },
  firstKey: { calls: 1, bytes: 24 },
  nextKeys: { calls: 0, bytes: 0 },
  /** The menu of a message opens. */
  menu: { calls: 1, bytes: 400 },
  /** A message is selected while others are: its row, and the number in the bar. */
  check: { calls: 2, bytes: 120 },
  /** Besides the text, which the field is given as a whole. */
  emoji: { calls: 1, bytes: 60 },
  /** A reaction is added to a message; it is taken back. */
  react: { calls: 1, bytes: 120 },
  unreact: { calls: 1, bytes: 80 },
  /** Besides the words. */
  edit: { calls: 1, bytes: 60 },
  recall: { calls: 1, bytes: 120 },
  /** The peer has read a message. */
  readMark: { calls: 1, bytes: 64 },
  /** The peer begins to type, or stops. */
  typing: { calls: 1, bytes: 40 },
  /** A change of a message that is not rendered. */
  outside: { calls: 0, bytes: 0 },
  background: { calls: 0, bytes: 0 },
  older: { calls: 3, bytes: 6_000 },
  /** To messages of which none is rendered. */
  jump: { calls: 8, bytes: 12_000, readBytes: 32_000 },
  listMove: { calls: 2, bytes: 2_000 },
  /** The twenty pictures at the end of a thread, and the address of each that was loaded. */
  imageOpen: { calls: 40, bytes: 20_000 },
  /** A picture may send 150 bytes more than a text, and then the address of its file. */
  imageAppend: { calls: 3, bytes: 750 },
  /** Two for the first message, three for each of the two times that the flood is rendered within its second. */
  burst: { calls: 8, bytes: 24_000 },
  /** A hidden page, once it is shown again: the list, and each changed row. */
  shown: { calls: 3, bytes: 1_200 },
  /** Until the conversation list is rendered. `keptBytes` is the size of the saved launch snapshot, read from storage. */
  start: { bytes: 12_000, readBytes: 200_000, keptBytes: 6_000 },
} as const

/** A jump, from the tap until the message is visible, in ms. */
export const JUMP_MS = 300
/** The last message of a burst, in ms. */
export const BURST_LAST_MS = 200
/** The time to the first paint, as a multiple of that of a program of two empty pages. */
export const START_RATIO = 1.5
