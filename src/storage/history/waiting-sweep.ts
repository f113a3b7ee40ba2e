/**
 * Once every ID is indexed after a start, tries again to fold the waiting amendments: those that an earlier version saved, and those whose target
 * was not indexed when they were received. It takes a few at a time, so that other writes are not delayed by the look-ups.
 */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { time } from '@/src/chat/time/time'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError } from '../port'
import type { AmendmentStep, WaitingAmendments } from './waiting-amendments'

/** Pause between two portions, ms: longer than the second in which look-ups are counted. */
const REST_MS = 1_500
/** Pause after an error of storage, ms. */
const REST_AFTER_ERROR_MS = 10_000
/** Amendments in one portion. */
const PORTION = 40

export interface SweepPorts {
  all: WaitingAmendments['all']
  /** Rejects with StorageError. */
  fold(steps: readonly AmendmentStep[]): Promise<void>
}

export class WaitingSweep {
  private cancel: Cancel | undefined
  private rest: readonly AmendmentStep[] | undefined
  /** Counts up with each beginning and end. */
  private run = 0

  constructor(private readonly ports: SweepPorts) {}

  /** Tries each waiting amendment once, and removes the old ones. */
  begin(): void {
    this.run++
    this.cancel?.()
    this.rest = undefined
    this.schedule()
  }

  /** Stops until {@link begin} is called again. */
  stop(): void {
    this.run++
    this.cancel?.()
  }

  private async all(): Promise<readonly AmendmentStep[]> {
    const { waiting, tooOld } = await this.ports.all(time.now())
    return [...tooOld, ...waiting]
  }

  private schedule(ms = REST_MS): void {
    const { run } = this
    const again = () => {
      if (run === this.run) this.schedule(REST_AFTER_ERROR_MS)
    }
    this.cancel = clock.after(ms, () => void orElse(StorageError, () => this.step(), again))
  }

  /** Writes the next portion. When it rejects, with StorageError, the same portion is tried again. */
  private async step(): Promise<void> {
    const { run } = this
    const rest = this.rest ?? (await this.all())
    // Stopped, or begun again, during the read.
    if (run !== this.run) return
    this.rest = rest
    const portion = rest.slice(0, PORTION)
    if (portion.length > 0) await this.ports.fold(portion)
    if (run !== this.run) return
    this.rest = rest.slice(PORTION)
    if (this.rest.length > 0) this.schedule()
  }
}
