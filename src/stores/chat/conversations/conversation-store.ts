/** The conversations of one user. Each has a current state, and a displayed one that follows once storage has it: the device comes before the screen. */
import { shallowRef, type ShallowRef } from 'vue'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { createConversation, inOrder, withPreviewSeq } from '@/src/chat/conversation/order'
import type { Message } from '@/src/chat/message/message'
import { once } from '@/src/chat/util/once'
import { orElse } from '@/src/chat/util/or-else'
import { time } from '@/src/chat/time/time'
import { StorageError, type Amendment, type Entry, type History, type HistoryLimits, type StorageFailure, type StorageUsage } from '@/src/storage/port'
import { Clearing, type ClearingPorts } from './clearing'
import { DisplayedConversations } from './displayed'
import { Drafts } from './drafts'
import { MessageReader } from './message-reader'
import { Retention } from './retention'
import { SaveRetry } from './save-retry'
import { UnsavedMessages } from './unsaved-messages'

/** Called with new and changed messages of a conversation that the screen is to show. */
export type ShowMessages = (id: ConversationId, messages: readonly Message[]) => void
/** Called when the messages before `start` are deleted. */
export type ShowStart = (id: ConversationId, start: number) => void

export class ConversationStore {
  /** Something on the device cannot be read, and the user was not told yet. */
  readonly isDamaged: ShallowRef<boolean> = shallowRef(false)
  /** Whether all conversations are here. Until then only the most recent ones are, and none may be taken for a new one. */
  readonly isComplete: ShallowRef<boolean> = shallowRef(false)
  /** What the composers hold. */
  readonly drafts: Drafts
  /** Reads messages, saved or not. */
  readonly log: MessageReader

  private readonly heads = new Map<ConversationId, Conversation>()
  private readonly displayed = new DisplayedConversations()
  /** The greatest `at` of all conversations, deleted ones included. */
  private newestAt = -Infinity
  private readonly unsaved = new UnsavedMessages()
  private readonly saver: SaveRetry
  private readonly clearing: Clearing
  private readonly retention: Retention

  constructor(
    private readonly history: History,
    private readonly showMessages: ShowMessages,
    limits?: HistoryLimits,
    private readonly showStart: ShowStart = () => undefined,
  ) {
    this.log = new MessageReader(history, this.unsaved)
    this.drafts = new Drafts(history, this, () => this.saver)
    this.saver = new SaveRetry({ isEmpty: () => this.unsaved.isEmpty && this.drafts.areSaved, retry: () => this.saveUnsaved() })
    const clearing: ClearingPorts = {
      head: (id) => this.heads.get(id),
      setHead: (conversation) => void this.heads.set(conversation.id, conversation),
      show: (conversation) => this.displayed.show(conversation),
      cleared: (conversation) => this.showCleared(conversation),
    }
    this.clearing = new Clearing(history, clearing, this.unsaved, this.saver)
    this.retention = new Retention(this, limits)
  }

  /** Conversation ids, the newest first. */
  get order(): Readonly<ShallowRef<readonly ConversationId[]>> {
    return this.displayed.order
  }

  /** Unread messages of all conversations except muted ones. */
  get unread(): Readonly<ShallowRef<number>> {
    return this.displayed.unread
  }

  /** Why something that is shown is not saved, or null. */
  get problem(): ShallowRef<StorageFailure | null> {
    return this.saver.problem
  }

  /** Nothing is saved as long as this is open, see {@link Damage.closed}. */
  get isClosed(): Readonly<ShallowRef<boolean>> {
    return this.saver.isClosed
  }

  /** Shows the conversations that changed last, which the history has in memory. */
  open(): void {
    this.saver.opened(this.history.damage().closed)
    this.merge(this.history.recent())
  }

  /** Reads all conversations from storage, once. When it rejects, with StorageError, the next call tries again. */
  readonly load = once(async (): Promise<void> => {
    const conversations = await this.history.conversations()
    this.open()
    this.merge(conversations)
    this.isComplete.value = true
  })

  /** Adds conversations that were read. One that is here already is newer than what was read. */
  private merge(conversations: readonly Conversation[]): void {
    this.isDamaged.value = this.history.damage().isNews
    const added = conversations.filter(({ id }) => !this.heads.has(id))
    for (const conversation of added) {
      this.heads.set(conversation.id, conversation)
      this.newestAt = Math.max(this.newestAt, conversation.at)
    }
    this.displayed.add(added)
  }

  /** The messages `from <= seq < to`, unsaved ones included. Rejects with StorageError. */
  async messages(id: ConversationId, from: number, to: number): Promise<Message[]> {
    const messages = await this.log.messages(id, from, to)
    this.isDamaged.value = this.history.damage().isNews
    const head = this.heads.get(id)
    if (head) this.heads.set(id, withPreviewSeq(head, messages))
    return messages
  }

  /** Saves that the user has read of the damage. Where that fails, the notice comes back after the next start. */
  async damageTold(): Promise<void> {
    await orElse(StorageError, () => this.history.damageTold(), () => undefined)
    this.isDamaged.value = this.history.damage().isNews
  }

  /** The current state of a conversation, displayed or not. */
  head(id: ConversationId): Conversation | undefined {
    return this.heads.get(id)
  }

  /** The current state of a conversation, or a new one: it is created when it is first committed. */
  headOrNew(id: ConversationId): Conversation {
    return this.heads.get(id) ?? createConversation(id, time.now())
  }

  /** A message as the next one of its log: with its `seq`, and the time that its thread shows. It is appended when it is committed. */
  nextMessage(id: ConversationId, fields: Omit<Message, 'seq'>): Message {
    const head = this.headOrNew(id)
    return inOrder(head, { seq: head.length, ...fields })
  }

  /** The current state of every conversation. */
  all(): Iterable<Conversation> {
    return this.heads.values()
  }

  /** The greatest `at` of all conversations, ms since 1970. A new message comes above it. */
  get newest(): number {
    return this.newestAt
  }

  /** How many conversations there are. */
  get size(): number {
    return this.heads.size
  }

  /** Whether so much is unsaved that there is no room for messages of others. */
  get holdsTooMuch(): boolean {
    return this.unsaved.holdsTooMuch
  }

  /** The displayed state of a conversation. Follow `order` to hear of one that is not there yet. */
  summary(id: ConversationId): Readonly<ShallowRef<Conversation>> | undefined {
    return this.displayed.get(id)
  }

  /**
   * Makes `conversation` the current state, writes it with `messages` and `amendments`, then displays all of it. Resolves to whether it is
   * saved: what storage refuses is displayed all the same, `problem` says that it is not saved, and the next write tries it again.
   */
  async commit(conversation: Conversation, messages: readonly Message[] = [], amendments: readonly Amendment[] = []): Promise<boolean> {
    const { id } = conversation
    this.heads.set(id, conversation)
    this.newestAt = Math.max(this.newestAt, conversation.at)
    this.unsaved.beginWrite(id, messages)
    const others = this.unsavedEntries(id)
    const isTaken = await this.write([...others, this.unsaved.entry(conversation, messages, amendments)])
    if (!isTaken) this.unsaved.add(id, messages, amendments, this.heads.has(id))
    // It may be another conversation whose file the device cannot read.
    const isSaved = isTaken || (others.length > 0 && (await this.writeUnsaved(id)))
    this.unsaved.endWrite(id, messages)
    // On failure show the current state instead: `conversation` may build on a clearing that failed too.
    const head = this.heads.get(id)
    if (head) this.displayed.show(isTaken ? conversation : head)
    if (messages.length > 0) this.showMessages(id, messages)
    if (isSaved && messages.length > 0) await this.retention.afterSave(id)
    return isSaved
  }

  /** About how much the messages take. Rejects with StorageError. */
  usage(): Promise<StorageUsage> {
    return this.history.usage()
  }

  /** Deletes what is over the new limits at once. Resolves to whether storage has taken that. */
  async setLimits(limits: HistoryLimits): Promise<boolean> {
    await this.load()
    return this.retention.setLimits(limits)
  }

  /** Deletes the messages of conversations, which stay. Resolves to whether they are deleted, see {@link Clearing.clear}. */
  clear(ids: readonly ConversationId[]): Promise<boolean> {
    return this.clearing.clear(ids)
  }

  /** Tries to save once more what storage has refused, at most once a second. Resolves to whether there is room again. */
  async tryAgain(): Promise<boolean> {
    await this.saver.tryNow(() => this.commitFirstUnsaved())
    return !this.holdsTooMuch
  }

  /** Whether the message `seq` is saved; if not, it is tried once more. */
  async isKept(id: ConversationId, seq: number): Promise<boolean> {
    const head = this.heads.get(id)
    if (head && this.unsaved.has(id, seq)) await this.commit(head)
    return !this.unsaved.has(id, seq)
  }

  /** Tries once more to save what was refused; nothing is tried after that. */
  close(): Promise<void> {
    return this.saver.close()
  }

  private async saveUnsaved(): Promise<void> {
    await this.drafts.retry()
    const refused = await this.commitFirstUnsaved()
    if (refused === undefined) return
    for (const id of this.unsaved.ids) if (id !== refused) await this.writeUnsaved(id)
  }

  /** Commits a conversation with something unsaved, and with it the others. Resolves to that conversation if it was refused again. */
  private async commitFirstUnsaved(): Promise<ConversationId | undefined> {
    const [id] = this.unsaved.ids
    const head = id && this.heads.get(id)
    return head && !(await this.commit(head)) ? id : undefined
  }

  /** Deletes a conversation and its messages, on the device first. Rejects with StorageError, and then nothing has changed. */
  async remove(id: ConversationId): Promise<void> {
    // Reading must not bring it back.
    if (!this.isComplete.value) await this.load()
    const head = this.heads.get(id)
    this.unsaved.beginRemoval(id)
    // What comes from now on begins a new conversation, and is written after the removal.
    this.heads.delete(id)
    const draft = this.drafts.remove(id)
    let isRestored = false
    try {
      await this.history.remove(id)
    } catch (error) {
      if (head && !this.heads.has(id)) {
        isRestored = true
        this.heads.set(id, head)
        this.drafts.restore(id, draft)
      }
      throw error
    } finally {
      this.unsaved.endRemoval(id, isRestored)
    }
    this.displayed.remove(id)
    await this.saver.retry()
  }

  /** Whether messages of the conversation are being written, and will be shown soon. */
  isWriting(id: ConversationId): boolean {
    return this.unsaved.isWriting(id)
  }

  private async write(entries: readonly Entry[]): Promise<boolean> {
    const isSaved = await this.saver.save(() => this.history.write(entries))
    if (isSaved) this.afterWrite(entries)
    return isSaved
  }

  /** Writes the unsaved messages of one conversation, with its current state. Not tried where there is no room at all. */
  private async writeUnsaved(id: ConversationId): Promise<boolean> {
    const head = this.unsaved.hasConversation(id) ? this.heads.get(id) : undefined
    return head !== undefined && this.problem.value !== 'full' && this.write([this.unsaved.entry(head)])
  }

  /** The unsaved messages of all conversations except `besides`. */
  private unsavedEntries(besides: ConversationId): Entry[] {
    return this.unsaved.ids.flatMap((id) => {
      const head = this.heads.get(id)
      return head && id !== besides ? [this.unsaved.entry(head)] : []
    })
  }

  private showCleared(conversation: Conversation): void {
    this.afterWrite([{ conversation }])
    const head = this.heads.get(conversation.id)
    if (head) this.displayed.show(head)
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
