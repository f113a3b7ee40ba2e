/**
 * The disk of a phone in the browser: reads come from memory, changes are written to IndexedDB later, in batches and in order. After a kill the disk has the
 * state after some batch: never a later change without the earlier ones.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'
import { MemoryDisk, type Entry } from '../../runtime/memory-disk'

interface PhoneDatabase extends DBSchema {
  entries: { key: string; value: Entry }
  /** What the simulator itself stores about the phone. */
  marks: { key: string; value: true }
}

export class DurableDisk extends MemoryDisk {
  /** Paths changed since the last batch began. */
  private readonly changed = new Set<string>()
  private isScheduled = false
  private last: Promise<void> = Promise.resolve()

  private constructor(private readonly database: IDBPDatabase<PhoneDatabase>) {
    super()
  }

  /** Opens the disk of one phone and loads all of it. */
  static async open(uid: string): Promise<DurableDisk> {
    const database = await openDB<PhoneDatabase>(`phone ${uid}`, 1, {
      upgrade: (created) => {
        created.createObjectStore('entries')
        created.createObjectStore('marks')
      },
    })
    const disk = new DurableDisk(database)
    const reading = database.transaction('entries')
    const [paths, entries] = await Promise.all([reading.store.getAllKeys(), reading.store.getAll()])
    paths.forEach((path, index) => disk.load(path, entries[index]))
    return disk
  }

  /** Resolves when all changes so far are durable. Rejects with the `code` of a full or broken disk. */
  settled = (): Promise<void> => this.last

  /** Whether `mark` was called since the disk was created or erased. */
  async isMarked(): Promise<boolean> {
    return (await this.database.get('marks', 'used')) === true
  }

  async mark(): Promise<void> {
    await this.database.put('marks', true, 'used')
  }

  /** Erases the disk. Call it while no program writes to it. */
  async erase(): Promise<void> {
    const erasing = this.database.transaction(['entries', 'marks'], 'readwrite')
    await Promise.all([erasing.objectStore('entries').clear(), erasing.objectStore('marks').clear(), erasing.done])
    for (const [path] of [...this.list()]) if (path !== '') super.remove(path)
  }

  /** All files: paths, sizes and times. */
  files(): { path: string; bytes: number; modifiedAt: number }[] {
    return [...this.list()].flatMap(([path, entry]) => (entry === 'directory' ? [] : [{ path, bytes: entry.bytes.length, modifiedAt: entry.modifiedAt }]))
  }

  protected override put(path: string, entry: Entry): void {
    super.put(path, entry)
    this.schedule(path)
  }

  protected override remove(path: string): void {
    super.remove(path)
    this.schedule(path)
  }

  private load(path: string, entry: Entry | undefined): void {
    if (entry) super.put(path, entry)
  }

  private schedule(path: string): void {
    this.changed.add(path)
    if (this.isScheduled) return
    this.isScheduled = true
    const before = this.last.catch(() => undefined)
    this.last = before.then(() => this.save())
    // The callers that wait for this batch get the error; its changes go into the next batch.
    this.last.catch(() => undefined)
  }

  private async save(): Promise<void> {
    const paths = [...this.changed]
    this.changed.clear()
    this.isScheduled = false
    const saving = this.database.transaction('entries', 'readwrite', { durability: 'strict' })
    try {
      for (const path of paths) {
        const entry = this.entry(path)
        const change = entry ? saving.store.put(entry, path) : saving.store.delete(path)
        // The transaction fails with it.
        change.catch(() => undefined)
      }
      await saving.done
    } catch (error) {
      await aborted(saving)
      for (const path of paths) this.changed.add(path)
      const code = error instanceof DOMException && error.name === 'QuotaExceededError' ? 'ENOSPC' : 'EIO'
      throw Object.assign(new Error(code), { code, cause: error })
    }
  }
}

/** Rolls back a transaction. A failed one has already rolled back. */
async function aborted(transaction: IDBPTransaction<PhoneDatabase, ['entries'], 'readwrite'>): Promise<void> {
  const ended = transaction.done.catch(() => undefined)
  try {
    transaction.abort()
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error
  }
  await ended
}
