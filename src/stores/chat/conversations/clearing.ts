/** Deletes the messages of conversations, and undoes that if storage fails. */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { clearMessages } from '@/src/chat/conversation/order'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError, type History } from '@/src/storage/port'
import type { SaveRetry } from './save-retry'
import type { UnsavedMessages } from './unsaved-messages'

export interface ClearingPorts {
  get(id: ConversationId): Conversation | undefined
  /** Makes it the current state. Neither writes nor displays it. */
  setCurrent(conversation: Conversation): void
  /** Displays a conversation. */
  show(conversation: Conversation): void
  /** Called when storage has this conversation, cleared. */
  cleared(conversation: Conversation): void
}

export class Clearing {
  constructor(
    private readonly history: Pick<History, 'write' | 'recent'>,
    private readonly conversations: ClearingPorts,
    private readonly unsaved: UnsavedMessages,
    private readonly saver: SaveRetry,
  ) {}

  /**
   * Deletes the messages of conversations, which stay. Resolves to whether they are deleted. If not, nothing has changed except for messages written in the
   * meantime. If storage fails halfway, some of the conversations may be cleared nevertheless.
   */
  async clear(ids: readonly ConversationId[]): Promise<boolean> {
    const former = ids.flatMap((id) => this.conversations.get(id) ?? [])
    const cleared = former.map(clearMessages)
    // Messages that arrive from now on come after the clearing.
    for (const conversation of cleared) this.conversations.setCurrent(conversation)
    const amendments = former.map((before) => [before, this.unsaved.withdrawAmendments(before.id)] as const)
    if (await this.saver.save(() => this.write(cleared))) {
      for (const conversation of cleared) this.conversations.cleared(conversation)
      // There is room again for unsaved messages.
      await this.saver.retry()
      return true
    }
    for (const [index, before] of former.entries()) {
      const now = this.conversations.get(before.id)
      if (!now) continue
      const restored = now === cleared[index] ? before : uncleared(before, now)
      this.conversations.setCurrent(restored)
      // Messages that arrived in the meantime were shown with the cleared conversation.
      if (restored !== before) this.conversations.show(restored)
    }
    const isCleared = await this.wasClearedAfterAll(former)
    for (const [{ id, start }, unsaved] of amendments) if (!isCleared && this.conversations.get(id)?.start === start) this.unsaved.add(id, [], unsaved, true)
    return isCleared
  }

  /** A write during a failed clearing has the cleared conversation, and may have succeeded. */
  private async wasClearedAfterAll(former: readonly Conversation[]): Promise<boolean> {
    if (this.saver.isClosed.value) return false
    // Conversations without messages may have amendments, which a start does not see: clear them once more.
    const empty = former.flatMap(({ id, start, length }) => (start === length ? (this.conversations.get(id) ?? []) : []))
    const clearEmpty = async () => {
      // Resolves after all pending writes.
      await this.write(empty)
      return true
    }
    const isEmptied = await orElse(StorageError, clearEmpty, () => false)
    const starts = new Map(this.history.recent().map(({ id, start }) => [id, start]))
    const gone = former.filter(({ id, start, length }) => length > start && (starts.get(id) ?? 0) >= length)
    for (const before of gone) {
      const now = this.conversations.get(before.id)
      if (!now) continue
      const again = recleared(before, now)
      this.conversations.setCurrent(again)
      this.conversations.cleared(again)
    }
    if (gone.length > 0) await this.saver.retry()
    return former.every((before) => (before.length === before.start ? isEmptied : gone.includes(before)))
  }

  private write(conversations: readonly Conversation[]): Promise<void> {
    return this.history.write(conversations.map((conversation) => ({ conversation, isCleared: true })))
  }
}

/** The state after a failed clearing: as it was `before`, with the messages that have arrived since. */
function uncleared(before: Conversation, now: Conversation): Conversation {
  const { start, readTo, unread } = before
  return {
    ...now,
    start,
    preview: now.preview ?? before.preview,
    unread: unread + now.unread,
    readTo: unread > 0 ? readTo : now.readTo,
    pending: [...before.pending, ...now.pending],
    ...((before.actions ?? now.actions) && { actions: [...(before.actions ?? []), ...(now.actions ?? [])] }),
  }
}

/** The reverse of {@link uncleared}. */
function recleared(before: Conversation, now: Conversation): Conversation {
  const { length } = before
  const { actions = [], ...rest } = now
  const left = actions.filter(({ target }) => target >= length)
  return {
    ...rest,
    ...(left.length > 0 && { actions: left }),
    start: length,
    preview: now.length === length ? null : now.preview,
    unread: now.readTo < length ? Math.max(0, now.unread - before.unread) : now.unread,
    readTo: Math.max(now.readTo, length),
    pending: now.pending.filter((seq) => seq >= length),
  }
}
