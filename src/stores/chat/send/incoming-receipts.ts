/** Receipts of peers: they raise the status of own messages. */
import { updateStatus } from '@/src/chat/conversation/order'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { afterReceipt, raisedStatus } from '@/src/chat/delivery/outbox-rules'
import { RECEIPT_MAX_IDS } from '@/src/chat/message/envelope'
import type { Message, MessageStatus } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'

export interface IncomingReceiptsPorts {
  readonly uid: string
  /** The peer has received these envelopes, which may be of own actions. */
  acknowledged(id: ConversationId, ids: ReadonlySet<string>): Promise<void>
  /** A message from the screen or the log. Rejects with StorageError. */
  message(id: ConversationId, seq: number): Promise<Message | undefined>
  /** A message of the outbox has arrived: it leaves the outbox with this status. */
  arrived(id: ConversationId, message: Message, status: MessageStatus): Promise<void>
}

export class IncomingReceipts {
  /** Resolves when the receipts received so far have been applied. */
  private raising: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly ports: IncomingReceiptsPorts,
    private readonly conversations: ConversationStore,
  ) {}

  /** The peer has these messages, and has read some of them. Only those of the conversation with this peer count. Resolves to whether the result is saved. */
  async acknowledged(id: ConversationId, delivered: readonly string[], readIds: readonly string[]): Promise<boolean> {
    const read = new Set(readIds)
    const ids = new Set(delivered)
    await this.ports.acknowledged(id, ids)
    for (const seq of this.conversations.get(id)?.pending ?? []) {
      const message = await this.ports.message(id, seq)
      if (!message || !ids.has(message.id)) continue
      ids.delete(message.id)
      await this.ports.arrived(id, message, afterReceipt(message.status, read.has(message.id) ? 'read' : 'delivered').status)
    }
    if (ids.size === 0) return true
    // One receipt after the other, so that none uses a status that another is changing. Messages that storage cannot read keep their status.
    const raise = () => orElse(StorageError, () => this.raise(id, [...ids].slice(0, RECEIPT_MAX_IDS), read), () => false)
    const raised = this.raising.then(raise, raise)
    this.raising = raised
    return raised
  }

  /** Raises the status of own messages that are not pending any more. IDs that are unknown or not ours are ignored. */
  private async raise(id: ConversationId, ids: readonly string[], read: ReadonlySet<string>): Promise<boolean> {
    const { log } = this.conversations
    const refs = ids.map((messageId) => ({ from: this.ports.uid, id: messageId })).filter((ref) => !log.isUnknown(id, ref))
    if (refs.length === 0) return true
    const seqs = await log.find(id, refs)
    const messages = await log.newest(id, seqs.filter((seq) => seq !== undefined))
    // The conversation may have been deleted, or cleared, while the messages were read.
    const conversation = this.conversations.get(id)
    const raised = messages.flatMap((message): Message[] => {
      const status = raisedStatus(message.status, read.has(message.id) ? 'read' : 'delivered')
      return status && conversation && message.seq >= conversation.start && !conversation.pending.includes(message.seq) ? [{ ...message, status }] : []
    })
    return !conversation || raised.length === 0 || this.conversations.commit(raised.reduce(updateStatus, conversation), raised)
  }
}
