/** Which of the quoted messages were recalled: a quote then no longer shows its excerpt. Each is looked up once while its thread is open, and again if storage could not be read. */
import { shallowRef, type ShallowRef } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isRecalled, type Message, type MessageRef } from '@/src/chat/message/message'
import { getOrSet } from '@/src/chat/util/get-or-set'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError } from '@/src/storage/port'
import type { MessageReader } from '../conversations/message-reader'

interface Quoted {
  /** The keys of the messages that were looked up. */
  readonly asked: Set<string>
  /** Those of them that storage could not read. */
  readonly missed: Set<string>
  /** Those of them that were recalled. */
  readonly recalled: ShallowRef<ReadonlySet<string>>
}

export class RecalledQuotes {
  private readonly conversations = new Map<ConversationId, Quoted>()

  constructor(private readonly log: Pick<MessageReader, 'find' | 'newest'>) {}

  /** The keys of the recalled messages, see {@link quoteKey}. */
  of(id: ConversationId): Readonly<ShallowRef<ReadonlySet<string>>> {
    return this.quoted(id).recalled
  }

  /** Looks up the messages that `messages` quote, through the index of ids. One that is not found keeps its excerpt. */
  async lookUp(id: ConversationId, messages: readonly Message[]): Promise<void> {
    const { asked, missed } = this.quoted(id)
    const refs = messages.flatMap(({ quote }) => (quote && (!asked.has(quoteKey(quote)) || missed.has(quoteKey(quote))) ? [quote] : []))
    if (refs.length === 0) return
    const keys = refs.map(quoteKey)
    for (const key of keys) {
      asked.add(key)
      missed.delete(key)
    }
    const find = async () => {
      const seqs = await this.log.find(id, refs)
      return this.log.newest(id, seqs.filter((seq) => seq !== undefined))
    }
    const failed = (): Message[] => {
      for (const key of keys) missed.add(key)
      return []
    }
    this.changed(id, await orElse(StorageError, find, failed))
  }

  /** Messages have changed. Those that were recalled are noted if something on the screen quotes them. */
  changed(id: ConversationId, messages: readonly Message[]): void {
    const quoted = this.conversations.get(id)
    const keys = messages.filter(isRecalled).map(quoteKey).filter((key) => quoted?.asked.has(key) && !quoted.recalled.value.has(key))
    if (quoted && keys.length > 0) quoted.recalled.value = new Set([...quoted.recalled.value, ...keys])
  }

  /** The thread was closed. */
  forget(id: ConversationId): void {
    this.conversations.delete(id)
  }

  private quoted(id: ConversationId): Quoted {
    return getOrSet(this.conversations, id, () => ({ asked: new Set(), missed: new Set(), recalled: shallowRef(new Set()) }))
  }
}

/** A user id has no line break. */
export function quoteKey({ from, id }: MessageRef): string {
  return `${from}\n${id}`
}
