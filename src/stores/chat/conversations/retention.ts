/** Deletes the oldest messages when there are more than the user's limits, but never an unread or unsent one. */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { chunkStart, firstUnsent, HISTORY_LIMITS, TRIM_STEP, trimStep, trimToCount, type HistoryLimits } from '@/src/chat/conversation/history-limits'
import type { Message } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError, type StorageUsage } from '@/src/storage/port'

/** The total size is checked once in this many writes. */
const COMMITS_PER_USAGE = 50

export interface RetentionPorts {
  get(id: ConversationId): Conversation | undefined
  all(): Iterable<Conversation>
  /** Rejects with StorageError. */
  messages(id: ConversationId, from: number, to: number): Promise<Message[]>
  usage(): Promise<StorageUsage>
  /** Saves a conversation whose `start` has moved. Resolves to whether it is saved. */
  commit(conversation: Conversation): Promise<boolean>
}

export class Retention {
  private commitsSinceUsage = 0
  /** Length at the last trim attempt, so that we do not retry on every message. */
  private readonly trimmedAt = new Map<ConversationId, number>()

  constructor(
    private readonly ports: RetentionPorts,
    private limits: HistoryLimits = HISTORY_LIMITS,
  ) {}

  /** Deletes messages over the new limits at once. Resolves to whether storage succeeded. */
  async setLimits(limits: HistoryLimits): Promise<boolean> {
    this.limits = limits
    for (const conversation of [...this.ports.all()]) {
      if (!(await this.trim(conversation.id, trimToCount(conversation, limits.messagesPerConversation)))) return false
    }
    return this.trimToBytes()
  }

  /** Messages of the conversation were saved. */
  async afterSave(id: ConversationId): Promise<void> {
    const conversation = this.ports.get(id)
    if (!conversation) return
    const trimmed = trimToCount(conversation, this.limits.messagesPerConversation)
    if (trimmed !== conversation && this.isToBeTrimmed(conversation)) await this.trim(id, trimmed)
    if (++this.commitsSinceUsage < COMMITS_PER_USAGE) return
    this.commitsSinceUsage = 0
    await this.trimToBytes()
  }

  /** Deletes messages of the conversation with the oldest ones, until all fit. */
  private async trimToBytes(): Promise<boolean> {
    const untrimmable = new Set<ConversationId>()
    for (;;) {
      const { bytes, conversations } = await this.ports.usage()
      if (bytes <= this.limits.bytes) return true
      const oldest = conversations.filter(({ id, messages }) => messages > 0 && !untrimmable.has(id)).sort((a, b) => a.since - b.since)[0]
      const conversation = oldest && this.ports.get(oldest.id)
      if (!conversation) return true
      const trimmed = trimStep(conversation)
      if (trimmed !== conversation && !(await this.trim(conversation.id, trimmed))) return false
      if (this.ports.get(conversation.id)?.start === conversation.start) untrimmable.add(conversation.id)
    }
  }

  /** If a failed message blocks the trimming, the log is read again for every step that it grows, not for every message. */
  private isToBeTrimmed({ id, length }: Conversation): boolean {
    const trimmedAt = this.trimmedAt.get(id)
    if (trimmedAt !== undefined && length >= trimmedAt && length < trimmedAt + TRIM_STEP) return false
    this.trimmedAt.set(id, length)
    return true
  }

  /** Deletes messages up to the start of `trimmed`, or to the first unsent one. Resolves to whether it is saved. */
  private async trim(id: ConversationId, trimmed: Conversation): Promise<boolean> {
    const before = this.ports.get(id)
    if (!before || trimmed.start <= before.start) return true
    const start = await this.startUpTo(before, trimmed.start)
    if (start === undefined) return false
    const now = this.ports.get(id)
    // It may have been deleted in the meantime, and created again.
    if (!now || now.length < before.length || start <= now.start) return true
    return this.ports.commit({ ...now, start })
  }

  /** `wanted`, or the start of the chunk of the first unsent message before it. Undefined while storage does not answer. */
  private startUpTo({ id, start }: Conversation, wanted: number): Promise<number | undefined> {
    const look = async () => {
      for (let from = start; from < wanted; from += TRIM_STEP) {
        const unsent = firstUnsent(await this.ports.messages(id, from, Math.min(wanted, from + TRIM_STEP)))
        if (unsent !== undefined) return chunkStart(unsent)
      }
      return wanted
    }
    return orElse(StorageError, look, () => undefined)
  }
}
