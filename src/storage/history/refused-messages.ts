/**
 * Messages that could not be saved and were not saved again since. A later write to the same conversation without them is rejected too: otherwise
 * the index would count a message that no page has, and the order would break once it is sent again after a restart.
 */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { StorageError, type Entry, type StorageFailure } from '../port'

export class RefusedMessages {
  private readonly byConversation = new Map<ConversationId, Set<number>>()
  private failure: StorageFailure = 'failed'

  /** Throws StorageError if these entries, together, count a refused message without containing it. The failure is that of the last refusal. */
  check(entries: readonly Entry[]): void {
    if (this.byConversation.size === 0) return
    const open = new Map([...this.byConversation].map(([id, seqs]) => [id, new Set(seqs)] as const))
    for (const entry of entries) resolve(open, entry)
    const lengths = new Map(entries.map(({ conversation }) => [conversation.id, conversation.length]))
    for (const [id, seqs] of open) {
      const length = lengths.get(id) ?? 0
      for (const seq of seqs) if (seq < length) throw new StorageError(this.failure, `message ${seq} of ${id}, which comes before, is not saved`)
    }
  }

  /** Adds the messages of entries that the device did not save. `savedLength`: the length of a conversation's log without them. */
  add(entries: readonly Entry[], savedLength: (id: ConversationId) => number, { failure }: StorageError): void {
    this.failure = failure
    for (const { conversation, messages = [] } of entries) {
      // For a saved message only a newer state was refused, so the log lacks nothing.
      const missing = messages.filter(({ seq }) => seq >= savedLength(conversation.id))
      if (missing.length === 0) continue
      const seqs = this.byConversation.get(conversation.id) ?? new Set()
      for (const { seq } of missing) seqs.add(seq)
      this.byConversation.set(conversation.id, seqs)
    }
  }

  /** Called with entries that the device has saved. */
  saved(entries: readonly Entry[]): void {
    if (this.byConversation.size > 0) for (const entry of entries) resolve(this.byConversation, entry)
  }

  /** Drops the messages of a deleted conversation. */
  forget(id: ConversationId): void {
    this.byConversation.delete(id)
  }
}

/** Removes from `seqs` the messages that the entry contains, and those before the start of its conversation. */
function resolve(seqs: Map<ConversationId, Set<number>>, { conversation, messages = [] }: Entry): void {
  const open = seqs.get(conversation.id)
  if (!open) return
  for (const { seq } of messages) open.delete(seq)
  for (const seq of open) if (seq < conversation.start) open.delete(seq)
  if (open.size === 0) seqs.delete(conversation.id)
}
