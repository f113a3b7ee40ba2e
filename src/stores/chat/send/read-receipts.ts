/**
 * Tells peers which of their messages the user has read. What a peer has not acknowledged stays with the conversation, and goes again at the next sign of the
 * peer, at the next login, or with what is read next. The service never keeps it for a peer who is away.
 */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { conversationTarget, type Conversation, type ConversationId } from '@/src/chat/conversation/conversation'
import { firstMarked, isMarkable, marksTold, withReadMarks } from '@/src/chat/delivery/read-marks'
import { encode, RECEIPT_MAX_IDS } from '@/src/chat/message/envelope'
import type { Message } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { newId } from '@/src/platform/ids'
import { RtmError } from '@/src/rtm/errors'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'
import type { SendPorts } from './send-ports'

/** How long marks are gathered before they are sent, ms. */
const GATHER_MS = 1_000

export class ReadReceipts {
  private readonly due = new Set<ConversationId>()
  private cancelFlush: Cancel | undefined
  private isStopped = false

  constructor(
    private readonly ports: SendPorts,
    private readonly conversations: ConversationStore,
    private readonly pace: () => Promise<void>,
  ) {}

  /** The setting. Plain mode has no receipts. */
  private get isOn(): boolean {
    return this.ports.wire === 'rich' && this.ports.marksRead()
  }

  /** `after`, in which more is read than in `before`, with what the peer is to learn of that. Once it is saved, {@link wake} sends it. */
  marked(before: Conversation, after: Conversation): Conversation {
    return this.isOn ? withReadMarks(before, after) : after
  }

  /** The user has read more, or there is a sign of the peer. */
  wake(id: ConversationId): void {
    if (this.conversations.get(id)?.markFrom === undefined || this.isStopped) return
    this.due.add(id)
    this.cancelFlush ??= clock.after(GATHER_MS, () => void this.flush())
  }

  /** A new session. */
  wakeAll(): void {
    for (const { id } of this.conversations.all()) this.wake(id)
  }

  /** Peers are not to learn any more what was read until now. */
  forget(): void {
    for (const conversation of this.conversations.all()) void this.save(conversation, conversation.readTo)
  }

  stop(): void {
    this.isStopped = true
    this.cancelFlush?.()
  }

  /** One conversation after the other. Those that are woken by then come next, without a further wait. */
  private async flush(): Promise<void> {
    for (const id of this.due) {
      this.due.delete(id)
      await orElse(StorageError, () => this.send(id), () => undefined)
    }
    this.cancelFlush = undefined
  }

  private async send(id: ConversationId): Promise<void> {
    const conversation = this.conversations.get(id)
    if (conversation?.markFrom === undefined || !this.ports.ready(id)) return
    const marked = await this.conversations.messages(id, firstMarked(conversation), conversation.readTo)
    // Those that are still being written are not among them. They come with the next call.
    const to = 1 + (marked[marked.length - 1]?.seq ?? conversation.start - 1)
    const named = marked.filter((message) => isMarkable(conversation, message))
    for (let from = 0; from <= named.length; from += RECEIPT_MAX_IDS) {
      const next = named[from + RECEIPT_MAX_IDS]
      if (!(await this.tell(id, named.slice(from, from + RECEIPT_MAX_IDS)))) return
      await this.save(this.conversations.get(id), next?.seq ?? to)
    }
    // More may have been read since.
    if (this.conversations.get(id)?.markFrom !== conversation.markFrom) this.wake(id)
  }

  /** Resolves to whether the peer has saved it. */
  private async tell(id: ConversationId, messages: readonly Message[]): Promise<boolean> {
    if (messages.length === 0) return true
    await this.pace()
    const peer = conversationTarget(id)
    if (!this.isOn) return false
    const text = encode({ kind: 'receipt', id: newId(), read: messages.map((message) => message.id) }, 'rich')
    const result = await orElse(RtmError, () => this.ports.sendToPeer(peer, text, false), () => undefined)
    if (!result?.hasPeerReceived) this.ports.watchPeer(peer)
    return result?.hasPeerReceived === true && !this.isStopped
  }

  /** The peer has nothing more to learn of what was read before the seq `to`. */
  private async save(conversation: Conversation | undefined, to: number): Promise<void> {
    const told = conversation && marksTold(conversation, to)
    if (told && told !== conversation) await this.conversations.commit(told)
  }
}
