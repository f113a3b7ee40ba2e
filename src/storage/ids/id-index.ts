/**
 * Finds a message by its author and id at any age (docs/STORAGE.md). The ids of each complete page of a log are appended to a segment
 * of the index in the commit that completes the page; those of the last page are read from the page. In memory there is a table for each
 * conversation that was asked about lately. Every hit is compared with the message in the log.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { ChangedPage } from '../history/changed-pages'
import { pageOf, type PersonKeys } from '../keys'
import type { KeyValue, Write } from '../kv/key-value'
import type { MessageRef } from '../port'
import type { IndexRow, Page } from '../records'
import { idHash, idRecordOf, idRecordValue, parseIdRecords, segmentOf, type IdRecord } from './id-records'
import { IdTable } from './id-table'

/** Entries in memory, of all conversations: about 3 MB. Above it the tables not used for longest are dropped. */
export const ENTRIES_MAX = 150_000
/** Pages that are not indexed are read when a table is loaded, this many of the newest beside the last one, since most copies are of recent messages. */
const READ_AT_ONCE = 9
/** An id that the table does not have is looked for in at most this many pages that are not indexed. */
const SEARCHED_MAX = 20
/** A hash is compared with at most this many messages: only ids made to collide have more. */
const COMPARED_MAX = 20

export interface IdIndexPorts {
  /** The conversation as it is on the device. */
  conversation(id: ConversationId): Conversation | undefined
  /** Rejects with StorageError. */
  page(id: ConversationId, page: number): Promise<Page>
  /** The conversation has complete pages that are not indexed. */
  hasGap(id: ConversationId): void
}

/** What one commit changes in the index. */
export interface IdChange {
  /** Go before the pages: the index never lacks a message of a page that it names. */
  readonly writes: readonly Write[]
  /** For once the commit is durable. */
  readonly deletions: readonly Write[]
  /** To be called once the writes are durable. */
  done(): void
}

interface Table {
  readonly table: IdTable
  /** Resolves once it is read. */
  readonly read: Promise<void>
  isRead: boolean
}

export class IdIndex {
  /** The one used last is at the end. */
  private readonly tables = new Map<ConversationId, Table>()

  constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly ports: IdIndexPorts,
    private readonly entriesMax = ENTRIES_MAX,
  ) {}

  /** Whether it is certain without a read that no message of the conversation has this author and id, but for old messages that are not indexed. */
  isUnknown(id: ConversationId, { from, id: messageId }: MessageRef): boolean {
    const loaded = this.tables.get(id)
    return loaded?.isRead === true && loaded.table.seqs(idHash(from, messageId)).length === 0
  }

  /** The seqs of messages by author and id; undefined for those that are not found. Rejects with StorageError. */
  async find(id: ConversationId, refs: readonly MessageRef[]): Promise<(number | undefined)[]> {
    const table = await this.load(id)
    const found: (number | undefined)[] = []
    for (const ref of refs) found.push(await this.compared(id, ref, table.seqs(idHash(ref.from, ref.id))))
    const pages = found.includes(undefined) ? table.unread.slice(-SEARCHED_MAX).reverse() : []
    for (const page of pages) {
      if (!found.includes(undefined)) break
      await this.readPage(id, table, page)
      for (const [i, ref] of refs.entries()) {
        const seqs = table.seqs(idHash(ref.from, ref.id)).filter((seq) => pageOf(seq) === page)
        found[i] ??= await this.compared(id, ref, seqs)
      }
    }
    return found
  }

  /** What a commit that changes these pages and rows of the index changes here. */
  change(pages: Iterable<ChangedPage>, rows: readonly IndexRow[]): IdChange {
    const conversations = new Map(rows.map(({ conversation }) => [conversation.id, conversation] as const))
    const changed = [...pages].filter(({ added }) => added.length > 0)
    const records = new Map<ConversationId, IdRecord[]>()
    for (const { id, number, messages } of changed) {
      if (!isComplete(conversations.get(id), number)) continue
      const record = idRecordOf(number, messages)
      records.set(id, [...(records.get(id) ?? []), record])
    }
    return {
      writes: [...records].flatMap(([id, each]) => this.appends(id, each)),
      deletions: rows.flatMap(({ conversation }) => this.trimmed(conversation, this.ports.conversation(conversation.id))),
      done: () => {
        for (const { id, added } of changed) {
          const table = this.tables.get(id)?.table
          if (table) for (const message of added) table.add(idHash(message.from, message.id), message.seq)
        }
        for (const { start, length, id } of conversations.values()) if (start === length) this.tables.delete(id)
      },
    }
  }

  /** Names the messages of a page that is not indexed: the writes, and what to do once they are durable. */
  naming(id: ConversationId, page: number, { messages }: Page): Pick<IdChange, 'writes' | 'done'> {
    const record = idRecordOf(page, messages)
    return {
      writes: this.appends(id, [record]),
      done: () => {
        const table = this.tables.get(id)?.table
        if (!table) return
        addRecord(table, record)
        table.unread = table.unread.filter((other) => other !== page)
      },
    }
  }

  /** The complete pages of a log that are not indexed, ascending. Rejects with StorageError. */
  async missing({ id, start, length }: Conversation, take: (record: IdRecord) => void = () => undefined): Promise<number[]> {
    const named = new Set<number>()
    for (let segment = segmentOf(pageOf(start)); segment <= segmentOf(pageOf(length)); segment++) {
      for (const record of parseIdRecords(await this.kv.list(this.keys.idSegment(id, segment)), segment)) {
        named.add(record.page)
        take(record)
      }
    }
    const missing: number[] = []
    for (let page = pageOf(start); page < pageOf(length); page++) if (!named.has(page)) missing.push(page)
    return missing
  }

  /** The conversation was deleted. */
  forget(id: ConversationId): void {
    this.tables.delete(id)
  }

  /** Resolves to the table of a conversation, once it is read. */
  private async load(id: ConversationId): Promise<IdTable> {
    const known = this.tables.get(id) ?? this.begin(id)
    this.tables.delete(id)
    this.tables.set(id, known)
    try {
      await known.read
    } catch (error) {
      if (this.tables.get(id) === known) this.tables.delete(id)
      throw error
    }
    known.isRead = true
    this.dropOld(id)
    return known.table
  }

  /** Commits add to the table while it is being read. */
  private begin(id: ConversationId): Table {
    const table = new IdTable(() => this.ports.conversation(id)?.start ?? 0)
    return { table, read: this.read(id, table), isRead: false }
  }

  private async read(id: ConversationId, table: IdTable): Promise<void> {
    const conversation = this.ports.conversation(id)
    if (!conversation || conversation.start === conversation.length) return
    const missing = await this.missing(conversation, (record) => addRecord(table, record))
    if (missing.length > 0) this.ports.hasGap(id)
    table.unread = missing
    await this.readPage(id, table, pageOf(conversation.length - 1))
    for (const page of missing.slice(1 - READ_AT_ONCE)) await this.readPage(id, table, page)
  }

  private async readPage(id: ConversationId, table: IdTable, page: number): Promise<void> {
    const { messages } = await this.ports.page(id, page)
    for (const { seq, from, id: messageId } of messages.values()) table.add(idHash(from, messageId), seq)
    table.unread = table.unread.filter((other) => other !== page)
  }

  /** The first of these seqs whose message has this author and id. An older one is not hidden by a newer one made to collide. */
  private async compared(id: ConversationId, { from, id: messageId }: MessageRef, seqs: readonly number[]): Promise<number | undefined> {
    const { start = 0, length = 0 } = this.ports.conversation(id) ?? {}
    for (const seq of seqs.filter((each) => each >= start && each < length).slice(0, COMPARED_MAX)) {
      const message = (await this.ports.page(id, pageOf(seq))).messages.get(seq)
      if (message?.id === messageId && message.from === from) return seq
    }
    return undefined
  }

  private appends(id: ConversationId, records: readonly IdRecord[]): Write[] {
    const bySegment = new Map<number, unknown[]>()
    for (const record of records) {
      const segment = segmentOf(record.page)
      const values = bySegment.get(segment) ?? []
      values.push(idRecordValue(record))
      bySegment.set(segment, values)
    }
    return [...bySegment].map(([segment, values]) => ({ type: 'append', key: this.keys.idSegment(id, segment), values }))
  }

  /** Deletes the segments of which no message is left. */
  private trimmed({ id, start, length }: Conversation, former: Conversation | undefined): Write[] {
    if (!former || start <= former.start) return []
    if (start === length) return [{ type: 'clear', folder: this.keys.ids(id) }]
    const writes: Write[] = []
    for (let segment = segmentOf(pageOf(former.start)); segment < segmentOf(pageOf(start)); segment++) {
      writes.push({ type: 'delete', key: this.keys.idSegment(id, segment) })
    }
    return writes
  }

  private dropOld(used: ConversationId): void {
    let size = 0
    for (const { table } of this.tables.values()) size += table.size
    for (const [id, { table, isRead }] of this.tables) {
      if (size <= this.entriesMax) return
      if (id === used || !isRead) continue
      this.tables.delete(id)
      size -= table.size
    }
  }
}

function isComplete(conversation: Conversation | undefined, page: number): boolean {
  return conversation !== undefined && page < pageOf(conversation.length)
}

function addRecord(table: IdTable, { page, hashes }: IdRecord): void {
  const first = page * hashes.length
  hashes.forEach((hash, i) => hash !== null && table.add(hash, first + i))
}
