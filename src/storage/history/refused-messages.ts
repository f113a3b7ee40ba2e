/**
 * What the device has refused and nobody has given again. A conversation that counts one of these messages was made after it,
 * and written without it would count what no page holds: the message would look damaged, and what follows it would be
 * acknowledged before it, and stand before it once it is sent again after a restart. So what follows is refused as well.
 */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { StorageError, type Entry, type StorageFailure } from '../port'

export class RefusedMessages {
  private readonly byConversation = new Map<ConversationId, Set<number>>()
  private failure: StorageFailure = 'failed'

  /** Throws the StorageError of what was refused before, where these entries, together, count a message of it without giving it. */
  check(entries: readonly Entry[]): void {
    if (this.byConversation.size === 0) return
    const open = new Map([...this.byConversation].map(([id, seqs]) => [id, new Set(seqs)] as const))
    for (const entry of entries) settle(open, entry)
    const lengths = new Map(entries.map(({ conversation }) => [conversation.id, conversation.length]))
    for (const [id, seqs] of open) {
      const length = lengths.get(id) ?? 0
      for (const seq of seqs) if (seq < length) throw new StorageError(this.failure, `message ${seq} of ${id}, which comes before, is not kept`)
    }
  }

  /** The device has refused these entries. `keptLength`: how long the log of a conversation is without them. */
  add(entries: readonly Entry[], keptLength: (id: ConversationId) => number, { failure }: StorageError): void {
    this.failure = failure
    for (const { conversation, messages = [] } of entries) {
      // Of a message that is there only a newer state is refused: nothing is missing without it.
      const missing = messages.filter(({ seq }) => seq >= keptLength(conversation.id))
      if (missing.length === 0) continue
      const seqs = this.byConversation.get(conversation.id) ?? new Set()
      for (const { seq } of missing) seqs.add(seq)
      this.byConversation.set(conversation.id, seqs)
    }
  }

  /** The device has taken these entries. */
  kept(entries: readonly Entry[]): void {
    if (this.byConversation.size > 0) for (const entry of entries) settle(this.byConversation, entry)
  }

  /** The conversation is gone. */
  forget(id: ConversationId): void {
    this.byConversation.delete(id)
  }
}

/** Takes out of `seqs` what the entry gives, and what its conversation has let go. */
function settle(seqs: Map<ConversationId, Set<number>>, { conversation, messages = [] }: Entry): void {
  const open = seqs.get(conversation.id)
  if (!open) return
  for (const { seq } of messages) open.delete(seq)
  for (const seq of open) if (seq < conversation.start) open.delete(seq)
  if (open.size === 0) seqs.delete(conversation.id)
}
