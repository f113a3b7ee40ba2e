/** The user's own messages: saved before they are sent, sent by the outbox, sent again after a failure. */
import { addPending, removePending, send, updateStatus } from '@/src/chat/conversation/order'
import { conversationId, type Conversation, type ConversationId } from '@/src/chat/conversation/conversation'
import { isActionPlace } from '@/src/chat/delivery/actions'
import type { CommonFields, Profile } from '@/src/chat/message/common-fields'
import { RECEIPT_MAX_IDS, type DecodedEnvelope } from '@/src/chat/message/envelope'
import { Lazy } from '@/src/chat/util/lazy'
import { unlessErased, type Message } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { afterJoinError, afterReceipt, canCancel, raisedStatus, type OutboxDecision } from '@/src/chat/delivery/outbox-rules'
import type { RtmRefusal } from '@/src/chat/rtm-reason'
import { time } from '@/src/chat/time/time'
import type { MessageBody } from '@/src/kinds/registry'
import { newId } from '@/src/platform/ids'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'
import type { OpenThreads } from '../threads/open-threads'
import type { OutgoingAction } from './action-queue'
import { Outbox } from './outbox'
import { OwnActions } from './own-actions'
import { RateLimiter } from './rate-limiter'
import { ReadReceipts } from './read-receipts'
import { Refill } from './refill'
import { DeliveryReceipts } from './delivery-receipts'
import { failedMessages } from './failed-messages'
import { messageText } from './message-text'
import { needsUpload, OwnFiles } from './own-files'
import type { SendPorts } from './send-ports'

type Sent = Message | OutgoingAction

/** The sends of this device, under one rate limit. */
interface Sending {
  readonly outbox: Outbox<Sent>
  readonly receipts: DeliveryReceipts
  readonly reads: ReadReceipts
  readonly limiter: RateLimiter
}

export class OwnMessages {
  /** Created on first use: the first render needs no outbox, and there may be no client yet. */
  private readonly outgoing = new Lazy(() => this.makeOutgoing())
  /** The files of messages. */
  readonly files: OwnFiles
  /** Edits, recalls and reactions. */
  readonly actions: OwnActions
  private readonly refilling: Refill
  /** Resolves when the receipts received so far have been applied. */
  private raising = Promise.resolve(true)
  private isStopped = false

  constructor(
    private readonly ports: SendPorts,
    private readonly conversations: ConversationStore,
    private readonly threads: OpenThreads,
  ) {
    this.files = new OwnFiles({ send: ports, conversations, outbox: () => this.outbox })
    const read = async (id: ConversationId, seq: number) => (await conversations.log.newest(id, [seq]))[0]
    this.refilling = new Refill({ wire: ports.wire, outbox: () => this.outbox, read, conclude: (id, message, decision) => this.conclude(id, message, decision) }, conversations)
    const discard = (message: Message, isRecalled: boolean) => this.files.discard(message, isRecalled)
    this.actions = new OwnActions({ uid: ports.uid, wire: ports.wire, outbox: () => this.outbox, read, refill: (id) => this.refilling.fill(id), discard }, conversations)
  }

  get outbox(): Outbox<Sent> {
    return this.outgoing.get().outbox
  }

  /** Its receipts for messages that are saved. */
  get receipts(): DeliveryReceipts {
    return this.outgoing.get().receipts
  }

  /** Its receipts for messages that were read. */
  get reads(): ReadReceipts {
    return this.outgoing.get().reads
  }

  /** Takes a place in RTM's rate at once, if as many as `free` are free. */
  tryPace(free: number): boolean {
    return this.outgoing.get().limiter.tryAcquire(free)
  }

  /** A sign of the peer of a conversation: what waits for them goes again. */
  peerSeen(id: ConversationId): void {
    this.outbox.wake(id, 'peer')
    this.reads.wake(id)
  }

  /** A new session. */
  loggedIn(): void {
    this.files.wake()
    this.outbox.wakeAll('login')
    this.reads.wakeAll()
  }

  /** Number of messages that exist only on this device. Before the outbox is made: every pending message. */
  get unsent(): number {
    if (this.outgoing.made) return this.outgoing.made.outbox.unsent
    return [...this.conversations.all()].reduce((count, { pending, actions = [] }) => count + pending.length + actions.length, 0)
  }

  /** Saves a message, shows it and sends it when possible. Resolves when it is saved and shown. */
  async send(id: ConversationId, body: MessageBody, common?: CommonFields): Promise<void> {
    const by = this.by
    const message = this.conversations.nextMessage(id, { id: newId(), from: this.ports.uid, at: time.now(), body, ...(by && { by }), ...common, status: 'queued' })
    await this.conversations.commit(send(this.conversations.getOrNew(id), message, this.conversations.newest), [message])
    this.outbox.wake(id, 'written')
    this.outbox.add(id, message)
  }

  /** The profile that a message carries now. */
  get by(): Profile | undefined {
    return this.ports.wire === 'rich' ? this.ports.profile?.() : undefined
  }

  /** Sends a failed message again, with its id. A waiting one is tried now. */
  async retry(id: ConversationId, message: Message): Promise<void> {
    if (this.isWaiting(id, message)) return this.outbox.wake(id, 'asked', message.seq)
    const conversation = this.conversations.getOrNew(id)
    // The message was cleared.
    if (message.status !== 'failed' || message.seq < conversation.start) return
    const { failure: _failure, ...rest } = message
    const again: Message = { ...rest, status: 'queued' }
    await this.conversations.commit(addPending(updateStatus(conversation, again), again.seq), [again])
    this.outbox.add(id, again, true)
  }

  /** Sends every failed message of a conversation again, in the order of writing, except cancelled ones. Rejects with StorageError. */
  async retryAll(id: ConversationId): Promise<void> {
    const failed = await failedMessages(this.conversations, id)
    this.outbox.wake(id, 'asked')
    for (const message of failed) await this.retry(id, message)
  }

  /** Resolves to whether {@link retryAll} has a failed message to send again. False if storage cannot be read. */
  async hasFailed(id: ConversationId): Promise<boolean> {
    return orElse(StorageError, async () => (await failedMessages(this.conversations, id)).length > 0, () => false)
  }

  /** Cancels a waiting message: it stays in the log with its text, and can be sent again. Resolves to false when it is too late. */
  async cancel(id: ConversationId, message: Message): Promise<boolean> {
    const decision = this.outbox.cancel(id, message.seq)
    if (typeof decision === 'string') return decision === 'on-its-way'
    await this.conclude(id, message, decision)
    return true
  }

  /** Whether {@link cancel} can cancel a message. */
  canCancel(id: ConversationId, message: Message): boolean {
    return this.isWaiting(id, message) && canCancel(message, this.ports.capabilities)
  }

  /** Whether an own message is still to be sent, or to be received by its peer. */
  isWaiting(id: ConversationId, { seq }: Message): boolean {
    return this.conversations.get(id)?.pending.includes(seq) === true
  }

  /** A channel could not be joined. Its waiting messages fail, unless another try can change that. */
  async joinFailed(channel: string, refusal: RtmRefusal): Promise<void> {
    const id = conversationId('channel', channel)
    const attempt = { wire: this.ports.wire, tries: 1, random: Math.random, rejoining: this.ports.rejoining(id) }
    const decision = afterJoinError(refusal, attempt)
    if (decision.status !== 'failed') return
    for (const seq of this.conversations.get(id)?.pending ?? []) {
      const message = await this.threads.message(id, seq)
      this.outbox.remove(id, seq)
      if (message) await this.conclude(id, message, { ...decision, keep: false })
    }
    await this.actions.fail(id, decision.failure)
  }

  /** The peer has saved or read some of our messages. Only those of the conversation with this peer count. Resolves to whether the result is saved. */
  async acknowledged(id: ConversationId, receipt: Extract<DecodedEnvelope, { kind: 'receipt' }>): Promise<boolean> {
    const read = new Set(this.ports.marksRead() ? receipt.read : [])
    const ids = new Set([...receipt.read, ...receipt.delivered])
    await this.actions.acknowledged(id, ids)
    for (const seq of this.conversations.get(id)?.pending ?? []) {
      const message = await this.threads.message(id, seq)
      if (!message || !ids.delete(message.id)) continue
      this.outbox.remove(id, seq)
      await this.conclude(id, message, afterReceipt(message.status, read.has(message.id) ? 'read' : 'delivered'))
    }
    if (ids.size === 0) return true
    // One receipt after the other, so that none uses a status that another is changing. Messages that storage cannot read keep their status.
    const raise = () => orElse(StorageError, () => this.raise(id, [...ids].slice(0, RECEIPT_MAX_IDS), read), () => false)
    return (this.raising = this.raising.then(raise, raise))
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

  /** After a start: puts the unsent messages and actions into the outbox. */
  async refill({ id, pending, actions }: Conversation): Promise<void> {
    if (pending.length > 0 || actions) await this.refilling.fill(id, () => this.actions.refill(id))
  }

  /** Removes all messages of the conversation from the outbox. */
  clear(id: ConversationId): void {
    this.outgoing.made?.outbox.clear(id)
    this.actions.clear(id)
  }

  /** Stops sending. Resolves when attempts in progress have ended and are saved. */
  async stop(): Promise<void> {
    this.isStopped = true
    this.refilling.stop()
    this.actions.stop()
    this.files.stopAll()
    await stopOutgoing(this.outgoing.made)
  }

  private makeOutgoing(): Sending {
    const { ports } = this
    const limiter = new RateLimiter()
    const pace = () => limiter.acquire()
    const receipts = new DeliveryReceipts((peer, text) => ports.sendToPeer(peer, text, true), pace)
    const outbox = new Outbox<Sent>({
      wire: ports.wire,
      get capabilities() {
        return ports.capabilities
      },
      pace,
      sendToPeer: (peer, text, keep) => ports.sendToPeer(peer, text, keep),
      sendToChannel: (channel, text) => ports.sendToChannel(channel, text),
      ready: (id) => ports.ready(id),
      rejoining: (id) => ports.rejoining(id),
      watchPeer: (peer) => ports.watchPeer(peer),
      isPeerOnline: (peer) => ports.isPeerOnline(peer),
      uploads: {
        needs: (sent) => !('action' in sent) && needsUpload(sent),
        start: (id, sent) => void ('action' in sent || this.files.start(id, sent)),
        stop: (id, seq) => this.files.stop(id, seq),
      },
      text: (sent, again) => ('action' in sent ? sent.text : messageText(sent, ports.wire, again)),
      read: (id, seq) => (isActionPlace(seq) ? this.actions.read(id, seq) : this.threads.message(id, seq).then(unlessErased)),
      show: (id, sent) => ('action' in sent ? this.actions.show(id, sent) : this.threads.show(id, [sent])),
      gone: (id, seq) => (isActionPlace(seq) ? Promise.resolve() : this.refilling.drop(id, seq)),
      save: (id, sent, keep) => ('action' in sent ? this.actions.save(id, sent, keep) : this.save(id, sent, keep)),
    })
    const reads = new ReadReceipts(ports, this.conversations, pace)
    const outgoing = { outbox, receipts, reads, limiter }
    if (this.isStopped) void stopOutgoing(outgoing)
    return outgoing
  }

  private conclude(id: ConversationId, message: Message, { status, failure, keep }: Pick<OutboxDecision, 'status' | 'failure' | 'keep'>): Promise<void> {
    return this.save(id, { ...message, status, ...(failure && { failure }) }, keep)
  }

  /** Saves the status of an own message, and whether it stays in the outbox, then shows it. */
  private async save(id: ConversationId, message: Message, keep: boolean): Promise<void> {
    const conversation = this.conversations.get(id)
    // Deleted while the message was sent.
    if (!conversation) return
    const next = keep ? conversation : removePending(conversation, message.seq)
    if (message.seq >= conversation.start) return void (await this.conversations.commit(updateStatus(next, message), [message]))
    // Cleared while the message was sent: nothing of it is saved.
    if (next !== conversation) await this.conversations.commit(next)
  }
}

async function stopOutgoing(outgoing: Sending | undefined): Promise<void> {
  outgoing?.receipts.stop()
  outgoing?.reads.stop()
  await outgoing?.outbox.stop()
}
