/** What the kinds of messages with a file have in common. */
import type { Fields, KindBody, MessageKind } from '@/src/kinds/kind'
import { readFields, type MediaFields, type StoredFile, type UploadKind } from './stored-file'

/** Before the path of a file of the mini program that could not be copied, in place of a key: it is gone when the program ends. */
export const TEMPORARY = 'temp:'

/** The body of a message with a file. */
export interface MediaBody extends KindBody, Pick<StoredFile, 'mime' | 'bytes'> {
  readonly kind: UploadKind
  /** As in {@link StoredFile}. '' while the file is only on this device. */
  readonly url: string
  /** '' while `url` is. */
  readonly sha256: string
  /** Of an own message, the key of its file on this device. It is on the disk and never on the wire. */
  readonly local?: string
}

type Shared = 'fields' | 'decode' | 'encode' | 'parse' | 'weight' | 'line' | 'upload' | 'uploaded'

/** The fields of each file. */
const FILE = ['url', 'bytes', 'mime', 'sha256'] as const

/**
 * The rules of a kind with a file.
 * @param needed the fields of its body besides those of each file
 * @param optional those that a body need not have
 */
export function mediaKind<Body extends MediaBody>(
  name: Body['kind'],
  needed: readonly (keyof MediaFields & keyof Body)[],
  optional: readonly (keyof MediaFields & keyof Body)[] = [],
): { readonly name: Body['kind'] } & Required<Pick<MessageKind<Body>, Shared>> {
  const fields = [...FILE, ...needed, ...optional]
  const only = (of: Partial<MediaFields>) => Object.fromEntries(fields.filter((field) => of[field] !== undefined).map((field) => [field, of[field]]))
  // The checked fields of this kind are its body.
  const bodyOf = (read: object | undefined, more?: object) => read && ({ kind: name, ...read, ...more } as unknown as Body)
  const decode = (from: Fields) => bodyOf(readFields(from, [...FILE, ...needed], optional))
  return {
    name,
    fields,
    decode,
    encode: (body) => only(body),
    parse(record) {
      const { local, url, sha256 } = record
      if (typeof local !== 'string' || local === '') return decode(record)
      if (url !== '' || sha256 !== '') return bodyOf(decode(record), { local })
      return bodyOf(readFields(record, ['bytes', 'mime', ...needed], optional), { url, sha256, local })
    },
    weight: (body) => JSON.stringify(only(body)).length,
    line: (excerpt, t) => `${t(`${name}.line`)} ${excerpt}`.trimEnd(),
    upload: ({ url, local = '', mime, ...more }) => (url === '' ? { local, kind: name, mime, name: (more as Partial<MediaFields>).name ?? name } : undefined),
    uploaded: (body, stored) => ({ ...body, ...only(stored) }),
  }
}
