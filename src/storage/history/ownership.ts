/**
 * Which of several programs writes a history: two tabs on H5. The one that opened it last does, and every commit of another is
 * refused, so that neither writes over what it does not know.
 */
import { once } from '@/src/chat/util/once'
import { ConversationIndex } from '../index/conversation-index'
import type { KeyValue, Owner, Write } from '../kv/key-value'
import type { PersonKeys } from '../keys'
import { StorageError } from '../port'

export class Ownership {
  private constructor(
    private readonly kv: KeyValue,
    /** Undefined where nobody else can write. */
    private readonly own: Owner | undefined,
    /** Resolves once this one may write. */
    private readonly taken: () => Promise<void>,
  ) {}

  /** Takes the history over from whoever has it open. A device that takes nothing now is asked again with the first commit. */
  static async take(kv: KeyValue, keys: PersonKeys, newName: () => string): Promise<Ownership> {
    if (kv.isAlone) return new Ownership(kv, undefined, async () => undefined)
    const own = { key: keys.owner, value: newName() }
    try {
      await kv.commit([standing(own)])
      return new Ownership(kv, own, async () => undefined)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      const value = await kv.get(keys.owner)
      const former = { key: keys.owner, value: typeof value === 'string' ? value : undefined }
      const stamp = await ConversationIndex.stamp(kv, keys)
      return new Ownership(kv, own, once(() => takeLate(kv, keys, own, former, stamp)))
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.taken()
    return this.kv.commit(writes, this.own)
  }
}

/**
 * Takes over a history that was opened while nothing could be written. Whoever has opened it since goes on, and so does whoever
 * had it open before and has changed it meanwhile: what was read of it then, its index with `stamp`, is out of date.
 */
async function takeLate(kv: KeyValue, keys: PersonKeys, own: Owner, former: Owner, stamp: string): Promise<void> {
  const requireUnchanged = async () => {
    if ((await ConversationIndex.stamp(kv, keys)) !== stamp) throw new StorageError('taken-over', 'another program has gone on writing this')
  }
  await requireUnchanged()
  await kv.commit([standing(own)], former)
  try {
    // Once more, now that nobody else can write.
    await requireUnchanged()
  } catch (error) {
    await kv.commit([standing(former)], own)
    throw error
  }
}

function standing({ key, value }: Owner): Write {
  return value === undefined ? { type: 'delete', key } : { type: 'put', key, value }
}
