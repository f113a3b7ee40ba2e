/** Writes to storage, remembers why a write failed, and tries again later. */
import { shallowRef, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { StorageError, type StorageFailure } from '@/src/storage/port'

/** What storage has refused is tried again after this time, ms, unless something else is written before. */
const RETRY_MS = 5_000
/** {@link SaveRetry.tryNow} asks storage at most this often, ms. */
const TRY_NOW_MS = 1_000

/** Something whose writes can fail, and that can write again what was refused. */
export interface Unsaved {
  isEmpty(): boolean
  /** Writes once more what storage has refused so far. */
  retry(): Promise<void>
}

export class SaveRetry {
  /** Why something that is shown is not saved, or null. */
  readonly problem: ShallowRef<StorageFailure | null> = shallowRef(null)
  /** Nothing is saved as long as the history is open, see {@link Damage.closed}. */
  readonly isClosed: ShallowRef<boolean> = shallowRef(false)
  /** Another tab writes this history now. */
  private isTakenOver = false
  private isEnded = false
  private triedAt = 0
  private cancelRetry: Cancel | undefined

  constructor(private readonly unsaved: Unsaved) {}

  /** The history was opened; `closed` says why nothing is saved in it at all. */
  opened(closed: StorageFailure | undefined): void {
    if (closed) this.problem.value = closed
    this.isClosed.value = closed !== undefined
  }

  /** Resolves to whether storage has taken what `write` writes. */
  async save(write: () => Promise<void>): Promise<boolean> {
    if (this.isTakenOver) return false
    try {
      await write()
      this.checkProblem()
      return true
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.problem.value = error.failure
      if (error.failure === 'taken-over') this.giveUp()
      this.retryLater()
      return false
    }
  }

  /** There is no problem any more once everything is saved. */
  checkProblem(): void {
    if (this.unsaved.isEmpty()) this.problem.value = null
  }

  /** Writes what was refused once more, unless this history is closed or another tab writes it. */
  async retry(): Promise<void> {
    if (!this.isTakenOver && !this.isClosed.value) await this.unsaved.retry()
  }

  /** Calls `attempt`, unless it was called less than a second ago. */
  async tryNow(attempt: () => Promise<unknown>): Promise<void> {
    const now = clock.now()
    if (now - this.triedAt < TRY_NOW_MS) return
    this.triedAt = now
    await attempt()
  }

  /** Tries once more; nothing is tried after that. */
  async close(): Promise<void> {
    this.isEnded = true
    await this.retry()
    this.cancelRetry?.()
  }

  private giveUp(): void {
    this.isTakenOver = true
    this.cancelRetry?.()
  }

  private retryLater(): void {
    if (this.isTakenOver || this.isEnded || this.isClosed.value) return
    this.cancelRetry ??= clock.after(RETRY_MS, async () => {
      await this.retry()
      this.cancelRetry = undefined
      // A failure during the retry has set no timer.
      if (!this.unsaved.isEmpty()) this.retryLater()
    })
  }
}
