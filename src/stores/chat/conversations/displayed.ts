/** The conversations that the screen shows: the list's order, each conversation's state, and the sum of unread messages. */
import { shallowRef, type ShallowRef } from 'vue'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { byRecency, countedUnread, insertSorted, sortConversations, unreadTotal } from '@/src/chat/conversation/order'

export class DisplayedConversations {
  /** Conversation ids, newest first. */
  readonly order: ShallowRef<readonly ConversationId[]> = shallowRef([])
  /** Unread messages of all conversations except muted ones. */
  readonly unread: ShallowRef<number> = shallowRef(0)
  private readonly shown = new Map<ConversationId, ShallowRef<Conversation>>()

  /** The displayed state of a conversation. Follow `order` to notice one that is added later. */
  get(id: ConversationId): ShallowRef<Conversation> | undefined {
    return this.shown.get(id)
  }

  /** Displays further conversations. */
  add(conversations: readonly Conversation[]): void {
    if (conversations.length === 0) return
    for (const conversation of conversations) this.shown.set(conversation.id, shallowRef(conversation))
    this.order.value = sortConversations([...this.shown.values()].map((shown) => shown.value)).map(({ id }) => id)
    this.unread.value += unreadTotal(conversations)
  }

  /** Displays a new state of a conversation. */
  show(conversation: Conversation): void {
    const shown = this.shown.get(conversation.id)
    const before = shown?.value
    this.unread.value += countedUnread(conversation) - (before ? countedUnread(before) : 0)
    if (shown) shown.value = conversation
    else this.shown.set(conversation.id, shallowRef(conversation))
    if (before?.at !== conversation.at || before.pinned !== conversation.pinned) this.place(conversation)
  }

  remove(id: ConversationId): void {
    const shown = this.shown.get(id)?.value
    if (shown) this.unread.value -= countedUnread(shown)
    this.shown.delete(id)
    this.order.value = this.order.value.filter((other) => other !== id)
  }

  /** Moves a conversation to its place in the order. */
  private place(conversation: Conversation): void {
    const isBefore = (id: ConversationId) => {
      const other = this.shown.get(id)?.value
      return other !== undefined && byRecency(other, conversation) < 0
    }
    this.order.value = insertSorted(this.order.value, conversation.id, isBefore)
  }
}
