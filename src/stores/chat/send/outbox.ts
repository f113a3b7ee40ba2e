/**
 * Sends waiting messages and actions, each conversation in the order of writing and one at a time. Performs the decisions of
 * chat/delivery/outbox-rules.
 */
import { clock } from '@/src/chat/time/clock'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import {
  afterChannelResult,
  afterError,
  afterPeerResult,
  beforeSending,
  canCancel,
  cancelled,
  decided,
  nextStep,
  outboxItem,
  uploadingItem,
  afterWake,
  type OutboxDecision,
  type OutboxItem,
  type WakeReason,
} from '@/src/chat/delivery/outbox-rules'
import { utf8Length } from '@/src/chat/rtm-limits'
import { time } from '@/src/chat/time/time'
import { orElse } from '@/src/chat/util/or-else'
import { getOrSet } from '@/src/chat/util/get-or-set'
import { isRtmError } from '@/src/rtm/errors'
import { StorageError } from '@/src/storage/port'
import type { OutboxPorts, Outgoing } from './outbox-ports'
import { cancelTimers, emptyQueue, type Queue } from './outbox-queue'

/** If a message cannot be read from storage, it is read again after this time, ms. */
const READ_AGAIN_MS = 5_000
/** A phone that sleeps stops its timers, and a wrong clock leads to very long ones. So waits are checked this often, ms. */
const LOOK_AGAIN_MS = 3_600_000
/** A message that an online peer did not save is tried again after this time, ms. */
const ONLINE_RETRY_MS = 10_000

export class Outbox<Sent extends Outgoing = Message> {
  private readonly queues = new Map<ConversationId, Queue>()
  private readonly running = new Set<Promise<void>>()
  private stopped = false

  constructor(private readonly ports: OutboxPorts<Sent>) {}

  /**
   * Adds a message, new or from the log, and sends it when possible. A message that can never be sent fails at once. `maybe`: it may have been sent before.
   */
  add(id: ConversationId, message: Sent, maybe = false): void {
    if (this.ports.uploads?.needs(message)) {
      this.insert(id, uploadingItem(message, clock.now()))
      return this.ports.uploads.start(id, message)
    }
    const text = this.ports.text(message, true)
    const refusal = beforeSending(text === undefined ? undefined : utf8Length(text))
    if (refusal) return this.track(this.saveDecision(id, message, refusal))
    const isStored = maybe && conversationKind(id) === 'peer' && message.status === 'sent' && this.ports.capabilities.offlineMessages
    const item = outboxItem(message, maybe, isStored)
    if (isStored) this.ports.watchPeer(conversationTarget(id))
    this.insert(id, item)
  }

  has(id: ConversationId, seq: number): boolean {
    return this.queues.get(id)?.items.some((item) => item.seq === seq) === true
  }

  /** Removes a message, because its conversation is deleted or a receipt arrived. */
  remove(id: ConversationId, seq: number): void {
    const queue = this.queues.get(id)
    if (queue) queue.items = queue.items.filter((item) => item.seq !== seq)
    this.ports.uploads?.stop(id, seq)
  }

  /**
   * The user cancels a message. Returns the result. `on-its-way`: it is saved once the attempt's result is known. `too-late`: the service has it and will
   * deliver it, or it is not in the outbox any more.
   */
  cancel(id: ConversationId, seq: number): OutboxDecision | 'on-its-way' | 'too-late' {
    const queue = this.queues.get(id)
    const item = queue?.items.find((other) => other.seq === seq)
    if (!queue || !item || !canCancel(item, this.ports.capabilities)) return 'too-late'
    if (queue.sending === seq) {
      queue.isCancelled = true
      return 'on-its-way'
    }
    this.remove(id, seq)
    this.drain(id)
    return cancelled(item)
  }

  /**
   * Takes a message out that has certainly not gone, and pauses the conversation until {@link resume}, so that the message can be changed. Returns false if
   * it may have gone.
   */
  takeOut(id: ConversationId, seq: number): boolean {
    const queue = this.queues.get(id)
    const item = queue?.items.find((other) => other.seq === seq)
    if (!queue || !item || item.maybe || queue.sending === seq || !canCancel(item, this.ports.capabilities)) return false
    this.remove(id, seq)
    this.pause(id)
    return true
  }

  /** Begins no further attempt in a conversation until {@link resume} was called as often. */
  pause(id: ConversationId): void {
    this.queue(id).pauses++
  }

  resume(id: ConversationId): void {
    const queue = this.queue(id)
    queue.pauses = Math.max(0, queue.pauses - 1)
    this.drain(id)
  }

  /** The number of waiting messages that exist only on this device. */
  get unsent(): number {
    let count = 0
    for (const { items } of this.queues.values()) count += items.filter((item) => canCancel(item, this.ports.capabilities)).length
    return count
  }

  /** An event for which messages of this conversation may wait. `seq`: the message of a manual retry, or of an upload. */
  wake(id: ConversationId, reason: WakeReason, seq?: number): void {
    const queue = this.queues.get(id)
    if (!queue) return
    const now = clock.now()
    queue.items = queue.items.map((item) => afterWake(item, reason, now, item.seq === seq))
    this.drain(id)
  }

  /** A new session: every message may be tried again. */
  wakeAll(reason: WakeReason): void {
    for (const id of this.queues.keys()) this.wake(id, reason)
  }

  clear(id: ConversationId): void {
    const queue = this.queues.get(id)
    if (queue) cancelTimers(queue)
    for (const { seq } of queue?.items ?? []) this.ports.uploads?.stop(id, seq)
    this.queues.delete(id)
  }

  /** Stops sending. Resolves when attempts in progress have ended and are saved. */
  async stop(): Promise<void> {
    this.stopped = true
    for (const queue of this.queues.values()) cancelTimers(queue)
    await Promise.all(this.running)
  }

  private insert(id: ConversationId, item: OutboxItem): void {
    const queue = this.queue(id)
    queue.items = [...queue.items.filter(({ seq }) => seq !== item.seq), item].sort((a, b) => a.seq - b.seq)
    this.drain(id)
  }

  private queue(id: ConversationId): Queue {
    return getOrSet(this.queues, id, emptyQueue)
  }

  private drain(id: ConversationId): void {
    const queue = this.queue(id)
    if (queue.draining) return
    this.track(this.run(id, queue))
  }

  private track(work: Promise<void>): void {
    const run: Promise<void> = work.finally(() => this.running.delete(run))
    this.running.add(run)
  }

  private async run(id: ConversationId, queue: Queue): Promise<void> {
    queue.draining = true
    queue.cancelLook?.()
    try {
      while (!this.stopped && queue.pauses === 0 && this.queues.get(id) === queue) {
        const step = nextStep(queue.items, clock.now(), time.now())
        if (step.do === 'wait') {
          if (step.ms !== undefined) queue.cancelLook = clock.after(Math.min(step.ms, LOOK_AGAIN_MS), () => this.drain(id))
          return
        }
        if (step.do === 'send' && !this.ports.ready(id)) return
        const item = queue.items.find(({ seq }) => seq === step.seq)
        const message = await this.read(id, step.seq)
        if (message === 'later') {
          queue.cancelLook = clock.after(READ_AGAIN_MS, () => this.drain(id))
          return
        }
        // Paused, or the message changed or left, during the read.
        if (!item || queue.pauses > 0 || !queue.items.includes(item) || this.queues.get(id) !== queue) continue
        if (!message) {
          this.remove(id, step.seq)
          await this.ports.gone(id, step.seq)
          continue
        }
        queue.sending = step.seq
        queue.isCancelled = false
        const decision = step.do === 'expire' ? step.decision : await this.transmit(id, message, item)
        const outcome = queue.isCancelled ? cancelled(item, decision) : decision
        if (!outcome) return
        queue.sending = undefined
        await this.conclude(id, queue, item, message, outcome)
      }
    } finally {
      // Inside the function, so that nothing can be added between the last check of the queue and this.
      queue.draining = false
      queue.sending = undefined
    }
  }

  private read(id: ConversationId, seq: number): Promise<Sent | undefined | 'later'> {
    return orElse(StorageError, () => this.ports.read(id, seq), () => 'later' as const)
  }

  private async conclude(id: ConversationId, queue: Queue, item: OutboxItem, message: Sent, decision: OutboxDecision): Promise<void> {
    const next = decided(item, decision, clock.now())
    const isStill = queue.items.some(({ seq }) => seq === item.seq)
    queue.items = queue.items.flatMap((other) => (other.seq !== item.seq ? [other] : next ? [next] : []))
    if (!isStill) return
    await this.saveDecision(id, message, decision)
  }

  private saveDecision(id: ConversationId, message: Sent, { status, failure, keep }: OutboxDecision): Promise<void> {
    return this.ports.save(id, { ...message, status, ...(failure ? { failure } : {}) }, keep)
  }

  /** In plain mode a second copy would be a second message. So the status `sending` is saved first. */
  private async begins(id: ConversationId, sending: Sent): Promise<void> {
    if (this.ports.wire === 'plain') await this.ports.save(id, sending, true)
    else this.ports.show(id, sending)
  }

  /** Undefined if the outbox was stopped before the message was sent. */
  private async transmit(id: ConversationId, message: Sent, item: OutboxItem): Promise<OutboxDecision | undefined> {
    const { wire, capabilities } = this.ports
    await this.ports.pace()
    if (this.stopped) return undefined
    if (message.status === 'queued') await this.begins(id, { ...message, status: 'sending' })
    const text = this.ports.text(message, item.maybe)
    if (text === undefined) return beforeSending(undefined)
    const tries = item.tries + 1
    const isPeer = conversationKind(id) === 'peer'
    const target = conversationTarget(id)
    try {
      if (!isPeer) {
        await this.ports.sendToChannel(target, text)
        return afterChannelResult()
      }
      const { hasPeerReceived } = await this.ports.sendToPeer(target, text, !item.isStoreRequested)
      if (!hasPeerReceived) this.waitForPeer(id, target)
      return afterPeerResult(hasPeerReceived, { wire, tries }, capabilities)
    } catch (error) {
      if (!isRtmError(error)) throw error
      return afterError(error, { wire, tries, random: Math.random, rejoining: this.ports.rejoining(id), stored: item.stored })
    }
  }

  /** An online peer whose device cannot save a message gives no further sign of life: the message is tried again after a while. */
  private waitForPeer(id: ConversationId, peer: string): void {
    this.ports.watchPeer(peer)
    const queue = this.queue(id)
    queue.cancelOnlineRetry?.()
    queue.cancelOnlineRetry = clock.after(ONLINE_RETRY_MS, () => {
      if (this.ports.isPeerOnline(peer)) this.wake(id, 'peer')
    })
  }
}
