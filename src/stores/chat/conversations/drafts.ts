/** What was typed into the composer of each conversation and not sent. */
import { setDraft } from '@/src/chat/conversation/order'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { orElse } from '@/src/chat/util/or-else'
import { FIELD_MAX_LENGTH } from '@/src/chat/text/typed-text'
import { StorageError, type History } from '@/src/storage/port'
import type { SaveRetry } from './save-retry'

export interface DraftsPorts {
  head(id: ConversationId): Conversation | undefined
  /** Saves a conversation and displays it. Resolves to whether storage has it. */
  commit(conversation: Conversation): Promise<boolean>
}

export class Drafts {
  /** Drafts that storage has refused, or is writing. */
  private readonly unsaved = new Map<ConversationId, string>()
  /** Conversations whose draft was saved in this run, so that their row in the index is current. */
  private readonly saved = new Set<ConversationId>()

  constructor(
    private readonly history: Pick<History, 'draft' | 'saveDraft'>,
    private readonly conversations: DraftsPorts,
    private readonly saver: () => SaveRetry,
  ) {}

  get areSaved(): boolean {
    return this.unsaved.size === 0
  }

  /** The draft of a conversation; '' also when it cannot be read. */
  read(id: ConversationId): Promise<string> {
    const read = async () => {
      const text = await this.history.draft(id)
      // A row that an earlier version wrote, or that was rebuilt from its log, has no draft.
      if (!this.saved.has(id)) void this.note(id, text)
      return text
    }
    return orElse(StorageError, read, ({ failure }) => {
      this.saver().problem.value = failure
      return ''
    })
  }

  /**
   * Saves the text of a composer, and its first line in the conversation when that has changed. Resolves also when storage refused it:
   * then it is tried again later. A text longer than any field takes is not saved: the draft stays as it was.
   */
  async save(id: ConversationId, text: string): Promise<void> {
    // No device has room for it under one key, and what is written with it would be refused too.
    if (text.length > FIELD_MAX_LENGTH) return
    this.saved.add(id)
    const isRetry = this.unsaved.get(id) === text
    this.unsaved.set(id, text)
    const isSaved = (await Promise.all([this.saver().save(() => this.history.saveDraft(id, text)), this.note(id, text, isRetry)])).every(Boolean)
    // A newer draft is still to be saved.
    if (isSaved && this.unsaved.get(id) === text) this.unsaved.delete(id)
    if (isSaved) this.saver().checkProblem()
  }

  /** Tries once more to save what storage has refused. */
  async retry(): Promise<void> {
    for (const [id, text] of [...this.unsaved]) await this.save(id, text)
  }

  /** Its conversation is being deleted. Returns its unsaved draft, for {@link restore}. */
  remove(id: ConversationId): string | undefined {
    const text = this.unsaved.get(id)
    this.unsaved.delete(id)
    return text
  }

  /** The deletion of its conversation has failed. */
  restore(id: ConversationId, text: string | undefined): void {
    if (text !== undefined && !this.unsaved.has(id)) this.unsaved.set(id, text)
  }

  /** Saves in the conversation what the list shows of its draft, when that has changed. Resolves to whether storage has it. */
  private async note(id: ConversationId, text: string, isRetry = false): Promise<boolean> {
    const head = this.conversations.head(id)
    const noted = head && setDraft(head, text)
    return noted && (noted !== head || isRetry) ? this.conversations.commit(noted) : true
  }
}
