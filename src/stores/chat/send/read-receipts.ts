/**
 * Tells peers which of their messages the user has read. What a peer has not acknowledged stays with the conversation, and goes again at the next sign of the
 * peer, at the next login, or with what is read next. The service never keeps it for a peer who is away.
 */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { conversationTarget, type Conversation, type ConversationId } from '@/src/chat/conversation/conversation'
import { isMarkable, markedRange, marksTold, withReadMarks, withoutReadMarks } from '@/src/chat/delivery/read-marks'
import { encode, RECEIPT_MAX_IDS } from '@/src/chat/message/envelope'
import type { Message } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { newId } from '@/src/platform/ids'
import { RtmError } from '@/src/rtm/errors'
import type { PeerMessageSendResult } from '@/src/rtm/port'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'

/** How long marks are gathered before they are sent, ms. */
const GATHER_MS = 1_000
/** A peer who is online and did not save a receipt gets it again after this time, ms. */
const ONLINE_RETRY_MS = 10_000

export interface ReadReceiptsPorts {
  /** Whether this device sends marks: by the setting, and in rich mode. */
  marksRead(): boolean
  /** Whether messages can be sent now. */
  ready(id: ConversationId): boolean
  /** Resolves when one more send is within RTM's rate. */
  pace(): Promise<void>
  sendToPeer(peer: string, text: string): Promise<PeerMessageSendResult>
  /** Subscribes to when the peer is online. */
  watchPeer(peer: string): void
  isPeerOnline(peer: string): boolean
}

export class ReadReceipts {
  private readonly due = new Set<ConversationId>()
  /** Those whose peer is online and has not saved a receipt. */
  private readonly failed = new Set<ConversationId>()
  private cancelFlush: Cancel | undefined
  private cancelRetry: Cancel | undefined
  private isSending = false
  private isStopped = false

  constructor(
    private readonly ports: ReadReceiptsPorts,
    private readonly conversations: Pick<ConversationStore, 'get' | 'all' | 'messages' | 'commit'>,
  ) {}

  /** `after`, in which more is read than in `before`, with what the peer is to learn of that. Once it is saved, {@link wake} sends it. */
  marked(before: Conversation, after: Conversation): Conversation {
    return this.ports.marksRead() ? withReadMarks(before, after) : after
  }

  /** The user has read more, or there is a sign of the peer. */
  wake(id: ConversationId): void {
    if (this.conversations.get(id)?.markFrom === undefined) return
    this.due.add(id)
    this.flushLater()
  }

  /** A new session. */
  wakeAll(): void {
    for (const { id } of this.conversations.all()) this.wake(id)
  }

  /** Peers are not to learn any more what was read until now. */
  forget(): void {
    for (const conversation of this.conversations.all()) void this.save(withoutReadMarks(conversation))
  }

  stop(): void {
    this.isStopped = true
    this.cancelFlush?.()
    this.cancelRetry?.()
  }

  private flushLater(): void {
    if (!this.isSending && !this.isStopped && this.due.size > 0) this.cancelFlush ??= clock.after(GATHER_MS, () => void this.flush())
  }

  private async flush(): Promise<void> {
    this.cancelFlush = undefined
    this.isSending = true
    const due = [...this.due]
    this.due.clear()
    try {
      for (const id of due) if (!this.isStopped && !(await this.send(id)) && this.ports.isPeerOnline(conversationTarget(id))) this.retryLater(id)
    } finally {
      this.isSending = false
      this.flushLater()
    }
  }

  private retryLater(id: ConversationId): void {
    this.failed.add(id)
    if (this.isStopped) return
    this.cancelRetry ??= clock.after(ONLINE_RETRY_MS, () => {
      this.cancelRetry = undefined
      const failed = [...this.failed]
      this.failed.clear()
      for (const each of failed) this.wake(each)
    })
  }

  /** Resolves to false if the peer has not got all marks. */
  private async send(id: ConversationId): Promise<boolean> {
    const conversation = this.conversations.get(id)
    if (!conversation || conversation.markFrom === undefined || !this.ports.ready(id)) return true
    const range = markedRange(conversation)
    if (!range || !this.ports.marksRead()) return this.save(withoutReadMarks(conversation))
    const read = () => this.conversations.messages(id, range.from, range.to)
    const messages = await orElse(StorageError, read, () => undefined)
    if (!messages) return false
    const marked = messages.filter((message) => isMarkable(conversation, message))
    for (let from = 0; from < marked.length; from += RECEIPT_MAX_IDS) {
      const part = marked.slice(from, from + RECEIPT_MAX_IDS)
      if (!(await this.tell(id, part))) return false
      const next = marked[from + RECEIPT_MAX_IDS]
      await this.told(id, conversation, next?.seq ?? range.to)
    }
    return marked.length > 0 || this.told(id, conversation, range.to)
  }

  private async tell(id: ConversationId, messages: readonly Message[]): Promise<boolean> {
    await this.ports.pace()
    if (this.isStopped || !this.ports.marksRead()) return false
    const peer = conversationTarget(id)
    const text = encode({ kind: 'receipt', id: newId(), read: messages.map((message) => message.id) }, 'rich')
    const result = await orElse(RtmError, () => this.ports.sendToPeer(peer, text), () => undefined)
    if (result?.hasPeerReceived === true) return true
    this.ports.watchPeer(peer)
    return false
  }

  /** `before`: as it was read. The conversation may have been deleted since, and begun again. */
  private async told(id: ConversationId, before: Conversation, to: number): Promise<boolean> {
    const now = this.conversations.get(id)
    return now === undefined || now.length < before.length || this.save(marksTold(now, to))
  }

  private async save(conversation: Conversation): Promise<boolean> {
    if (conversation !== this.conversations.get(conversation.id)) await this.conversations.commit(conversation)
    return true
  }
}
