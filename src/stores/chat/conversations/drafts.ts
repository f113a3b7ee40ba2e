/** What was typed into the composer of each conversation and not sent. */
import type { ConversationId } from '@/src/chat/conversation'
import { orElse } from '@/src/chat/or-else'
import { StorageError, type History } from '@/src/storage/port'
import type { ConversationStore } from './conversation-store'

export class Drafts {
  /** Conversations whose draft was saved in this run, so that their row in the index is current. */
  private readonly saved = new Set<ConversationId>()

  constructor(
    private readonly history: Pick<History, 'draft'>,
    private readonly conversations: ConversationStore,
  ) {}

  /** The draft of a conversation; '' also when it cannot be read. */
  read(id: ConversationId): Promise<string> {
    const read = async () => {
      const text = await this.history.draft(id)
      // A row that an earlier version wrote, or that was rebuilt from its log, has no draft.
      if (!this.saved.has(id)) void this.conversations.noteDraft(id, text)
      return text
    }
    return orElse(StorageError, read, ({ failure }) => {
      this.conversations.problem.value = failure
      return ''
    })
  }

  /** Resolves when the draft is saved, or was refused by storage and waits in memory. */
  save(id: ConversationId, text: string): Promise<void> {
    this.saved.add(id)
    return this.conversations.saveDraft(id, text)
  }
}
