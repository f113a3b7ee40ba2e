/**
 * A kind of message is a folder: `spec.ts` has its rules, `view.ts` the texts of its rows, `Bubble.vue` the markup of its bubble.
 * registry.ts names the folders; nothing else in the program names a kind.
 */
import type { t } from '@/src/locales'

/** The fields of an envelope or of a stored record, not checked yet. */
export type Fields = Readonly<Record<string, unknown>>

export interface KindBody {
  readonly kind: string
  /** The whole envelope as it came, if it holds more than this version shows: for a later version that shows it. */
  readonly raw?: string
}

/**
 * The rules of a kind. They run in the store and in the storage, so they import nothing that draws.
 *
 * @public
 * @example
 * interface DiceBody extends KindBody {
 *   readonly kind: 'dice'
 *   readonly eyes: number
 * }
 * const read = ({ eyes }: Fields): DiceBody | undefined => (typeof eyes === 'number' ? { kind: 'dice', eyes } : undefined)
 * export const dice: MessageKind<DiceBody> = {
 *   name: 'dice',
 *   fields: ['eyes'],
 *   decode: read,
 *   encode: ({ eyes }) => ({ eyes }),
 *   parse: read,
 *   weight: () => 1,
 *   excerpt: ({ eyes }) => String(eyes),
 *   line: (excerpt) => `[${excerpt}]`,
 * }
 */
export interface MessageKind<Body extends KindBody> {
  /** The `kind` on the wire and on the disk, and the name of the folder. It never changes: 1 to 64 printable ASCII characters. */
  readonly name: Body['kind']
  /** Whether it is a line between the messages, such as a join. It has no author, is not counted and does not move the conversation up. */
  readonly isSystem?: boolean

  /** The names of the envelope's fields that {@link decode} reads. An envelope with other fields is kept whole. */
  readonly fields?: readonly string[]
  /** Reads the fields of an envelope. Undefined if they are malformed: the message is then shown as one that needs a newer version. */
  decode?(fields: Fields): Body | undefined
  /** The fields of the envelope. A kind without it is never sent. */
  encode?(body: Body): Fields
  /** The text that is sent for it in plain mode. Without it the kind needs rich mode. */
  plain?(body: Body): string

  /** Reads a stored body. Undefined if it is damaged. */
  parse(record: Fields): Body | undefined
  /** The size of its text in memory, UTF-16 units. Above a limit, messages of others are refused. */
  weight(body: Body): number

  /** The list's excerpt of it, as one line of at most `maxLength` UTF-16 units. '' for none. */
  excerpt(body: Body, maxLength: number): string
  /** The line in the list, in a notification and for a screen reader, from the {@link excerpt}: `[图片]`. '' for none. */
  line(excerpt: string, translate: typeof t): string
  /** The text that a user can copy. Without it `copy` is not offered. */
  copyText?(body: Body): string
  /** The text by which a search finds it. Without it a search does not. */
  searchText?(body: Body): string
}
