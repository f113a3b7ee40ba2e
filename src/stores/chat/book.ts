/**
 * The conversations of one person. Each has a head, which is the truth, and what is shown of it, which follows once
 * storage has it: a message is on the device before the screen shows it.
 */
import { shallowRef, type ShallowRef } from 'vue'
import type { Conversation, ConversationId } from '@/src/chat/conversation'
import { byRecency } from '@/src/chat/conversations'
import type { Message } from '@/src/chat/message'
import { StorageError, type History, type StorageFailure } from '@/src/storage/port'

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
   * Makes `conversation` the head at once, writes it with `messages`, then shows both. Resolves when that is done, also
   * when storage refused: then it is shown all the same and `problem` says that it is not kept.
   */
  async commit(conversation: Conversation, messages: readonly Message[] = []): Promise<void> {
    this.heads.set(conversation.id, conversation)
    await this.keep(() => this.history.write([{ conversation, messages }]))
    if (this.heads.has(conversation.id)) this.show(conversation)
    if (messages.length > 0) this.showMessages(conversation.id, messages)
  }

  /** Deletes a conversation and its messages, on the device first. Rejects with StorageError, and then nothing has changed. */
  async remove(id: ConversationId): Promise<void> {
    const head = this.heads.get(id)
    // What comes from now on begins a new conversation, and is written after the removal.
    this.heads.delete(id)
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
  saveDraft(id: ConversationId, text: string): Promise<void> {
    return this.keep(() => this.history.saveDraft(id, text))
  }

  private async keep(write: () => Promise<void>): Promise<void> {
    try {
      await write()
      this.problem.value = null
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.problem.value = error.failure
    }
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
