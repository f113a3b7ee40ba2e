/** Puts the unsent messages of conversations into the outbox: after a start, and after a change of them that storage may have taken or not. */
import { removePending } from '@/src/chat/conversation/order'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { afterRestart, type OutboxDecision } from '@/src/chat/delivery/outbox-rules'
import type { Wire } from '@/src/chat/message/envelope'
import { unlessErased, type Message } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'
import type { OutgoingAction } from './action-queue'
import { Later } from './later'
import type { Outbox } from './outbox'

export interface RefillPorts {
  readonly wire: Wire
  outbox(): Pick<Outbox<Message | OutgoingAction>, 'add' | 'has' | 'pause' | 'resume'>
  /** A message as storage has it. Rejects with StorageError. */
  read(id: ConversationId, seq: number): Promise<Message | undefined>
  /** Saves the status of a message that stays out of the outbox. */
  conclude(id: ConversationId, message: Message, decision: OutboxDecision): Promise<void>
}

export class Refill {
  private readonly later = new Later((id) => this.fill(id))

  constructor(
    private readonly ports: RefillPorts,
    private readonly conversations: ConversationStore,
  ) {}

  /** Puts the pending messages that are not in the outbox into it, then runs `behind`. What storage cannot read now is tried again after a while. */
  async fill(id: ConversationId, behind?: () => Promise<void>): Promise<void> {
    // Nothing goes before all is in the outbox, so that the order is that of writing.
    this.ports.outbox().pause(id)
    try {
      await orElse(StorageError, () => this.fillMessages(id), () => this.later.schedule(id))
      await behind?.()
    } finally {
      this.ports.outbox().resume(id)
    }
  }

  /** A message need not be sent any more. */
  async drop(id: ConversationId, seq: number): Promise<void> {
    const conversation = this.conversations.get(id)
    // If the conversation was deleted, do not create it again.
    if (conversation?.pending.includes(seq)) await this.conversations.commit(removePending(conversation, seq))
  }

  stop(): void {
    this.later.stop()
  }

  private async fillMessages(id: ConversationId): Promise<void> {
    for (const seq of this.conversations.get(id)?.pending ?? []) {
      if (this.ports.outbox().has(id, seq)) continue
      const message = unlessErased(await this.ports.read(id, seq))
      const decision = message && afterRestart(message.status, this.ports.wire)
      // It was sent, cancelled or deleted during the read.
      if (!this.conversations.get(id)?.pending.includes(seq)) continue
      if (message && decision?.keep) this.ports.outbox().add(id, { ...message, status: decision.status }, decision.maybe)
      else if (message && decision) await this.ports.conclude(id, message, decision)
      else await this.drop(id, seq)
    }
  }
}
