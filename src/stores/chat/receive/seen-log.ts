/** Recognises copies of messages, by conversation, so that a copy changes nothing. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { MessageRef } from '@/src/chat/message/message'
import { SeenMessages, seenKey } from '@/src/chat/message/duplicates'
import type { MessageEnvelope } from '@/src/chat/message/envelope'
import { orElse } from '@/src/chat/util/or-else'
import { RecentMap } from '@/src/chat/util/recent-map'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'

/** The number of newest messages of the log with which messages without an id are compared, besides those that arrived since the start. */
const SEEN_FROM_LOG = 400
/** Messages since the start are remembered for this many conversations. The others are looked up in the log. */
const SEEN_CONVERSATIONS_MAX = 100

export class SeenLog {
  /** IDs of messages that arrived since the start: the log may not have them yet. */
  private readonly ids = new RecentMap<ConversationId, SeenMessages>(SEEN_CONVERSATIONS_MAX)
  /** Messages without an ID. Read from the log when the first one arrives. */
  private readonly plain = new RecentMap<ConversationId, Promise<SeenMessages>>(SEEN_CONVERSATIONS_MAX)
  /** The promises of `plain` that have resolved, with their values. */
  private readonly resolved = new WeakMap<Promise<SeenMessages>, SeenMessages>()
  private readonly lookups = new Map<ConversationId, Promise<unknown>>()

  constructor(private readonly conversations: Pick<ConversationStore, 'get' | 'messages' | 'log'>) {}

  /**
   * Returns whether this message is a copy, of any age, and records it. Lookups of one conversation run one after the other, so that a slow one is not
   * overtaken.
   */
  testAndMark(id: ConversationId, from: string, envelope: MessageEnvelope, at: number): boolean | Promise<boolean> {
    const key = seenKey(from, envelope, at)
    if (this.lookups.has(id)) return this.lookLater(id, from, envelope, key)
    const { id: messageId } = envelope
    // Most messages need no read, and no lookup is in progress.
    if (messageId === undefined) {
      const reading = this.plain.get(id)
      const seen = reading && this.resolved.get(reading)
      return seen ? !seen.add(key) : this.lookLater(id, from, envelope, key)
    }
    if (!this.idsOf(id).add(key)) return true
    const ref = { from, id: messageId }
    // A message that may be an old resend is also looked up in pages that are not indexed.
    return !envelope.again && this.conversations.log.isUnknown(id, ref) ? false : this.findLater(id, ref)
  }

  /** Resolves when the conversation's lookups in progress have ended. */
  async pending(id: ConversationId): Promise<void> {
    await this.lookups.get(id)
  }

  /** The conversation was deleted. */
  forget(id: ConversationId): void {
    this.ids.delete(id)
    this.plain.delete(id)
    this.lookups.delete(id)
  }

  private lookLater(id: ConversationId, from: string, envelope: MessageEnvelope, key: string): Promise<boolean> {
    return this.afterOthers(id, () => this.look(id, from, envelope, key))
  }

  private findLater(id: ConversationId, ref: MessageRef): Promise<boolean> {
    return this.afterOthers(id, () => this.isLogged(id, ref))
  }

  private afterOthers(id: ConversationId, look: () => Promise<boolean>): Promise<boolean> {
    const lookup = this.pending(id).then(look)
    this.lookups.set(id, lookup)
    const done = () => {
      if (this.lookups.get(id) === lookup) this.lookups.delete(id)
    }
    lookup.then(done, done)
    return lookup
  }

  private async look(id: ConversationId, from: string, envelope: MessageEnvelope, key: string): Promise<boolean> {
    const { id: messageId } = envelope
    if (messageId === undefined) return !(await this.plainOf(id)).add(key)
    return !this.idsOf(id).add(key) || this.isLogged(id, { from, id: messageId })
  }

  /** Whether the log has the message. False if storage cannot be read: a message shown twice is better than a lost one. */
  private isLogged(id: ConversationId, ref: MessageRef): Promise<boolean> {
    return orElse(StorageError, async () => (await this.conversations.log.find(id, [ref]))[0] !== undefined, () => false)
  }

  private idsOf(id: ConversationId): SeenMessages {
    const known = this.ids.get(id)
    if (known) return known
    const seen = new SeenMessages()
    this.ids.set(id, seen)
    return seen
  }

  private async plainOf(id: ConversationId): Promise<SeenMessages> {
    const reading = this.plain.get(id) ?? this.readPlain(id)
    this.plain.set(id, reading)
    const seen = await reading
    this.resolved.set(reading, seen)
    return seen
  }

  /** The keys of the newest messages of the log that have no ID. None if storage cannot be read. */
  private async readPlain(id: ConversationId): Promise<SeenMessages> {
    const seen = new SeenMessages()
    const length = this.conversations.get(id)?.length ?? 0
    if (length === 0) return seen
    const read = async () => seen.addLogged(await this.conversations.messages(id, Math.max(0, length - SEEN_FROM_LOG), length))
    await orElse(StorageError, read, () => undefined)
    return seen
  }
}
