/**
 * Folds edits, recalls and reactions into the pages of their targets (docs/STORAGE.md). An amendment without its target is saved beside the
 * log, and folded in the commit that adds the target.
 */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { MessageRef } from '@/src/chat/message/message'
import type { MessageChanges } from '@/src/chat/message/message-changes'
import { mayAmend, parseAmendment, type ParsedAmendment } from '@/src/chat/message/amendment'
import { clock } from '@/src/chat/time/clock'
import type { IdIndex } from '../ids/id-index'
import { pageOf } from '../keys'
import type { Amendment } from '../port'
import type { ChangedPages } from './changed-pages'
import type { AmendmentStep, WaitingAmendments } from './waiting-amendments'

/** Limit of look-ups of targets in one second, per conversation. Above it an amendment waits for the next sweep. */
export const LOOK_UPS_A_SECOND = 50
const SECOND_MS = 1_000

export class Folding {
  /** The look-ups of the current second, by conversation. `since`: ms, of the clock. */
  private readonly lookUps = new Map<ConversationId, { since: number; count: number }>()

  private hasDeferred = false

  constructor(
    private readonly ids: Pick<IdIndex, 'find'>,
    private readonly waiting: WaitingAmendments,
    /** The first seq that is still in the log of a conversation. */
    private readonly start: (id: ConversationId) => number,
  ) {}

  /**
   * Folds the amendments of `steps`, and those that waited for the commit's messages, into `pages`, which have these messages already. Resolves to
   * the changes of the list of waiting amendments. Rejects with StorageError.
   */
  async fold(steps: readonly AmendmentStep[], pages: ChangedPages): Promise<AmendmentStep[]> {
    const isEmpty = await this.waiting.isEmpty()
    const left: AmendmentStep[] = []
    for (const step of steps) {
      const { conversation, amendment } = step
      if (!amendment || (await this.waits(conversation, amendment, pages))) left.push(step)
      else if (this.waiting.has(conversation, amendment)) left.push({ conversation, removed: amendment })
    }
    return isEmpty ? left : [...left, ...(await this.foldWaiting(pages))]
  }

  /** Whether amendments wait, since the last call, whose targets were not looked up: a sweep has to follow. */
  takeDeferred(): boolean {
    const { hasDeferred } = this
    this.hasDeferred = false
    return hasDeferred
  }

  /** Folds an amendment, and resolves to whether it has to wait instead. One that is malformed, or that its sender may not make, is dropped. */
  private async waits(conversation: ConversationId, amendment: Amendment, pages: ChangedPages): Promise<boolean> {
    const parsed = readAllowed(amendment)
    if (typeof parsed !== 'object') return parsed === 'later'
    const seq = pages.seqOf(conversation, parsed.target) ?? (await this.find(conversation, parsed.target))
    if (seq === undefined) return true
    await this.foldAt(conversation, seq, parsed.changes, pages)
    return false
  }

  private async foldAt(conversation: ConversationId, seq: number, changes: MessageChanges, pages: ChangedPages): Promise<void> {
    // Cleared and trimmed messages stay deleted.
    if (seq < this.start(conversation)) return
    const page = await pages.of(conversation, pageOf(seq))
    page.amend(seq, changes)
  }

  private async find(conversation: ConversationId, target: MessageRef): Promise<number | undefined> {
    if (this.isTooOften(conversation)) return undefined
    const [seq] = await this.ids.find(conversation, [target])
    return seq
  }

  /** Counts a look-up. Returns whether it is above the limit. */
  private isTooOften(conversation: ConversationId): boolean {
    const now = clock.now()
    const former = this.lookUps.get(conversation)
    const current = former && now >= former.since && now - former.since < SECOND_MS ? former : { since: now, count: 0 }
    current.count++
    this.lookUps.set(conversation, current)
    if (current.count <= LOOK_UPS_A_SECOND) return false
    this.hasDeferred = true
    return true
  }

  /** Folds the amendments that waited for messages of this commit. Resolves to their removals from the list. */
  private async foldWaiting(pages: ChangedPages): Promise<AmendmentStep[]> {
    const removals: AmendmentStep[] = []
    for (const page of [...pages.changed.values()]) {
      for (const message of page.added) {
        for (const amendment of this.waiting.forTarget(page.id, message)) {
          const parsed = readAllowed(amendment)
          if (typeof parsed === 'object') await this.foldAt(page.id, message.seq, parsed.changes, pages)
          removals.push({ conversation: page.id, removed: amendment })
        }
      }
    }
    return removals
  }
}

/** Reads an amendment. Undefined if it is malformed, or if its sender may not make it. */
function readAllowed({ raw, from }: Amendment): ParsedAmendment | 'later' | undefined {
  const parsed = parseAmendment(raw, from)
  if (typeof parsed !== 'object') return parsed
  return mayAmend(parsed.changes, from, parsed.target.from) ? parsed : undefined
}
