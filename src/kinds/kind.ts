/**
 * A kind of message is a folder: `spec.ts` has its rules, `view.ts` the texts of its rows, `Bubble.vue` the markup of its bubble.
 * registry.ts lists the folders. Adding a kind changes no other file.
 */
import type { StoredFile, Upload } from '@/src/chat/media/stored-file'
import type { t } from '@/src/locales'

/** The fields of an envelope or of a stored record, not checked yet. */
export type Fields = Readonly<Record<string, unknown>>

export interface KindBody {
  readonly kind: string
  /** The whole envelope as received, if it has more than this version shows. A later version can read the rest from it. */
  readonly raw?: string
}

/**
 * The rules of a kind. Stores and storage use them, so they must not import the UI.
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
  /** Whether it is a line between the messages, such as a join. It has no author, is not unread and does not move the conversation up in the list. */
  readonly isSystem?: boolean

  /** The names of the envelope's fields that {@link decode} reads. An envelope with other fields is saved whole, in `raw`. */
  readonly fields?: readonly string[]
  /** Reads the fields of an envelope. Undefined if they are malformed: the message is then shown as one that needs a newer version. */
  decode?(fields: Fields): Body | undefined
  /** The fields of the envelope. A kind without it is never sent. */
  encode?(body: Body): Fields
  /** The text to send in plain mode. A kind without it needs rich mode. */
  plain?(body: Body): string
  /** The words for clients that do not know the kind, of a kind that has no {@link plain}. */
  alt?(body: Body): string

  /** The file that must be uploaded before the message can be sent. Undefined if there is none, or if it has been uploaded. */
  upload?(body: Body): Upload | undefined
  /** The body once its file has been uploaded. */
  uploaded?(body: Body, stored: StoredFile): Body

  /** Reads a stored body. Undefined if it is damaged. */
  parse(record: Fields): Body | undefined
  /** The size of its text in memory, UTF-16 units. Above a limit for all unsaved messages, incoming ones are refused. */
  weight(body: Body): number

  /** The excerpt for the list: one line of at most `maxLength` UTF-16 units. '' for none. */
  excerpt(body: Body, maxLength: number): string
  /** The line for the list, a notification and a screen reader, such as `[图片]`, from the {@link excerpt}. '' for none. */
  line(excerpt: string, translate: typeof t): string
  /** The text that a user can copy. Without it, or if it is '', there is no `copy` in the menu. */
  copyText?(body: Body): string
  /** The text that a search looks in. A kind without it is not found. */
  searchText?(body: Body): string
}
