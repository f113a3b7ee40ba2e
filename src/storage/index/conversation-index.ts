/**
 * The rows of a user's conversations (docs/STORAGE.md). A change appends one row to a journal; a long journal is replaced by the next
 * generation: pages with all rows, the newest first.
 *
 * A start shows the list from the journal and the first page. One small value, the pointer, names the current generation, and the former one
 * is deleted only once the new pointer is durable: after a crash, one of the two is complete.
 */
import { byRecency } from '@/src/chat/conversation/order'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import type { KeyValue, Write } from '../kv/key-value'
import { pageOf, type PersonKeys } from '../keys'
import { StorageError } from '../port'
import { rebuiltRow } from './rebuilt-row'
import { BYTES_PER_MESSAGE, FORMAT_VERSION, metaRecord, parseConversationRecord, parseMeta, parsePage, parseRow, rowRecord, type IndexMeta, type IndexRow } from '../records'

/** Conversations in one page of the index: one to three screens. */
export const INDEX_PAGE_SIZE = 50
/** Rows in the journal, about 60 KB to read at a start. At this length the next generation replaces it. */
export const JOURNAL_MAX = 300
/** A failed renewal is repeated after this many more rows, since it writes all rows. */
export const JOURNAL_STEP = 50
/** Pages at the end of a log that are read to rebuild a lost row. They have the messages that wait to be sent. */
const PAGES_SEARCHED = 4
const EMPTY: IndexMeta = { generation: 0, pages: 0 }

/** The next generation. Once `writes`, as one commit, are durable, it is the current one and `done` must be called. */
interface Renewal {
  readonly writes: readonly Write[]
  readonly done: () => void
}

type Commit = (writes: readonly Write[]) => Promise<void>

const metaKey = ({ index }: PersonKeys): string => `${index}meta`
const journalKey = ({ index }: PersonKeys, { generation }: IndexMeta): string => `${index}${generation}.journal`

/** The row of the journal that removes a conversation. */
const removal = (id: ConversationId): unknown => ({ removed: id })

export class ConversationIndex {
  readonly rows = new Map<ConversationId, IndexRow>()
  /** The generation that was read at the start, if some of it is unreadable. */
  get damagedGeneration(): number | undefined {
    return this.unreadable > 0 ? this.readGeneration : undefined
  }
  /** Number of unreadable rows and pages. */
  unreadable = 0
  private meta: IndexMeta = EMPTY
  /** The pointer on the device has the present format version, so records of it may follow. */
  private isMarked = false
  /** The generation that was read at the start. */
  private readGeneration = 0
  private journalLength = 0
  /** The length of the journal, in rows, at which the next renewal begins. */
  private renewedAt = JOURNAL_MAX
  /** Deletions still to be made: records that belong to no current generation. */
  private leftOver: Write[] = []
  /** Conversations with a row in the journal, which is newer than their row in a page. */
  private readonly changed = new Set<ConversationId>()
  /** A row or page is lost. */
  private isDamaged = false
  /** A row of the journal is lost. It can be of any conversation, so every remaining row may be an older one. */
  private isJournalDamaged = false
  private rest: Promise<void> | undefined

  private constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly commit: Commit,
  ) {}

  /** Resolves to whether a later version of this client wrote the index. Rejects with StorageError. */
  static async isNewer(kv: KeyValue, keys: PersonKeys): Promise<boolean> {
    return parseMeta((await kv.list(metaKey(keys), 'at-once')).value) === 'newer'
  }

  /** Resolves to a text that differs after every change of the index. Rejects with StorageError. */
  static async stamp(kv: KeyValue, keys: PersonKeys): Promise<string> {
    const meta = parseMeta((await kv.list(metaKey(keys))).value) ?? EMPTY
    if (meta === 'newer') return meta
    const { appended } = await kv.list(journalKey(keys, meta))
    return `${meta.generation} ${appended.length}`
  }

  /**
   * Resolves once the conversations that changed last are in `rows`. Only the tab that owns the history may call it, because changes of other
   * tabs are not seen. Rejects with StorageError.
   */
  static async open(kv: KeyValue, keys: PersonKeys, commit: Commit): Promise<ConversationIndex> {
    const index = new ConversationIndex(kv, keys, commit)
    await index.readFirst()
    // After damage to the journal the rows may be stale. Load everything before seqs are assigned by them.
    if (index.isJournalDamaged) await index.complete()
    return index
  }

  /** Resolves once every conversation is in `rows`. When it rejects, with StorageError, the next call tries again. */
  complete(): Promise<void> {
    const before = this.unreadable
    this.rest ??= this.readRest().catch((error: unknown) => {
      this.rest = undefined
      this.unreadable = before
      throw error
    })
    return this.rest
  }

  /** Returns the write for changed and removed conversations. Call {@link changedTo} once it is durable. */
  changes(rows: readonly IndexRow[], removed: readonly ConversationId[] = []): Write {
    return { type: 'append', key: this.journal(this.meta), values: [...rows.map(rowRecord), ...removed.map(removal)] }
  }

  /** The writes to make before the first record of the present format, so that an earlier version does not touch the history. */
  mark(): readonly Write[] {
    return this.isMarked ? [] : [{ type: 'put', key: metaKey(this.keys), value: metaRecord(this.meta) }]
  }

  /** Applies changes to `rows`, once they and the {@link mark} are durable. */
  changedTo(rows: readonly IndexRow[], removed: readonly ConversationId[] = []): void {
    this.isMarked = true
    for (const row of rows) this.rows.set(row.conversation.id, row)
    for (const id of removed) this.rows.delete(id)
    this.journalLength += rows.length + removed.length
  }

  /** Writes the next generation if the journal is long. When it rejects, with StorageError, the present one stays in use. */
  async renew(): Promise<void> {
    if (this.journalLength < this.renewedAt) return
    this.renewedAt = this.journalLength + JOURNAL_STEP
    await this.begin(this.nextGeneration())
    this.renewedAt = JOURNAL_MAX
    await this.deleteLeftOver()
  }

  private async begin({ writes, done }: Renewal): Promise<void> {
    await this.commit(writes)
    done()
  }

  private nextGeneration(): Renewal {
    const sorted = [...this.rows.values()].sort((a, b) => byRecency(a.conversation, b.conversation))
    const meta: IndexMeta = { generation: this.meta.generation + 1, pages: Math.ceil(sorted.length / INDEX_PAGE_SIZE) }
    const writes: Write[] = []
    for (let page = 0; page < meta.pages; page++) {
      const rows = sorted.slice(page * INDEX_PAGE_SIZE, (page + 1) * INDEX_PAGE_SIZE).map(rowRecord)
      writes.push({ type: 'put', key: this.page(meta, page), value: { rows } })
    }
    // A renewal that crashed can have left a journal of this generation.
    writes.push({ type: 'delete', key: this.journal(meta) })
    // Write the pointer last. Deletions are not rolled back, so the old and the new generation must both exist until it is written.
    writes.push({ type: 'put', key: metaKey(this.keys), value: metaRecord(meta) })
    return {
      writes,
      done: () => {
        // Unreadable data stays on the device.
        if (!this.isDamaged) this.leftOver = [...this.keysOf(this.meta).map((key): Write => ({ type: 'delete', key })), ...this.leftOver]
        this.meta = meta
        this.isMarked = true
        this.journalLength = 0
        this.isDamaged = false
        this.isJournalDamaged = false
      },
    }
  }

  /** A failed deletion is repeated after the next renewal. Records that a crash leaves only take space. */
  private async deleteLeftOver(): Promise<void> {
    if (this.leftOver.length === 0) return
    await this.commit(this.leftOver)
    this.leftOver = []
  }

  private async readFirst(): Promise<void> {
    const listed = await this.kv.list(metaKey(this.keys), 'at-once')
    const meta = parseMeta(listed.value)
    if (meta === 'newer') throw new StorageError('newer', 'a later version has written the index')
    if (!meta && (listed.unreadable > 0 || listed.value !== undefined)) this.journalDamaged(1)
    this.meta = meta ?? EMPTY
    this.isMarked = meta?.version === FORMAT_VERSION
    this.readGeneration = this.meta.generation
    const { appended, unreadable } = await this.kv.list(this.journal(this.meta), 'at-once')
    this.journalLength = appended.length
    if (unreadable > 0) this.journalDamaged(unreadable)
    for (const record of appended) this.replay(record)
    if (this.meta.pages > 0) await this.readPage(0, 'at-once')
  }

  private async readRest(): Promise<void> {
    await Promise.all(Array.from({ length: Math.max(0, this.meta.pages - 1) }, (_, page) => this.readPage(page + 1)))
    const { isDamaged, isJournalDamaged } = this
    if (this.meta.generation === 0) await this.readFirstFormat()
    if (this.meta.generation === 0 || isDamaged) await this.rebuild(isJournalDamaged)
  }

  private async readPage(page: number, when?: 'at-once'): Promise<void> {
    const { value } = await this.kv.list(this.page(this.meta, page), when)
    const rows = (value as { rows?: unknown } | null | undefined)?.rows
    if (!Array.isArray(rows)) return this.damaged(1)
    for (const record of rows) {
      const row = parseRow(record)
      if (!row) this.damaged(1)
      else if (!this.changed.has(row.conversation.id)) this.rows.set(row.conversation.id, row)
    }
  }

  private replay(record: unknown): void {
    const removed = (record as { removed?: unknown } | null)?.removed
    const row = parseRow(record)
    if (typeof removed === 'string') {
      this.changed.add(removed as ConversationId)
      this.rows.delete(removed as ConversationId)
    } else if (row) {
      this.changed.add(row.conversation.id)
      this.rows.set(row.conversation.id, row)
    } else this.journalDamaged(1)
  }

  /** Reads the conversations of format 1, one record each, and writes them as the first generation. */
  private async readFirstFormat(): Promise<void> {
    const entries = await this.kv.entries(this.keys.conversations)
    let unreadable = 0
    for (const [key, value] of entries) {
      const conversation = parseConversationRecord(value)
      if (!conversation || this.keys.conversation(conversation.id) !== key) unreadable++
      else if (!this.changed.has(conversation.id)) {
        this.rows.set(conversation.id, { conversation, bytes: conversation.length * BYTES_PER_MESSAGE, since: conversation.at })
      }
    }
    this.unreadable += unreadable
    if (entries.length === 0) return
    await this.begin(this.nextGeneration())
    if (unreadable > 0) return
    this.leftOver.push({ type: 'clear', folder: this.keys.conversations })
    await orElse(StorageError, () => this.deleteLeftOver(), () => undefined)
  }

  /**
   * Rebuilds lost rows from the logs, so that the next message does not get the seq of one in the log. `ofAll`: also rebuilds the remaining rows,
   * which may be older than their logs.
   */
  private async rebuild(ofAll: boolean): Promise<void> {
    for (const name of await this.kv.names(this.keys.logs)) {
      const id = this.keys.conversationOf(name)
      if (!id || (!ofAll && (this.rows.has(id) || this.changed.has(id)))) continue
      const row = await this.rebuilt(id)
      if (row) this.rows.set(id, row)
    }
  }

  private async rebuilt(id: ConversationId): Promise<IndexRow | undefined> {
    const known = this.rows.get(id)
    const numbers = (await this.kv.names(this.keys.log(id))).map(Number).filter(Number.isSafeInteger).sort((a, b) => a - b)
    const [first] = numbers
    if (first === undefined) return undefined
    const beyond = known ? pageOf(known.conversation.length) : Infinity
    const searched = numbers.filter((number, index) => number >= beyond || index >= numbers.length - PAGES_SEARCHED)
    const messages: Message[] = []
    for (const number of searched) messages.push(...parsePage(await this.kv.list(this.keys.page(id, number)), number).messages.values())
    return rebuiltRow(id, messages.sort((a, b) => a.seq - b.seq), first, known)
  }

  private damaged(count: number): void {
    this.unreadable += count
    this.isDamaged = true
  }

  private journalDamaged(count: number): void {
    this.damaged(count)
    this.isJournalDamaged = true
  }

  private journal(meta: IndexMeta): string {
    return journalKey(this.keys, meta)
  }
  private page({ generation }: IndexMeta, page: number): string {
    return `${this.keys.index}${generation}.${page}`
  }
  private keysOf(meta: IndexMeta): string[] {
    return [this.journal(meta), ...Array.from({ length: meta.pages }, (_, page) => this.page(meta, page))]
  }
}
