/**
 * Acknowledges a peer's messages that are saved here. Needed if the service acknowledges before the message is on the device. They are gathered, so
 * that a burst of messages costs one receipt.
 */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { encode, RECEIPT_MAX_IDS } from '@/src/chat/message/envelope'
import { orElse } from '@/src/chat/util/or-else'
import { newId } from '@/src/platform/ids'
import { RtmError } from '@/src/rtm/errors'

/** How long receipts are gathered before they are sent, ms. */
const GATHER_MS = 1_000

/** The receipts that say `delivered`; those that say `read` are in read-receipts.ts. */
export class DeliveryReceipts {
  private readonly due = new Map<ConversationId, Set<string>>()
  private cancelFlush: Cancel | undefined
  private isSending = false

  constructor(
    private readonly sendToPeer: (peer: string, text: string) => Promise<unknown>,
    private readonly pace: () => Promise<void>,
  ) {}

  /** The message `id` of a peer is saved on this device. */
  add(conversation: ConversationId, id: string): void {
    const ids = this.due.get(conversation) ?? new Set()
    this.due.set(conversation, ids.add(id))
    this.flushLater()
  }

  stop(): void {
    this.cancelFlush?.()
    this.due.clear()
  }

  /** Receipts that are added while others wait for RTM's rate are gathered for that time. */
  private flushLater(): void {
    if (!this.isSending && this.due.size > 0) this.cancelFlush ??= clock.after(GATHER_MS, () => void this.flush())
  }

  private async flush(): Promise<void> {
    this.cancelFlush = undefined
    this.isSending = true
    try {
      await this.sendDue()
    } finally {
      this.isSending = false
      this.flushLater()
    }
  }

  private async sendDue(): Promise<void> {
    const due = [...this.due]
    this.due.clear()
    for (const [conversation, ids] of due) {
      const all = [...ids]
      for (let from = 0; from < all.length; from += RECEIPT_MAX_IDS) {
        await this.send(conversation, all.slice(from, from + RECEIPT_MAX_IDS))
      }
    }
  }

  private async send(conversation: ConversationId, ids: readonly string[]): Promise<void> {
    await this.pace()
    const text = encode({ kind: 'receipt', id: newId(), delivered: ids }, 'rich')
    // A lost receipt is repeated on request: the sender repeats the message, and the copy is acknowledged like the first.
    await orElse(RtmError, () => this.sendToPeer(conversationTarget(conversation), text), () => undefined)
  }
}
