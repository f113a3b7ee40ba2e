/**
 * Decides which of several tabs on H5 writes a history: the one that opened it last. The commits of the others are rejected, so that no tab
 * overwrites changes that it has not read.
 */
import { once } from '@/src/chat/util/once'
import { ConversationIndex } from '../index/conversation-index'
import type { KeyValue, Owner, Write } from '../kv/key-value'
import type { PersonKeys } from '../keys'
import { StorageError } from '../port'

export class Ownership {
  private constructor(
    private readonly kv: KeyValue,
    /** Undefined where no other tab can write. */
    private readonly own: Owner | undefined,
    /** Resolves once this tab owns the history. Rejects with StorageError. */
    private readonly claimed: () => Promise<void>,
  ) {}

  /** Claims the history from the tab that has it open. If storage cannot be written now, the first commit tries again. */
  static async claim(kv: KeyValue, keys: PersonKeys, newName: () => string): Promise<Ownership> {
    if (kv.isAlone) return new Ownership(kv, undefined, async () => undefined)
    const own = { key: keys.owner, value: newName() }
    try {
      await kv.commit([writeOf(own)])
      return new Ownership(kv, own, async () => undefined)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      const value = await kv.get(keys.owner)
      const former = { key: keys.owner, value: typeof value === 'string' ? value : undefined }
      const stamp = await ConversationIndex.stamp(kv, keys)
      return new Ownership(kv, own, once(() => claimLate(kv, keys, own, former, stamp)))
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.claimed()
    return this.kv.commit(writes, this.own)
  }
}

/**
 * Claims a history that was opened while storage could not be written. Rejects with `taken-over` if another tab has opened or changed it since,
 * which differs from `former` or `stamp`: the index that was read is out of date then.
 */
async function claimLate(kv: KeyValue, keys: PersonKeys, own: Owner, former: Owner, stamp: string): Promise<void> {
  const requireUnchanged = async () => {
    if ((await ConversationIndex.stamp(kv, keys)) !== stamp) throw new StorageError('taken-over', 'another program has gone on writing this')
  }
  await requireUnchanged()
  await kv.commit([writeOf(own)], former)
  try {
    // Again, now that no other tab can write.
    await requireUnchanged()
  } catch (error) {
    await kv.commit([writeOf(former)], own)
    throw error
  }
}

/** The write that stores an owner, or deletes it if there was none. */
function writeOf({ key, value }: Owner): Write {
  return value === undefined ? { type: 'delete', key } : { type: 'put', key, value }
}
