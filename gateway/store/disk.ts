/**
 * The copy of a store on disk: LevelDB in one folder, opened by one process at a time.
 *
 * After a write that failed, for example on a full disk, LevelDB goes on to take writes, but those that it then adds to its
 * log may be skipped when the log is read at the next start. So the first failure ends the trust: the database is closed and
 * opened again, which makes a table of what is good in the log, and is made equal to what is in memory. Until that has
 * worked, writes are refused; it is tried about once a second, so when the disk has room again it goes on by itself.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../src/chat/time/clock'
import type { Logger } from '../logger'
import { metaKey, prefixOf } from './keys'
import type { Copy, CopyEntry } from './kept-store'

export type Operation = { readonly type: 'put'; readonly key: string; readonly value: string } | { readonly type: 'del'; readonly key: string }

/** What is used of LevelDB. */
export interface Database {
  /** All or nothing; with `sync` it resolves when the disk itself has it. */
  batch(operations: Operation[], options: { sync: boolean }): Promise<void>
  get(key: string): Promise<string | undefined>
  keys(): AsyncIterable<string>
  iterator(): AsyncIterable<[string, string]>
  close(): Promise<void>
}

/** Operations that wait for the batch before them. */
interface Turn {
  readonly operations: readonly Operation[]
  readonly durable: boolean
  settle(error?: Error): void
}

const RETRY_MS = 1_000
/** Names the process that has the folder. */
const OWNER = metaKey('opened-by')

export interface DiskOptions {
  readonly folder: string
  readonly log: Logger
  readonly clock: Clock
  /** Opens the database; the caller of {@link Disk.start} has done it once. */
  readonly open: () => Promise<Database>
  /** Between two attempts to open it again, in ms. */
  readonly retryMs?: number | undefined
}

export class Disk implements Copy {
  private readonly owner = randomUUID()
  /** Undefined: a write has failed, and it is not opened again yet. */
  private db: Database | undefined
  private problem: Error | undefined
  private turns: Turn[] = []
  private pumping: Promise<void> = Promise.resolve()
  private isPumping = false
  /** The database is being made equal to what is in memory: what changes from here on is written after that. */
  private isCatchingUp = false
  private reopening: Promise<void> = Promise.resolve()
  private readonly ending = new AbortController()
  private expected: () => Iterable<{ key: string; value: () => string }> = () => []

  private constructor(private readonly options: DiskOptions) {}

  /** Takes an open database over. Rejects when it cannot be written. */
  static async start(db: Database, options: DiskOptions): Promise<Disk> {
    const disk = new Disk(options)
    await db.batch([{ type: 'put', key: OWNER, value: disk.owner }], { sync: true })
    disk.db = db
    return disk
  }

  /** @param expected what has to be in the database when it is opened again */
  mirror(expected: () => Iterable<{ key: string; value: () => string }>): void {
    this.expected = expected
  }

  async write({ key, value }: CopyEntry, { durable }: { durable: boolean }): Promise<void> {
    if (!this.db) throw this.problem ?? new Error('the store is closed')
    await new Promise<void>((resolve, reject) => {
      this.take({ operations: [{ type: 'put', key, value }], durable, settle: (error) => (error ? reject(error) : resolve()) })
    })
  }

  remove(keys: readonly string[]): void {
    // what is refused is taken out when the database is opened again
    this.take({ operations: keys.map((key) => ({ type: 'del', key })), durable: false, settle: () => undefined })
  }

  async close(): Promise<void> {
    this.ending.abort()
    // the last write may fail, which opens the database again, which may write
    for (let reopening: unknown; reopening !== this.reopening; ) {
      reopening = this.reopening
      await this.reopening
      await this.pumping
    }
    await this.db?.close()
    this.db = undefined
  }

  private take(turn: Turn): void {
    if (!this.db && !this.isCatchingUp) return turn.settle(this.problem)
    this.turns.push(turn)
    if (!this.isPumping) this.pumping = this.pump()
  }

  /** Writes what waits, all of it in one batch: what comes while one is being written shares the next one, and its sync. */
  private async pump(): Promise<void> {
    this.isPumping = true
    while (this.db && this.turns.length > 0) {
      const turns = this.turns
      this.turns = []
      try {
        await this.db.batch(
          turns.flatMap(({ operations }) => operations),
          { sync: turns.some(({ durable }) => durable) },
        )
      } catch (error) {
        this.broke(this.db, error, turns)
        break
      }
      for (const turn of turns) turn.settle()
    }
    this.isPumping = false
  }

  private broke(db: Database, error: unknown, failed: readonly Turn[]): void {
    const { folder, log } = this.options
    const reason = error instanceof Error ? error.message : String(error)
    this.db = undefined
    this.problem = new Error(`the data folder ${folder} cannot be written: ${reason}`, { cause: error })
    log.error('the data folder cannot be written: what has to be kept is refused until it can, which is tried once a second', { folder, error: reason })
    const refused = [...failed, ...this.turns]
    this.turns = []
    for (const turn of refused) turn.settle(this.problem)
    this.reopening = this.reopen(db)
  }

  private async reopen(broken: Database): Promise<void> {
    const { folder, log, clock, open, retryMs = RETRY_MS } = this.options
    const since = clock.elapsed()
    await this.quietly(broken.close())
    // the end of the gateway makes one more attempt, for what was taken out
    for (let isLast = false; !isLast; ) {
      await this.pause(retryMs)
      isLast = this.ending.signal.aborted
      let db: Database | undefined
      try {
        db = await open()
        if ((await db.get(OWNER)) !== this.owner) {
          this.problem = new Error(`another gateway has used the data folder ${folder}: restart this one`)
          log.error(this.problem.message, { folder })
          return await this.quietly(db.close())
        }
        await this.bringUpToDate(db)
      } catch (error) {
        log.debug('the data folder still cannot be written', { folder, error })
        if (db) await this.quietly(db.close())
        continue
      }
      this.problem = undefined
      log.warn('the data folder can be written again', { folder, seconds: Math.round((clock.elapsed() - since) / 1000) })
      this.pumping = this.pump()
      return
    }
  }

  /** Makes the database equal to what is in memory, and goes on with it. */
  private async bringUpToDate(db: Database): Promise<void> {
    const onDisk = new Map<string, string>()
    for await (const [key, value] of db.iterator()) {
      if (!key.startsWith(prefixOf('meta')) && !key.startsWith(prefixOf('garbled'))) onDisk.set(key, value)
    }
    // what is removed from here on waits for its own turn
    this.isCatchingUp = true
    const operations: Operation[] = []
    for (const { key, value } of this.expected()) {
      const wanted = value()
      if (onDisk.get(key) !== wanted) operations.push({ type: 'put', key, value: wanted })
      onDisk.delete(key)
    }
    for (const key of onDisk.keys()) operations.push({ type: 'del', key })
    try {
      await db.batch(operations, { sync: true })
      this.db = db
    } catch (error) {
      this.turns = []
      throw error
    } finally {
      this.isCatchingUp = false
    }
  }

  /** Waits; the end of the gateway ends it at once. */
  private pause(ms: number): Promise<void> {
    const { signal } = this.ending
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = this.options.clock.after(ms, done)
      signal.addEventListener('abort', done)
    })
  }

  private async quietly(closing: Promise<void>): Promise<void> {
    await closing.catch((error: unknown) => this.options.log.debug('the data folder cannot be closed', { folder: this.options.folder, error }))
  }
}
