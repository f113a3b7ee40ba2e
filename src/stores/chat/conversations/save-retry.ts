/** Writes to storage, remembers why a write failed, and retries later. */
import { shallowRef, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError, type StorageFailure } from '@/src/storage/port'

/** Failed writes are retried after this time, ms, unless another write comes first. */
const RETRY_MS = 5_000
/** {@link SaveRetry.tryNow} writes at most this often, ms. */
const TRY_NOW_MS = 1_000

/** An owner of writes that can fail, which can repeat them. */
export interface Unsaved {
  isEmpty(): boolean
  /** Repeats the failed writes so far. */
  retry(): Promise<void>
}

export class SaveRetry {
  /** Why something displayed is not saved, or null. */
  readonly problem: ShallowRef<StorageFailure | null> = shallowRef(null)
  /** Nothing is saved while the history is open, see {@link Damage.closed}. */
  readonly isClosed: ShallowRef<boolean> = shallowRef(false)
  /** Another tab owns this history now. */
  private isTakenOver = false
  private isEnded = false
  private triedAt = 0
  private cancelRetry: Cancel | undefined

  constructor(private readonly unsaved: Unsaved) {}

  /** The history was opened. `closed`: why nothing is saved in it at all. */
  opened(closed: StorageFailure | undefined): void {
    if (closed) this.problem.value = closed
    this.isClosed.value = closed !== undefined
  }

  /** Resolves to whether `write` succeeded. */
  async save(write: () => Promise<void>): Promise<boolean> {
    if (this.isTakenOver) return false
    const saving = async () => {
      await write()
      this.checkProblem()
      return true
    }
    return orElse(StorageError, saving, ({ failure }) => {
      this.problem.value = failure
      if (failure === 'taken-over') this.giveUp()
      this.retryLater()
      return false
    })
  }

  /** The problem is over once everything is saved. */
  checkProblem(): void {
    if (this.unsaved.isEmpty()) this.problem.value = null
  }

  /** Retries failed writes, unless this history is closed or another tab owns it. */
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

  /** Retries one last time. */
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
