/** The read position of each conversation. */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { countedFor, markRead, markReadTo } from '@/src/chat/conversation/order'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError } from '@/src/storage/port'
import type { ReadReceipts } from '../send/read-receipts'
import type { ConversationStore } from './conversation-store'

/** While the user keeps reading, the position is saved once in this time, ms. */
const SAVE_EVERY_MS = 1_000

export class ReadMarks {
  /** Unsaved read positions, each with the timer that will save it. */
  private readonly unsaved = new Map<ConversationId, { to: number; cancel: Cancel }>()
  private readonly saving = new Map<ConversationId, Promise<void>>()

  constructor(
    private readonly conversations: Pick<ConversationStore, 'get' | 'messages' | 'commit'>,
    private readonly own: { readonly reads: Pick<ReadReceipts, 'marked' | 'wake'> },
  ) {}

  /** Marks all of a conversation as read. */
  async markRead(id: ConversationId): Promise<void> {
    const conversation = this.conversations.get(id)
    if (!conversation) return
    const read = markRead(conversation)
    if (read !== conversation) await this.commit(conversation, read)
  }

  /** The user has seen the messages before the seq `to`. Saved soon, together with later positions. */
  readTo(id: ConversationId, to: number): void {
    const conversation = this.conversations.get(id)
    if (!conversation || to <= conversation.readTo) return
    const mark = this.unsaved.get(id)
    if (mark) mark.to = Math.max(mark.to, to)
    else this.unsaved.set(id, { to, cancel: clock.after(SAVE_EVERY_MS, () => void this.save(id)) })
  }

  /** Saves a read position at once. Resolves when it is written, even if another call has begun to write it. */
  save(id: ConversationId): Promise<void> {
    const before = this.saving.get(id)
    const mark = this.unsaved.get(id)
    if (!mark) return before ?? Promise.resolve()
    mark.cancel()
    this.unsaved.delete(id)
    const saving = (before ?? Promise.resolve())
      .then(() => this.write(id, mark.to))
      .finally(() => this.saving.get(id) === saving && this.saving.delete(id))
    this.saving.set(id, saving)
    return saving
  }

  async saveAll(): Promise<void> {
    await Promise.all([...this.unsaved.keys(), ...this.saving.keys()].map((id) => this.save(id)))
  }

  private async write(id: ConversationId, seenTo: number): Promise<void> {
    for (;;) {
      const before = this.conversations.get(id)
      if (!before || seenTo <= before.readTo) return
      const { from, to } = countedFor(before, seenTo)
      const counted = from < to ? await orElse(StorageError, () => this.conversations.messages(id, from, to), () => undefined) : []
      // Storage is unavailable. Keep the unread count until the user reads further.
      if (!counted) return
      const now = this.conversations.get(id)
      // It was deleted during the count, and perhaps created again.
      if (!now || now.length < before.length) return
      if (now.readTo !== before.readTo) continue
      const { readTo, unread } = markReadTo(before, seenTo, counted)
      // Messages that arrived during the count are newer than the counted range: just add them. Recounting might never catch up with a flood.
      // Messages that were recalled may have been in the range or not.
      return this.commit(now, { ...now, readTo, unread: Math.max(0, unread + now.unread - before.unread) })
    }
  }

  private async commit(before: Conversation, read: Conversation): Promise<void> {
    await this.conversations.commit(this.own.reads.marked(before, read))
    this.own.reads.wake(read.id)
  }
}
