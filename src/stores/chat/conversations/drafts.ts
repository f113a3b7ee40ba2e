/** The unsent texts of the composers, and what they answer, edit and mention, by conversation. */
import type { DraftAbout } from '@/src/chat/conversation/draft'
import { setDraft } from '@/src/chat/conversation/order'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { orElse } from '@/src/chat/util/or-else'
import { FIELD_MAX_LENGTH } from '@/src/chat/text/typed-text'
import { StorageError, type History } from '@/src/storage/port'
import type { SaveRetry } from './save-retry'

export interface DraftsPorts {
  get(id: ConversationId): Conversation | undefined
  /** Saves a conversation and displays it. Resolves to whether it is saved. */
  commit(conversation: Conversation): Promise<boolean>
}

interface UnsavedDraft {
  readonly text: string
  readonly about: DraftAbout | undefined
}

export class Drafts {
  /** Drafts that are unsaved, or being written. */
  private readonly unsaved = new Map<ConversationId, UnsavedDraft>()
  /** Conversations whose draft was saved in this run, so that their row in the index is current. */
  private readonly saved = new Set<ConversationId>()

  constructor(
    private readonly history: Pick<History, 'draft' | 'draftAbout' | 'saveDraft'>,
    private readonly conversations: DraftsPorts,
    private readonly saver: () => SaveRetry,
  ) {}

  get areSaved(): boolean {
    return this.unsaved.size === 0
  }

  /** The draft of a conversation. '' also if it cannot be read. */
  read(id: ConversationId): Promise<string> {
    const read = async () => {
      const text = await this.history.draft(id)
      // A row that was written by an earlier version, or rebuilt from its log, has no draft.
      if (!this.saved.has(id)) void this.note(id, text)
      return text
    }
    return orElse(StorageError, read, ({ failure }) => {
      this.saver().problem.value = failure
      return ''
    })
  }

  /** What the composer of a conversation holds besides its draft. Nothing if that cannot be read. */
  about(id: ConversationId): Promise<DraftAbout> {
    return orElse(StorageError, () => this.history.draftAbout(id), () => ({}))
  }

  /**
   * Saves the text of a composer, and its first line in the conversation if that has changed. Resolves even if it could not be saved: then it is retried
   * later. A text longer than any field takes is not saved: the draft stays as it was.
   */
  async save(id: ConversationId, text: string, about?: DraftAbout): Promise<void> {
    // No device has room for it under one key, and everything written with it would fail too.
    if (text.length > FIELD_MAX_LENGTH) return
    this.saved.add(id)
    await this.write(id, { text, about }, this.unsaved.get(id)?.text === text)
  }

  private async write(id: ConversationId, draft: UnsavedDraft, isRetry: boolean): Promise<void> {
    this.unsaved.set(id, draft)
    const { text, about } = draft
    const isSaved = (await Promise.all([this.saver().save(() => this.history.saveDraft(id, text, about)), this.note(id, text, isRetry)])).every(Boolean)
    // A newer draft is still to be saved.
    if (isSaved && this.unsaved.get(id) === draft) this.unsaved.delete(id)
    if (isSaved) this.saver().checkProblem()
  }

  /** Retries the unsaved drafts. */
  async retry(): Promise<void> {
    for (const [id, draft] of [...this.unsaved]) await this.write(id, draft, true)
  }

  /** Its conversation is being deleted. Returns its unsaved draft, for {@link restore}. */
  remove(id: ConversationId): UnsavedDraft | undefined {
    const draft = this.unsaved.get(id)
    this.unsaved.delete(id)
    return draft
  }

  /** The deletion of its conversation has failed. */
  restore(id: ConversationId, draft: UnsavedDraft | undefined): void {
    if (draft && !this.unsaved.has(id)) this.unsaved.set(id, draft)
  }

  /** Saves the list's preview of a draft in the conversation, if it has changed. Resolves to whether it is saved. */
  private async note(id: ConversationId, text: string, isRetry = false): Promise<boolean> {
    const current = this.conversations.get(id)
    const noted = current && setDraft(current, text)
    return noted && (noted !== current || isRetry) ? this.conversations.commit(noted) : true
  }
}
