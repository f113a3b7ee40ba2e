/**
 * Finds a message by its author and id, at any age (docs/STORAGE.md).
 *
 * The commit that completes a page of a log appends the page's ids to a segment of the index; the ids of the last page are read from the page.
 * Recently used conversations have a table in memory, and every hit is compared with the message in the log.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { isSameMessage, type MessageRef } from '@/src/chat/message/message'
import { getOrSet } from '@/src/chat/util/get-or-set'
import type { ChangedPage } from '../history/changed-pages'
import { pageOf, type PersonKeys } from '../keys'
import type { KeyValue, Write } from '../kv/key-value'
import type { IndexRow, Page } from '../records'
import { idHash, idRecordOf, idRecordValue, parseIdRecords, segmentOf, type IdRecord } from './id-records'
import { IdTable } from './id-table'

/** Limit of entries in memory, for all conversations: about 3 MB. Above it, the least recently used tables are dropped. */
export const ENTRIES_MAX = 150_000
/** Limit of pages read to load a table: the last page, and the newest that are not indexed, since most copies are of recent messages. */
const READ_AT_ONCE = 9
/** Limit of pages that are not indexed and are read to find an id that the table does not have. */
const SEARCHED_MAX = 20
/** Limit of messages that are compared for one hash. Only ids made to collide have more. */
const COMPARED_MAX = 20

export interface IdIndexPorts {
  /** Returns the conversation as saved on the device. */
  conversation(id: ConversationId): Conversation | undefined
  /** Rejects with StorageError. */
  page(id: ConversationId, page: number): Promise<Page>
  /** Called when a conversation has complete pages that are not indexed. */
  hasGap(id: ConversationId): void
}

/** The changes of one commit in the index. */
export interface IdChange {
  /** Must come before the writes of the pages, so that the record of a page never lacks one of its messages. */
  readonly writes: readonly Write[]
  /** To be written once the commit is durable. */
  readonly deletions: readonly Write[]
  /** To be called once the writes are durable. */
  done(): void
}

interface Table {
  readonly table: IdTable
  /** Resolves once the table is loaded. */
  readonly read: Promise<void>
  isRead: boolean
}

export class IdIndex {
  /** The last used table is at the end. */
  private readonly tables = new Map<ConversationId, Table>()

  constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly ports: IdIndexPorts,
    private readonly entriesMax = ENTRIES_MAX,
  ) {}

  /** Whether it is certain, without a read, that no message of the conversation has this author and id, except old ones that are not indexed. */
  isUnknown(id: ConversationId, { from, id: messageId }: MessageRef): boolean {
    const loaded = this.tables.get(id)
    return loaded?.isRead === true && loaded.table.seqs(idHash(from, messageId)).length === 0
  }

  /** Resolves to the seqs of these messages, undefined for those that are not found. Rejects with StorageError. */
  async find(id: ConversationId, refs: readonly MessageRef[]): Promise<(number | undefined)[]> {
    const table = await this.load(id)
    const found: (number | undefined)[] = []
    for (const ref of refs) found.push(await this.compared(id, ref, table.seqs(idHash(ref.from, ref.id))))
    const pages = found.includes(undefined) ? table.unindexed.slice(-SEARCHED_MAX).reverse() : []
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

  /** Returns the changes of a commit with these pages, and with these rows of the conversation index. */
  change(pages: Iterable<ChangedPage>, rows: readonly IndexRow[]): IdChange {
    const conversations = new Map(rows.map(({ conversation }) => [conversation.id, conversation] as const))
    const changed = [...pages].filter(({ added }) => added.length > 0)
    const records = new Map<ConversationId, IdRecord[]>()
    for (const { id, number, messages, replaced } of changed) {
      if (!isComplete(conversations.get(id), number)) continue
      // Until the page is written it has the replaced messages, and their own record may be lost.
      const named = replaced ? [replaced, messages] : [messages]
      getOrSet(records, id, (): IdRecord[] => []).push(...named.map((each) => idRecordOf(number, each)))
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

  /** Indexes a page. Returns the writes, and what to call once they are durable. */
  naming(id: ConversationId, page: number, { messages }: Page): Pick<IdChange, 'writes' | 'done'> {
    const record = idRecordOf(page, messages)
    return {
      writes: this.appends(id, [record]),
      done: () => {
        const table = this.tables.get(id)?.table
        if (!table) return
        addRecord(table, record)
        table.unindexed = table.unindexed.filter((other) => other !== page)
      },
    }
  }

  /** Resolves to the complete pages of a log that are not indexed, ascending. Calls `onRecord` for each that is. Rejects with StorageError. */
  async missing({ id, start, length }: Conversation, onRecord: (record: IdRecord) => void = () => undefined): Promise<number[]> {
    const named = new Set<number>()
    for (let segment = segmentOf(pageOf(start)); segment <= segmentOf(pageOf(length)); segment++) {
      for (const record of parseIdRecords(await this.kv.list(this.keys.idSegment(id, segment)), segment)) {
        named.add(record.page)
        onRecord(record)
      }
    }
    const missing: number[] = []
    for (let page = pageOf(start); page < pageOf(length); page++) if (!named.has(page)) missing.push(page)
    return missing
  }

  /** Drops the table of a deleted conversation. */
  forget(id: ConversationId): void {
    this.tables.delete(id)
  }

  /** Resolves to the loaded table of a conversation. */
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

  /** Adds the table before it is loaded, so that commits during the load are added to it. */
  private begin(id: ConversationId): Table {
    const table = new IdTable(() => this.ports.conversation(id)?.start ?? 0)
    return { table, read: this.read(id, table), isRead: false }
  }

  private async read(id: ConversationId, table: IdTable): Promise<void> {
    const conversation = this.ports.conversation(id)
    if (!conversation || conversation.start === conversation.length) return
    const missing = await this.missing(conversation, (record) => addRecord(table, record))
    if (missing.length > 0) this.ports.hasGap(id)
    table.unindexed = missing
    await this.readPage(id, table, pageOf(conversation.length - 1))
    for (const page of missing.slice(1 - READ_AT_ONCE)) await this.readPage(id, table, page)
  }

  private async readPage(id: ConversationId, table: IdTable, page: number): Promise<void> {
    const { messages } = await this.ports.page(id, page)
    for (const { seq, from, id: messageId } of messages.values()) table.add(idHash(from, messageId), seq)
    table.unindexed = table.unindexed.filter((other) => other !== page)
  }

  /** Resolves to the first of these seqs whose message has this author and id. Oldest first, so that newer ids made to collide hide no message. */
  private async compared(id: ConversationId, ref: MessageRef, seqs: readonly number[]): Promise<number | undefined> {
    const { start = 0, length = 0 } = this.ports.conversation(id) ?? {}
    for (const seq of seqs.filter((each) => each >= start && each < length).slice(0, COMPARED_MAX)) {
      const message = (await this.ports.page(id, pageOf(seq))).messages.get(seq)
      if (isSameMessage(message, ref)) return seq
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

  /** The deletions of segments that have no message left. */
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

/** Whether a page of the log is full: no message will be added to it. */
function isComplete(conversation: Conversation | undefined, page: number): boolean {
  return conversation !== undefined && page < pageOf(conversation.length)
}

function addRecord(table: IdTable, { page, hashes }: IdRecord): void {
  const first = page * hashes.length
  hashes.forEach((hash, i) => hash !== null && table.add(hash, first + i))
}
