/** Writes again what could not be saved. */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { Entry } from '@/src/storage/port'
import type { Drafts } from './drafts'
import type { UnsavedMessages } from './unsaved-messages'

export interface UnsavedWritesPorts {
  get(id: ConversationId): Conversation | undefined
  /** Resolves to whether the conversation is saved, with all that is unsaved. */
  commit(conversation: Conversation): Promise<boolean>
  /** Resolves to whether these entries are saved. */
  write(entries: readonly Entry[]): Promise<boolean>
  /** Whether the last write failed because the device is full. */
  isFull(): boolean
}

export class UnsavedWrites {
  constructor(
    private readonly unsaved: UnsavedMessages,
    private readonly drafts: Drafts,
    private readonly ports: UnsavedWritesPorts,
  ) {}

  async retryAll(): Promise<void> {
    await this.drafts.retry()
    const refused = await this.commitFirst()
    if (refused === undefined) return
    for (const id of this.unsaved.ids) if (id !== refused) await this.retry(id)
  }

  /** Commits a conversation with unsaved messages, together with the others. Resolves to that conversation if it failed again. */
  async commitFirst(): Promise<ConversationId | undefined> {
    const [id] = this.unsaved.ids
    const current = id && this.ports.get(id)
    return current && !(await this.ports.commit(current)) ? id : undefined
  }

  /** Writes the unsaved messages of one conversation, with its current state. Does nothing if there is no room at all. */
  async retry(id: ConversationId): Promise<boolean> {
    const current = this.unsaved.hasConversation(id) ? this.ports.get(id) : undefined
    return current !== undefined && !this.ports.isFull() && this.ports.write([this.unsaved.entry(current)])
  }

  /** The unsaved messages of all conversations except `besides`. */
  entries(besides: ConversationId): Entry[] {
    if (this.unsaved.isEmpty) return []
    return this.unsaved.ids.flatMap((id) => {
      const current = this.ports.get(id)
      return current && id !== besides ? [this.unsaved.entry(current)] : []
    })
  }
}
