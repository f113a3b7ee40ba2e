/** The conversations of one user: each has a current state, and a displayed one that follows once the current one is on the device. */
import { shallowRef, type ShallowRef } from 'vue'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { HistoryLimits } from '@/src/chat/conversation/history-limits'
import { createConversation, inOrder } from '@/src/chat/conversation/order'
import { withPreviewSeq, withRecalledPreview } from '@/src/chat/conversation/preview'
import { isSameMessage, type Message, type MessageRef } from '@/src/chat/message/message'
import { once } from '@/src/chat/util/once'
import { orElse } from '@/src/chat/util/or-else'
import { time } from '@/src/chat/time/time'
import { StorageError, type Amendment, type Entry, type History, type StorageFailure, type StorageUsage } from '@/src/storage/port'
import { People } from '../people'
import { Clearing, type ClearingPorts } from './clearing'
import { DisplayedConversations } from './displayed'
import { Drafts } from './drafts'
import { MessageReader } from './message-reader'
import { Retention } from './retention'
import { SaveRetry } from './save-retry'
import { UnsavedMessages } from './unsaved-messages'
import { UnsavedWrites } from './unsaved-writes'

/** Called with new and changed messages that the screen must show. */
export type ShowMessages = (id: ConversationId, messages: readonly Message[]) => void
/** Called when the messages before `start` are deleted. */
export type ShowStart = (id: ConversationId, start: number) => void

export class ConversationStore {
  /** The data on the device that cannot be read, if the user does not know of it yet. */
  readonly isDamaged: ShallowRef<boolean> = shallowRef(false)
  /** Whether all conversations are loaded. Until then only the latest ones are, and a missing one must not be created. */
  readonly isComplete: ShallowRef<boolean> = shallowRef(false)
  /** The texts in the composers. */
  readonly drafts: Drafts
  /** Reads messages, saved or not. */
  readonly log: MessageReader

  private readonly current = new Map<ConversationId, Conversation>()
  private readonly displayed = new DisplayedConversations()
  /** The greatest `at` of all conversations, including deleted ones. */
  private newestAt = -Infinity
  private readonly unsaved = new UnsavedMessages()
  private readonly saver: SaveRetry
  private readonly unsavedWrites: UnsavedWrites
  private readonly clearing: Clearing
  private readonly retention: Retention

  constructor(
    private readonly history: History,
    private readonly showMessages: ShowMessages,
    limits?: HistoryLimits,
    private readonly showStart: ShowStart = () => undefined,
    /** The authors of the messages. */
    readonly people: People = new People(),
  ) {
    this.log = new MessageReader(history, this.unsaved)
    this.drafts = new Drafts(history, this, () => this.saver)
    this.saver = new SaveRetry({ isEmpty: () => this.unsaved.isEmpty && this.drafts.areSaved, retry: () => this.unsavedWrites.retryAll() })
    this.unsavedWrites = new UnsavedWrites(this.unsaved, this.drafts, {
      get: (id) => this.current.get(id),
      commit: (conversation) => this.commit(conversation),
      write: (entries) => this.write(entries),
      isFull: () => this.problem.value === 'full',
    })
    const clearing: ClearingPorts = {
      get: (id) => this.current.get(id),
      setCurrent: (conversation) => void this.current.set(conversation.id, conversation),
      show: (conversation) => this.displayed.show(conversation),
      cleared: (conversation) => this.showCleared(conversation),
    }
    this.clearing = new Clearing(history, clearing, this.unsaved, this.saver)
    this.retention = new Retention(this, limits)
  }

  /** Conversation ids, newest first. */
  get order(): Readonly<ShallowRef<readonly ConversationId[]>> {
    return this.displayed.order
  }

  /** Unread messages of all conversations except muted ones. */
  get unread(): Readonly<ShallowRef<number>> {
    return this.displayed.unread
  }

  /** Why something displayed is not saved, or null. */
  get problem(): ShallowRef<StorageFailure | null> {
    return this.saver.problem
  }

  /** Nothing is saved while this is open, see {@link Damage.closed}. */
  get isClosed(): Readonly<ShallowRef<boolean>> {
    return this.saver.isClosed
  }

  /** Displays the latest conversations, which the history has in memory. */
  open(): void {
    this.saver.opened(this.history.damage().closed)
    this.merge(this.history.recent())
  }

  /** Loads all conversations from storage, once. When it rejects, with StorageError, the next call tries again. */
  readonly load = once(async (): Promise<void> => {
    const conversations = await this.history.conversations()
    this.open()
    this.merge(conversations)
    this.isComplete.value = true
  })

  /** Adds loaded conversations. A conversation that is here already is newer than the loaded one. */
  private merge(conversations: readonly Conversation[]): void {
    this.isDamaged.value = this.history.damage().isUnreported
    const added = conversations.filter(({ id }) => !this.current.has(id))
    for (const conversation of added) {
      this.current.set(conversation.id, conversation)
      this.newestAt = Math.max(this.newestAt, conversation.at)
      this.people.hearRow(conversation)
    }
    this.displayed.add(added)
  }

  /** The messages `from <= seq < to`, unsaved ones included. Rejects with StorageError. */
  async messages(id: ConversationId, from: number, to: number): Promise<Message[]> {
    const messages = await this.log.messages(id, from, to)
    this.isDamaged.value = this.history.damage().isUnreported
    this.people.hear(messages)
    const current = this.current.get(id)
    if (!current) return messages
    const known = withPreviewSeq(current, messages)
    this.current.set(id, known)
    const shown = withRecalledPreview(known, messages)
    if (shown !== known) void this.commit(shown)
    return messages
  }

  /** Saves that the user knows of the damage. If that fails, the notice comes back after the next start. */
  async markReported(): Promise<void> {
    await orElse(StorageError, () => this.history.markReported(), () => undefined)
    this.isDamaged.value = this.history.damage().isUnreported
  }

  /** The current state of a conversation, displayed or not. */
  get(id: ConversationId): Conversation | undefined {
    return this.current.get(id)
  }

  /** The current state of a conversation, or of a new one, which is created by its first commit. */
  getOrNew(id: ConversationId): Conversation {
    return this.current.get(id) ?? createConversation(id, time.now())
  }

  /** The message with its `seq` as the next one of its log, and with the time that its thread shows. The commit appends it. */
  nextMessage(id: ConversationId, fields: Omit<Message, 'seq'>): Message {
    const current = this.getOrNew(id)
    return inOrder(current, { seq: current.length, ...fields })
  }

  /** The current state of every conversation. */
  all(): Iterable<Conversation> {
    return this.current.values()
  }

  /** The greatest `at` of all conversations, ms since 1970. A new message gets a later one. */
  get newest(): number {
    return this.newestAt
  }

  /** The number of conversations. */
  get size(): number {
    return this.current.size
  }

  /** Whether incoming messages are refused, because too many are unsaved. */
  get holdsTooMuch(): boolean {
    return this.unsaved.holdsTooMuch
  }

  /** The displayed state of a conversation. Follow `order` to notice one that is added later. */
  ref(id: ConversationId): Readonly<ShallowRef<Conversation>> | undefined {
    return this.displayed.get(id)
  }

  /**
   * Makes `conversation` the current state, writes it with `messages` and `amendments`, then displays all of it. Resolves to whether it is saved. If storage
   * fails it is displayed nevertheless, `problem` is set, and the next write retries it; `local` changes are not tried again.
   */
  async commit(conversation: Conversation, messages: readonly Message[] = [], amendments: readonly Amendment[] = [], local: Entry['local'] = []): Promise<boolean> {
    const { id } = conversation
    this.current.set(id, conversation)
    this.newestAt = Math.max(this.newestAt, conversation.at)
    this.unsaved.beginWrite(id, messages)
    const others = this.unsavedWrites.entries(id)
    const isTaken = await this.write([...others, this.unsaved.entry(conversation, messages, amendments, local)])
    if (!isTaken) this.unsaved.add(id, messages, amendments, this.current.has(id))
    // It may belong to another conversation whose file the device cannot read.
    const isSaved = isTaken || (others.length > 0 && (await this.unsavedWrites.retry(id)))
    this.unsaved.endWrite(id, messages)
    this.people.hear(messages)
    // On failure display the current state instead: `conversation` may build on a clearing that failed too.
    const current = this.current.get(id)
    if (current) this.displayed.show(isTaken ? conversation : current)
    if (messages.length > 0) this.showMessages(id, messages)
    if (isSaved && messages.length > 0) await this.retention.afterSave(id)
    return isSaved
  }

  /** The approximate size of the messages. Rejects with StorageError. */
  usage(): Promise<StorageUsage> {
    return this.history.usage()
  }

  /** Deletes messages over the new limits at once. Resolves to whether storage succeeded. */
  async setLimits(limits: HistoryLimits): Promise<boolean> {
    await this.load()
    return this.retention.setLimits(limits)
  }

  /** Deletes the messages of conversations, which stay. Resolves to whether they are deleted, see {@link Clearing.clear}. */
  clear(ids: readonly ConversationId[]): Promise<boolean> {
    return this.clearing.clear(ids)
  }

  /** Retries the unsaved messages, at most once a second. Resolves to whether there is room again. */
  async tryAgain(): Promise<boolean> {
    await this.saver.tryNow(() => this.unsavedWrites.commitFirst())
    return !this.holdsTooMuch
  }

  /** Whether the message `seq` is saved. If not, it is retried once. */
  async isKept(id: ConversationId, seq: number): Promise<boolean> {
    const current = this.current.get(id)
    if (current && this.unsaved.has(id, seq)) await this.commit(current)
    return !this.unsaved.has(id, seq)
  }

  /** Whether an amendment waits to be saved, or for its target. Rejects with StorageError. */
  async isAmendmentWaiting(id: ConversationId, ref: MessageRef): Promise<boolean> {
    return this.unsaved.hasAmendment(id, ref) || (await this.history.amendments(id)).some((each) => isSameMessage(each, ref))
  }

  /** Retries the unsaved messages one last time. */
  close(): Promise<void> {
    return this.saver.close()
  }

  /** Deletes a conversation and its messages, on the device first. Rejects with StorageError, and then nothing has changed. */
  async remove(id: ConversationId): Promise<void> {
    // A load must not bring it back.
    if (!this.isComplete.value) await this.load()
    const current = this.current.get(id)
    this.unsaved.beginRemoval(id)
    // Messages that arrive from now on begin a new conversation, and are written after the removal.
    this.current.delete(id)
    const draft = this.drafts.remove(id)
    let isRestored = false
    try {
      await this.history.remove(id)
    } catch (error) {
      if (current && !this.current.has(id)) {
        isRestored = true
        this.current.set(id, current)
        this.drafts.restore(id, draft)
      }
      throw error
    } finally {
      this.unsaved.endRemoval(id, isRestored)
    }
    this.displayed.remove(id)
    await this.saver.retry()
  }

  /** Whether messages of the conversation are being written, and will be displayed soon. */
  isWriting(id: ConversationId): boolean {
    return this.unsaved.isWriting(id)
  }

  private async write(entries: readonly Entry[]): Promise<boolean> {
    const isSaved = await this.saver.save(() => this.history.write(entries))
    if (isSaved) this.afterWrite(entries)
    return isSaved
  }

  private showCleared(conversation: Conversation): void {
    this.afterWrite([{ conversation }])
    const current = this.current.get(conversation.id)
    if (current) this.displayed.show(current)
  }

  private afterWrite(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const { id, start } = entry.conversation
      if (start > (this.displayed.get(id)?.value.start ?? 0)) this.showStart(id, start)
      this.unsaved.saved(entry)
    }
    this.saver.checkProblem()
  }
}
