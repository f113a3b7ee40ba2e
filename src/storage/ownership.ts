/**
 * Which of several programs writes a history: two tabs on H5. The one that opened it last does, and every commit of another is
 * refused, so that neither writes over what it does not know.
 */
import { parseJsonText } from './json-text'
import type { KeyValue, Owner, Write } from './key-value'
import { StorageError } from './port'

export class Ownership {
  private constructor(
    private readonly kv: KeyValue,
    /** Undefined where nobody else can write. */
    private readonly own: Owner | undefined,
    /** Who must still stand there when the device takes nothing yet; undefined once this one does. */
    private former: Owner | undefined,
  ) {}

  /** Takes the history over from whoever has it open. A device that takes nothing now is asked again with the first commit. */
  static async take(kv: KeyValue, key: string, name: string): Promise<Ownership> {
    if (kv.isAlone) return new Ownership(kv, undefined, undefined)
    const own = { key, value: name }
    try {
      await kv.commit([{ type: 'put', ...own }])
      return new Ownership(kv, own, undefined)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      const former = await kv.get(key)
      return new Ownership(kv, own, { key, value: typeof former === 'string' ? former : undefined })
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    if (!this.own || !this.former) return this.kv.commit(writes, this.own)
    // Opened while nothing could be written: whoever has opened it since goes on.
    await this.kv.commit([{ type: 'put', key: this.own.key, value: this.own.value }, ...writes], this.former)
    this.former = undefined
  }
}

/** Whether `stored`, the text that stands at the key of `owner`, lets it write. */
export function isOwner(stored: unknown, { value }: Owner): boolean {
  return stored === undefined ? value === undefined : parseJsonText(stored) === value
}
