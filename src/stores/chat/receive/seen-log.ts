/** Which messages of each conversation have come already, so that a copy changes nothing. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { idKey, SeenMessages } from '@/src/chat/message/duplicates'
import { orElse } from '@/src/chat/util/or-else'
import { OUTBOX_TTL_MS } from '@/src/chat/delivery/outbox-rules'
import { RecentMap } from '@/src/chat/util/recent-map'
import { time } from '@/src/chat/time/time'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'

/** After a start the newest messages of the log, this many, say what has been seen. */
const SEEN_FROM_LOG = 400
/** A repeated message is looked for in the log back to the age at which an outbox gives it up, and a day more for wrong clocks. */
const WRONG_CLOCK_MS = 24 * 3_600_000
/** The log is read backwards in steps of this many messages. */
const LOOK_BACK_STEP = 200
/** At most this many old ids are held for one conversation: as many as its log holds by default. */
const SEEN_LONG_AGO_MAX = 20_000
/** What was seen is held for this many conversations, the ids of long ago for fewer. The others are read again when a message comes. */
const SEEN_CONVERSATIONS_MAX = 100
const SEEN_LONG_AGO_CONVERSATIONS_MAX = 8

export class SeenLog {
  private readonly recent = new RecentMap<ConversationId, Promise<SeenMessages>>(SEEN_CONVERSATIONS_MAX)
  /** The promises of `recent` that have resolved, with their values. */
  private readonly resolved = new WeakMap<Promise<SeenMessages>, SeenMessages>()
  /** IDs older than the range that `recent` covers. Consulted only for messages that are flagged as resends. */
  private readonly older = new RecentMap<ConversationId, Promise<SeenMessages>>(SEEN_LONG_AGO_CONVERSATIONS_MAX)
  private readonly lookups = new Map<ConversationId, Promise<unknown>>()

  constructor(private readonly conversations: ConversationStore) {}

  /**
   * Returns whether the message with this key has come before, and records it. Lookups of one conversation run one after the other, so
   * that a slow one is not overtaken.
   */
  testAndMark(id: ConversationId, key: string, isResend: boolean): boolean | Promise<boolean> {
    const reading = this.recent.get(id)
    const seen = reading && this.resolved.get(reading)
    // Most messages: nothing has to be read for them, and no lookup is under way.
    if (seen && !isResend && !this.older.has(id) && !this.lookups.has(id)) return !seen.add(key)
    const lookup = this.pending(id).then(() => this.look(id, key, isResend))
    this.lookups.set(id, lookup)
    const done = () => {
      if (this.lookups.get(id) === lookup) this.lookups.delete(id)
    }
    lookup.then(done, done)
    return lookup
  }

  /** Resolves when the lookups of the conversation that are under way have ended. */
  async pending(id: ConversationId): Promise<void> {
    await this.lookups.get(id)
  }

  /** The conversation was deleted. */
  forget(id: ConversationId): void {
    this.recent.delete(id)
    this.older.delete(id)
    this.lookups.delete(id)
  }

  private async look(id: ConversationId, key: string, isResend: boolean): Promise<boolean> {
    const reading = this.readOnce(this.recent, id, () => this.readRecent(id))
    const recent = await reading
    this.resolved.set(reading, recent)
    const isNew = recent.add(key)
    const older = isResend ? await this.readOnce(this.older, id, () => this.readOlder(id)) : await this.older.get(id)
    const wasLongAgo = isNew && isResend && older?.has(key) === true
    older?.add(key)
    return !isNew || wasLongAgo
  }

  private readOnce(map: RecentMap<ConversationId, Promise<SeenMessages>>, id: ConversationId, read: () => Promise<SeenMessages>): Promise<SeenMessages> {
    const known = map.get(id)
    if (known) return known
    const reading = read()
    map.set(id, reading)
    return reading
  }

  /** The newest ids of the log. None when storage cannot be read: a message shown twice is better than one lost. */
  private async readRecent(id: ConversationId): Promise<SeenMessages> {
    const seen = new SeenMessages()
    const length = this.conversations.head(id)?.length ?? 0
    if (length === 0) return seen
    const read = async () => seen.addLogged(await this.conversations.messages(id, Math.max(0, length - SEEN_FROM_LOG), length))
    await orElse(StorageError, read, () => undefined)
    return seen
  }

  /** The ids that a sender may still repeat, back to where no outbox holds one. Read again after a failure. */
  private async readOlder(id: ConversationId): Promise<SeenMessages> {
    const keys = new SeenMessages(SEEN_LONG_AGO_MAX)
    const oldest = time.now() - OUTBOX_TTL_MS - WRONG_CLOCK_MS
    const read = async () => {
      for (let to = this.conversations.head(id)?.length ?? 0; to > 0; to -= LOOK_BACK_STEP) {
        const messages = await this.conversations.messages(id, Math.max(0, to - LOOK_BACK_STEP), to)
        for (const { from, id: messageId } of messages) keys.add(idKey(from, messageId))
        if (messages.length === 0 || messages.every(({ at }) => at < oldest)) break
      }
    }
    await orElse(StorageError, read, () => this.older.delete(id))
    return keys
  }
}
