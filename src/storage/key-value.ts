/**
 * What a history needs of a device: values under string keys, written in groups. One adapter per platform.
 * A key is made of segments of `[0-9a-z.-]` with `/` between them, see keys.ts. A value is anything that JSON can hold.
 */

export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'delete'; readonly key: string }
  /** Deletes all keys that begin with `folder`, which ends in `/`. */
  | { readonly type: 'clear'; readonly folder: string }

export interface KeyValue {
  /** What stands at `key`; undefined when nothing does, or nothing that is whole. Rejects when the device does not answer. */
  get(key: string): Promise<unknown>
  /** Every key directly in `folder`, which ends in `/`, with its value; the value is undefined when it is not whole. */
  entries(folder: string): Promise<Array<readonly [key: string, value: unknown]>>
  /**
   * Does all writes, in order; they are durable when the promise resolves. When it rejects, with a StorageError, what the
   * puts replaced stands there again, while a deletion may have been done. A crash in between leaves the first few writes done.
   */
  commit(writes: readonly Write[]): Promise<void>
}
