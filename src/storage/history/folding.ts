/**
 * Folds edits, recalls and reactions into the pages of their targets (docs/STORAGE.md). One whose target is not there yet waits beside the
 * log, and is folded in the commit that brings the target.
 */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { mayAmend, readAmendment, type Amending } from '@/src/chat/message/amendment'
import { clock } from '@/src/chat/time/clock'
import type { IdIndex } from '../ids/id-index'
import { pageOf } from '../keys'
import type { Amendment, MessageRef } from '../port'
import type { ChangedPages } from './changed-pages'
import type { AmendmentStep, WaitingAmendments } from './waiting-amendments'

/** Targets are looked up this often in a second of one conversation. Above it an amendment waits for the next sweep. */
export const LOOK_UPS_A_SECOND = 50
const SECOND_MS = 1_000

export class Folding {
  /** By conversation, the look-ups of a second. */
  private readonly lookUps = new Map<ConversationId, { since: number; count: number }>()

  constructor(
    private readonly ids: Pick<IdIndex, 'find'>,
    private readonly waiting: WaitingAmendments,
    /** The first seq that is still in the log of a conversation. */
    private readonly start: (id: ConversationId) => number,
  ) {}

  /**
   * Puts the amendments of `steps` into `pages`, which have the commit's messages already, and those that waited for these messages.
   * Resolves to the steps of the list that waits. Rejects with StorageError.
   */
  async fold(steps: readonly AmendmentStep[], pages: ChangedPages): Promise<AmendmentStep[]> {
    const isEmpty = await this.waiting.isEmpty()
    const left: AmendmentStep[] = []
    for (const step of steps) {
      const { conversation, amendment } = step
      if (!amendment || (await this.waits(conversation, amendment, pages))) left.push(step)
      else if (this.waiting.has(conversation, amendment)) left.push({ conversation, folded: amendment })
    }
    return isEmpty ? left : [...left, ...(await this.broughtBy(pages))]
  }

  /** Resolves to whether an amendment has to wait. One that is malformed, or not its sender's to make, is dropped. */
  private async waits(conversation: ConversationId, amendment: Amendment, pages: ChangedPages): Promise<boolean> {
    const amending = readAmendment(amendment.raw, amendment.from)
    if (amending === 'later') return true
    if (!amending) return false
    const seq = pages.seqOf(conversation, amending.target) ?? (await this.find(conversation, amending.target))
    if (seq === undefined) return true
    await this.foldAt(conversation, seq, amending, amendment.from, pages)
    return false
  }

  private async foldAt(conversation: ConversationId, seq: number, { target, amended }: Amending, sender: string, pages: ChangedPages): Promise<void> {
    // Cleared and trimmed messages stay deleted.
    if (seq < this.start(conversation) || !mayAmend(amended, sender, target.from)) return
    const page = await pages.of(conversation, pageOf(seq))
    page.amend(seq, amended)
  }

  private async find(conversation: ConversationId, target: MessageRef): Promise<number | undefined> {
    if (this.isTooOften(conversation)) return undefined
    const [seq] = await this.ids.find(conversation, [target])
    return seq
  }

  private isTooOften(conversation: ConversationId): boolean {
    const now = clock.now()
    const former = this.lookUps.get(conversation)
    const current = former && now >= former.since && now - former.since < SECOND_MS ? former : { since: now, count: 0 }
    current.count++
    this.lookUps.set(conversation, current)
    return current.count > LOOK_UPS_A_SECOND
  }

  /** What waited for messages that this commit adds. */
  private async broughtBy(pages: ChangedPages): Promise<AmendmentStep[]> {
    const folded: AmendmentStep[] = []
    for (const page of [...pages.changed.values()]) {
      for (const message of page.added) {
        for (const amendment of this.waiting.forTarget(page.id, message)) {
          const amending = readAmendment(amendment.raw, amendment.from)
          if (typeof amending !== 'object') continue
          await this.foldAt(page.id, message.seq, amending, amendment.from, pages)
          folded.push({ conversation: page.id, folded: amendment })
        }
      }
    }
    return folded
  }
}
