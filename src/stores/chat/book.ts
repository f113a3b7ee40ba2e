/**
 * The conversations of one person. Each has a head, which is the truth, and what is shown of it, which follows once
 * storage has it: a message is on the device before the screen shows it.
 */
import { shallowRef, type ShallowRef } from 'vue'
import type { Conversation, ConversationId } from '@/src/chat/conversation'
import { byRecency } from '@/src/chat/conversations'
import type { Message } from '@/src/chat/message'
import { StorageError, type Entry, type History, type StorageFailure } from '@/src/storage/port'

/** Called when messages of a conversation are to be shown: new ones and changed ones. */
export type ShowMessages = (id: ConversationId, messages: readonly Message[]) => void

export class Book {
  /** Conversation ids, the newest first. */
  readonly order: ShallowRef<readonly ConversationId[]> = shallowRef([])
  /** Unread messages of all conversations together. */
  readonly unread: ShallowRef<number> = shallowRef(0)
  /** Why the latest write was not kept, or null. */
  readonly problem: ShallowRef<StorageFailure | null> = shallowRef(null)

  private readonly heads = new Map<ConversationId, Conversation>()
  /** By conversation and seq, what storage has refused so far; it goes with the next write. */
  private readonly unkept = new Map<ConversationId, Map<number, Message>>()
  private isFrozen = false
  private readonly shown = new Map<ConversationId, ShallowRef<Conversation>>()

  constructor(
    private readonly history: History,
    private readonly showMessages: ShowMessages,
  ) {}

  /** Reads all conversations from storage; answers how many could not be read. */
  async load(): Promise<number> {
    const { conversations, damaged } = await this.history.conversations()
    for (const conversation of conversations) {
      this.heads.set(conversation.id, conversation)
      this.shown.set(conversation.id, shallowRef(conversation))
    }
    this.sort()
    this.unread.value = conversations.reduce((sum, conversation) => sum + conversation.unread, 0)
    return damaged
  }

  /** What is true of a conversation now, shown or not. */
  head(id: ConversationId): Conversation | undefined {
    return this.heads.get(id)
  }

  /** Every conversation's head. */
  all(): Iterable<Conversation> {
    return this.heads.values()
  }

  /** What the screen knows of a conversation. Follow `order` to hear of one that is not there yet. */
  summary(id: ConversationId): Readonly<ShallowRef<Conversation>> | undefined {
    return this.shown.get(id)
  }

  /**
   * Makes `conversation` the head at once, writes it with `messages`, then shows both. Answers whether storage has taken
   * it: what it refused is shown all the same, `problem` says that it is not kept, and the next write tries it again.
   */
  async commit(conversation: Conversation, messages: readonly Message[] = []): Promise<boolean> {
    this.heads.set(conversation.id, conversation)
    const entries = this.withUnkept(conversation, messages)
    const isKept = await this.keep(() => this.history.write(entries))
    if (isKept) this.nowKept(entries)
    else if (this.heads.has(conversation.id)) this.notKept(conversation.id, messages)
    if (this.heads.has(conversation.id)) this.show(conversation)
    if (messages.length > 0) this.showMessages(conversation.id, messages)
    return isKept
  }

  /** A message that storage has refused so far. */
  unkeptMessage(id: ConversationId, seq: number): Message | undefined {
    return this.unkept.get(id)?.get(seq)
  }

  /** Whether the message `seq` is on the device; when not, storage is asked once more. */
  async isKept(id: ConversationId, seq: number): Promise<boolean> {
    const head = this.heads.get(id)
    if (head && this.unkept.get(id)?.has(seq)) await this.commit(head)
    return !this.unkept.get(id)?.has(seq)
  }

  /** Somebody else writes this history from now on: nothing more is written from here. */
  freeze(): void {
    this.isFrozen = true
  }

  /** Deletes a conversation and its messages, on the device first. Rejects with StorageError, and then nothing has changed. */
  async remove(id: ConversationId): Promise<void> {
    const head = this.heads.get(id)
    // What comes from now on begins a new conversation, and is written after the removal.
    this.heads.delete(id)
    this.unkept.delete(id)
    try {
      await this.history.remove(id)
    } catch (error) {
      if (head && !this.heads.has(id)) this.heads.set(id, head)
      throw error
    }
    this.unread.value -= this.shown.get(id)?.value.unread ?? 0
    this.shown.delete(id)
    this.sort()
  }

  /** Writes what stands in a composer. Resolves also when storage refused, as {@link commit} does. */
  async saveDraft(id: ConversationId, text: string): Promise<void> {
    await this.keep(() => this.history.saveDraft(id, text))
  }

  /** Answers whether storage took it. */
  private async keep(write: () => Promise<void>): Promise<boolean> {
    if (this.isFrozen) return false
    try {
      await write()
      if (this.unkept.size === 0) this.problem.value = null
      return true
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.problem.value = error.failure
      return false
    }
  }

  private withUnkept(conversation: Conversation, messages: readonly Message[]): Entry[] {
    const entries: Entry[] = []
    for (const [id, refused] of this.unkept) {
      const head = this.heads.get(id)
      if (head && id !== conversation.id) entries.push({ conversation: head, messages: [...refused.values()] })
    }
    const own = this.unkept.get(conversation.id)
    return [...entries, { conversation, messages: own ? [...own.values(), ...messages] : messages }]
  }

  private notKept(id: ConversationId, messages: readonly Message[]): void {
    const refused = this.unkept.get(id) ?? new Map<number, Message>()
    for (const message of messages) refused.set(message.seq, message)
    this.unkept.set(id, refused)
  }

  private nowKept(entries: readonly Entry[]): void {
    for (const { conversation, messages = [] } of entries) {
      const refused = this.unkept.get(conversation.id)
      // A newer state of a message may have been refused meanwhile; that one still waits.
      if (!refused) continue
      for (const message of messages) if (refused.get(message.seq) === message) refused.delete(message.seq)
      if (refused.size === 0) this.unkept.delete(conversation.id)
    }
    if (this.unkept.size === 0) this.problem.value = null
  }

  private show(conversation: Conversation): void {
    const shown = this.shown.get(conversation.id)
    this.unread.value += conversation.unread - (shown?.value.unread ?? 0)
    const moved = shown?.value.at !== conversation.at
    if (shown) shown.value = conversation
    else this.shown.set(conversation.id, shallowRef(conversation))
    if (moved) this.sort()
  }

  private sort(): void {
    const conversations = [...this.shown.values()].map((shown) => shown.value)
    const order = conversations.sort(byRecency).map((conversation) => conversation.id)
    const before = this.order.value
    if (order.length !== before.length || order.some((id, index) => id !== before[index])) this.order.value = order
  }
}
