import { parseJsonText } from '@/src/chat/util/json-text'

/**
 * What a history needs of a device: values under string keys, written in groups. One adapter per platform.
 * A key is made of segments of `[0-9a-z.-]` with `/` between them, see keys.ts. A value is anything that JSON can hold.
 *
 * At a key stands a value that was put, and after it those that were appended since: appending costs what is appended,
 * whatever stands there already.
 *
 * Values are kept as JSON text on every platform: an adapter can tell a torn value from a whole one, nothing that is stored
 * is shared with its writer, and a reactive proxy, which a structured clone refuses, is written as what it stands for.
 */

export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'append'; readonly key: string; readonly values: readonly unknown[] }
  | { readonly type: 'delete'; readonly key: string }
  /** Deletes all keys that begin with `folder`, which ends in `/`. */
  | { readonly type: 'clear'; readonly folder: string }

/** All that stands at a key. */
export interface Listed {
  /** What was put; undefined when nothing was, or nothing that is whole. */
  readonly value: unknown
  readonly appended: readonly unknown[]
  /** How many values are there that are not whole. They stay where they are until the key is put or deleted. */
  readonly unreadable: number
}

/** Who may write: a commit is refused with StorageError `taken-over` once another value stands at `key`, or, for undefined, any. */
export interface Owner {
  readonly key: string
  readonly value: string | undefined
}

export interface KeyValue {
  /** No other program on the device can have the same history open: nobody has to be kept from writing. */
  readonly isAlone?: boolean
  /** What was put at `key`; undefined when nothing was, or nothing that is whole. Rejects when the device does not answer. */
  get(key: string): Promise<unknown>
  /** What was put at `key` and what was appended to it. `at-once`: the first screen waits for it, so no task is waited for where the device can do without. */
  list(key: string, when?: 'at-once'): Promise<Listed>
  /** Every key directly in `folder`, which ends in `/`, with what was put there; undefined when it is not whole. */
  entries(folder: string): Promise<Array<readonly [key: string, value: unknown]>>
  /** The names directly in `folder`, of keys and of folders alike, in no order. */
  names(folder: string): Promise<string[]>
  /**
   * Does all writes, in order; they are durable when the promise resolves. When it rejects, with a StorageError, what the
   * puts and appends changed is as it was, while a deletion may have been done. A crash in between leaves the first few writes
   * done. `owner` is looked at where several programs share the device: on H5.
   */
  commit(writes: readonly Write[], owner?: Owner): Promise<void>
}

/** Whether the text that is stored at the key of `owner` is its own, so that it may write. */
export function isOwner(stored: unknown, { value }: Owner): boolean {
  return stored === undefined ? value === undefined : parseJsonText(stored) === value
}
