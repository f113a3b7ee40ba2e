import { parseJsonText } from '@/src/chat/util/json-text'

/**
 * The storage port of a history: values under string keys, written in groups. One adapter per platform. A key is made of segments of `[0-9a-z.-]` with `/`
 * between them, see keys.ts. A value is anything that JSON can hold.
 * A key has a value that was put, and the records appended since. An append costs only what it appends, whatever the key already has.
 * Values are stored as JSON text on every platform: an adapter can tell a torn value from a whole one, stored values share nothing with the writer, and
 * reactive proxies, which a structured clone rejects, are written as plain values.
 */

export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'append'; readonly key: string; readonly values: readonly unknown[] }
  | { readonly type: 'delete'; readonly key: string }
  /** Deletes all keys that begin with `folder`, which ends in `/`. */
  | { readonly type: 'clear'; readonly folder: string }

/** The content of a key. */
export interface Listed {
  /** The value that was put. Undefined if there is none, or it is damaged. */
  readonly value: unknown
  readonly appended: readonly unknown[]
  /** The number of damaged records. They stay until the key is put or deleted. */
  readonly unreadable: number
}

/** The owner check: a commit is rejected with StorageError `taken-over` if `key` has another value; for undefined, any value. */
export interface Owner {
  readonly key: string
  readonly value: string | undefined
}

export interface KeyValue {
  /** Whether other programs on the device could have the same history open. `true`: none can, so ownership need not be checked. */
  readonly isAlone?: boolean
  /** The value put at `key`. Undefined if there is none, or it is damaged. Rejects if the device does not answer. */
  get(key: string): Promise<unknown>
  /** Values put and appended at `key`. `at-once`: the first render waits for it, so the adapter reads synchronously if the platform can. */
  list(key: string, when?: 'at-once'): Promise<Listed>
  /** Every key directly in `folder`, which ends in `/`, with its value; undefined if it is damaged. */
  entries(folder: string): Promise<Array<readonly [key: string, value: unknown]>>
  /** The names directly in `folder`, of keys and of folders, in no order. */
  names(folder: string): Promise<string[]>
  /**
   * Performs all writes, in order. They are durable when the promise resolves. When it rejects, with a StorageError, puts and appends have been undone, but
   * deletions may have happened. After a crash the first few writes are done. `owner` is checked where several programs share the device: on H5.
   */
  commit(writes: readonly Write[], owner?: Owner): Promise<void>
}

/** Whether the text stored at the key of `owner` is its own, so that it may write. */
export function isOwner(stored: unknown, { value }: Owner): boolean {
  return stored === undefined ? value === undefined : parseJsonText(stored) === value
}
