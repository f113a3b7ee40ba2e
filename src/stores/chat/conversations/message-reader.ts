/** Reads the messages of a user: what storage has, and over it what is not saved yet. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { keepingChanges, type Message, type MessageRef } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError, type History } from '@/src/storage/port'
import type { UnsavedMessages } from './unsaved-messages'

export class MessageReader {
  constructor(
    private readonly history: Pick<History, 'messages' | 'find' | 'isUnknown'>,
    private readonly unsaved: UnsavedMessages,
  ) {}

  /** The messages `from <= seq < to`, in order. Rejects with StorageError. */
  async messages(id: ConversationId, from: number, to: number): Promise<Message[]> {
    const stored = await this.history.messages(id, from, to)
    const unsaved = this.unsaved.between(id, from, to)
    if (unsaved.length === 0) return stored
    const bySeq = new Map(stored.map((message) => [message.seq, message]))
    for (const message of unsaved) bySeq.set(message.seq, keepingChanges(message, bySeq.get(message.seq)))
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
  }

  /** The seqs of messages by author and id, see {@link History.find}. Rejects with StorageError. */
  async find(id: ConversationId, refs: readonly MessageRef[]): Promise<(number | undefined)[]> {
    const stored = await this.history.find(id, refs)
    return refs.map((ref, i) => stored[i] ?? this.unsaved.find(id, ref)?.seq)
  }

  /** The seq of a message. Undefined if it is not in the log, or storage cannot be read. */
  async seqOf(id: ConversationId, ref: MessageRef): Promise<number | undefined> {
    const [seq] = await orElse(StorageError, () => this.find(id, [ref]), () => [])
    return seq
  }

  /** Whether no message has this author and id, as far as is known without a read, see {@link History.isUnknown}. */
  isUnknown(id: ConversationId, ref: MessageRef): boolean {
    return this.history.isUnknown(id, ref) && this.unsaved.find(id, ref) === undefined
  }

  /** The messages with these seqs in their newest state, also while that is being written. Rejects with StorageError. */
  async newest(id: ConversationId, seqs: readonly number[]): Promise<Message[]> {
    const found: Message[] = []
    for (const seq of seqs) {
      const [stored] = await this.history.messages(id, seq, seq + 1)
      const unsaved = this.unsaved.newest(id, seq)
      const message = unsaved ? keepingChanges(unsaved, stored) : stored
      if (message) found.push(message)
    }
    return found
  }
}
