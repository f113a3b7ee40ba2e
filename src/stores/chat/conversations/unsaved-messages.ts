/** Messages and amendments that are unsaved or being written. Each write retries the unsaved ones. */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { isSameMessage, type Message, type MessageRef } from '@/src/chat/message/message'
import { weightOf } from '@/src/kinds/registry'
import type { Amendment, Entry } from '@/src/storage/port'

/** Limits on unsaved messages and their texts, in UTF-16 units. Above either, incoming messages are refused. */
const UNSAVED_MAX = { messages: 500, units: 1_000_000 } as const

/** The unsaved part of a conversation. */
interface Unsaved {
  /** By seq. */
  readonly messages: Map<number, Message>
  /** By sender and id. */
  readonly amendments: Map<string, Amendment>
}

export class UnsavedMessages {
  private readonly unsaved = new Map<ConversationId, Unsaved>()
  /** By conversation and seq, the newest state of the messages that are being written. */
  private readonly inFlight = new Map<ConversationId, Map<number, Message>>()
  /** Unsaved messages of conversations being deleted. Restored if the deletion fails. */
  private readonly removing = new Map<ConversationId, Unsaved>()

  get isEmpty(): boolean {
    return this.unsaved.size === 0
  }

  /** The conversations with unsaved messages, the longest waiting first. */
  get ids(): ConversationId[] {
    return [...this.unsaved.keys()]
  }

  /** Whether incoming messages are refused, because too many are unsaved. */
  get holdsTooMuch(): boolean {
    let messages = 0
    let units = 0
    for (const unsaved of this.unsaved.values()) {
      messages += unsaved.messages.size + unsaved.amendments.size
      for (const { body } of unsaved.messages.values()) units += weightOf(body)
      for (const { raw } of unsaved.amendments.values()) units += raw.length
    }
    return messages >= UNSAVED_MAX.messages || units >= UNSAVED_MAX.units
  }

  hasConversation(id: ConversationId): boolean {
    return this.unsaved.has(id)
  }

  has(id: ConversationId, seq: number): boolean {
    return this.unsaved.get(id)?.messages.has(seq) === true
  }

  /** Whether the amendment with this sender and id is unsaved. */
  hasAmendment(id: ConversationId, ref: MessageRef): boolean {
    return this.unsaved.get(id)?.amendments.has(keyOf(ref)) === true
  }

  /** The unsaved messages `from <= seq < to`, in no order. */
  between(id: ConversationId, from: number, to: number): Message[] {
    return [...(this.unsaved.get(id)?.messages.values() ?? [])].filter(({ seq }) => seq >= from && seq < to)
  }

  /** The unsaved message with this author and id. */
  find(id: ConversationId, ref: MessageRef): Message | undefined {
    const unsaved = this.unsaved.get(id)
    // Asked for each message that comes.
    if (!unsaved) return undefined
    for (const message of unsaved.messages.values()) if (isSameMessage(message, ref)) return message
    return undefined
  }

  /** The newest state of a message that is unsaved or being written. */
  newest(id: ConversationId, seq: number): Message | undefined {
    return this.inFlight.get(id)?.get(seq) ?? this.unsaved.get(id)?.messages.get(seq)
  }

  /** Whether messages of the conversation are being written. */
  isWriting(id: ConversationId): boolean {
    return this.inFlight.has(id)
  }

  /** A write of messages begins. Replaces unsaved copies with this newer state, so that an older one is not written after it. */
  beginWrite(id: ConversationId, messages: readonly Message[]): void {
    if (messages.length === 0) return
    const unsaved = this.unsaved.get(id)?.messages
    const newest = this.inFlight.get(id) ?? new Map<number, Message>()
    for (const message of messages) {
      newest.set(message.seq, message)
      if (unsaved?.has(message.seq)) unsaved.set(message.seq, message)
    }
    this.inFlight.set(id, newest)
  }

  endWrite(id: ConversationId, messages: readonly Message[]): void {
    const newest = this.inFlight.get(id)
    for (const message of messages) if (newest?.get(message.seq) === message) newest.delete(message.seq)
    if (newest?.size === 0) this.inFlight.delete(id)
  }

  /** The entry to write for a conversation: the given changes, and its unsaved ones. */
  entry(conversation: Conversation, messages: readonly Message[] = [], amendments: readonly Amendment[] = [], local: Entry['local'] = []): Entry {
    const unsaved = this.unsaved.get(conversation.id)
    if (!unsaved) return { conversation, messages, amendments, local }
    const waiting = [...unsaved.messages.values()].filter(({ seq }) => seq >= conversation.start)
    return {
      conversation,
      messages: [...waiting, ...messages.filter(({ seq }) => !unsaved.messages.has(seq))],
      amendments: [...unsaved.amendments.values(), ...amendments],
      local,
    }
  }

  /** Their write has failed. `isHere`: the conversation was not deleted during the write. */
  add(id: ConversationId, messages: readonly Message[], amendments: readonly Amendment[], isHere: boolean): void {
    // If a deletion began during the write and fails, these are restored with the rest.
    const removing = this.removing.get(id)
    const unsaved = removing ?? this.unsaved.get(id) ?? nothing()
    const newest = this.inFlight.get(id)
    // If a newer state is being written, remember that one. It is removed here once saved.
    for (const message of messages) unsaved.messages.set(message.seq, newest?.get(message.seq) ?? message)
    for (const amendment of amendments) unsaved.amendments.set(keyOf(amendment), amendment)
    if (!removing && isHere && !isNothing(unsaved)) this.unsaved.set(id, unsaved)
  }

  /** They are saved. A newer state of a message that failed in the meantime still waits. */
  saved({ conversation, messages = [], amendments = [] }: Entry): void {
    const unsaved = this.unsaved.get(conversation.id)
    if (!unsaved) return
    for (const message of messages) if (unsaved.messages.get(message.seq) === message) unsaved.messages.delete(message.seq)
    // Messages before `start` were cleared or trimmed.
    for (const seq of [...unsaved.messages.keys()]) if (seq < conversation.start) unsaved.messages.delete(seq)
    for (const amendment of amendments) unsaved.amendments.delete(keyOf(amendment))
    if (isNothing(unsaved)) this.unsaved.delete(conversation.id)
  }

  /** Removes the unsaved amendments of a conversation and returns them. */
  withdrawAmendments(id: ConversationId): Amendment[] {
    const unsaved = this.unsaved.get(id)
    const amendments = [...(unsaved?.amendments.values() ?? [])]
    unsaved?.amendments.clear()
    if (unsaved && isNothing(unsaved)) this.unsaved.delete(id)
    return amendments
  }

  /** The conversation is being deleted, until {@link endRemoval}. */
  beginRemoval(id: ConversationId): void {
    this.removing.set(id, this.unsaved.get(id) ?? nothing())
    this.unsaved.delete(id)
  }

  /** `restore`: the deletion failed, and the conversation is as it was. */
  endRemoval(id: ConversationId, restore: boolean): void {
    const unsaved = this.removing.get(id)
    if (restore && unsaved && !isNothing(unsaved)) this.unsaved.set(id, unsaved)
    this.removing.delete(id)
  }
}

function nothing(): Unsaved {
  return { messages: new Map(), amendments: new Map() }
}

function isNothing({ messages, amendments }: Unsaved): boolean {
  return messages.size === 0 && amendments.size === 0
}

function keyOf({ from, id }: MessageRef): string {
  return `${from}\n${id}`
}
