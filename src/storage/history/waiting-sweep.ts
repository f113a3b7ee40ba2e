/**
 * Once every ID is indexed after a start, tries again to fold the waiting amendments: those that an earlier version saved, and those whose target
 * was not indexed when they were received. It takes a few at a time, so that other writes are not delayed by the look-ups.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { time } from '@/src/chat/time/time'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError, type Entry } from '../port'
import type { AmendmentStep, WaitingAmendments } from './waiting-amendments'

/** Pause between two portions, ms: longer than the second in which look-ups are counted. */
const REST_MS = 1_500
/** Amendments in one portion. */
const PORTION = 40

export interface SweepPorts {
  all: WaitingAmendments['all']
  conversation(id: ConversationId): Conversation | undefined
  /** Rejects with StorageError. */
  write(entries: readonly Entry[]): Promise<void>
}

export class WaitingSweep {
  private cancel: Cancel | undefined
  private rest: readonly AmendmentStep[] | undefined

  constructor(private readonly ports: SweepPorts) {}

  /** Tries each waiting amendment once, and removes the old ones. */
  begin(): void {
    this.cancel?.()
    this.rest = undefined
    this.schedule()
  }

  /** Stops until {@link begin} is called again. */
  stop(): void {
    this.cancel?.()
    this.rest = []
  }

  private schedule(): void {
    this.cancel = clock.after(REST_MS, () => void orElse(StorageError, () => this.step(), () => undefined))
  }

  /** Writes the next portion. When it rejects, with StorageError, the rest is tried after the next start. */
  private async step(): Promise<void> {
    if (!this.rest) {
      const { waiting, tooOld } = await this.ports.all(time.now())
      this.rest = [...tooOld, ...waiting]
    }
    const portion = this.rest.slice(0, PORTION)
    this.rest = this.rest.slice(PORTION)
    const entries = portion.flatMap(({ conversation: id, amendment, folded }): Entry[] => {
      const conversation = this.ports.conversation(id)
      return conversation ? [{ conversation, ...(amendment ? { amendments: [amendment] } : {}), ...(folded ? { expired: [folded] } : {}) }] : []
    })
    if (entries.length > 0) await this.ports.write(entries)
    if (this.rest.length > 0) this.schedule()
  }
}
