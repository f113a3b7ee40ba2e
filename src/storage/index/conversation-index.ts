/**
 * What is known of a person's conversations, without their messages. A change is one row appended to a journal; when the
 * journal has grown, all rows are written anew in pages, the newest first, under the next generation, and one small value
 * says which generation counts. So a start reads the journal and the first page to show the list, a message costs one row,
 * and a crash leaves the former generation or the next. Only once that value is durable is the former generation deleted.
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

/** How many conversations one page of the index holds: a screen or three. */
export const INDEX_PAGE_SIZE = 50
/** After so many rows the journal is written anew: about 60 KB to read at a start. */
export const JOURNAL_MAX = 300
/** A renewal writes every row: one that failed is tried again after so many rows more. */
export const JOURNAL_STEP = 50
/** So many pages at the end of a log are read for the row of a conversation that may be lost: what waits to be sent is there. */
const PAGES_SEARCHED = 4
const EMPTY: IndexMeta = { generation: 0, pages: 0 }

/** The next generation. `writes` are one commit, after which it counts, and then `done` is to be called. */
interface Renewal {
  readonly writes: readonly Write[]
  readonly done: () => void
}

type Commit = (writes: readonly Write[]) => Promise<void>

const metaKey = ({ index }: PersonKeys): string => `${index}meta`
const journalKey = ({ index }: PersonKeys, { generation }: IndexMeta): string => `${index}${generation}.journal`

/** A row of the journal for a conversation that was removed. */
const removal = (id: ConversationId): unknown => ({ removed: id })

export class ConversationIndex {
  readonly rows = new Map<ConversationId, IndexRow>()
  /** Which generation is damaged, if one is. */
  get damagedGeneration(): number | undefined {
    return this.unreadable > 0 ? this.readGeneration : undefined
  }
  unreadable = 0
  private meta: IndexMeta = EMPTY
  /** The device says that this history may have records of the present format. */
  private isMarked = false
  /** The one that was read at the start. */
  private readGeneration = 0
  private journalLength = 0
  /** How long the journal is when it is written anew. */
  private renewedAt = JOURNAL_MAX
  /** What no index refers to any more and is still there. */
  private leftOver: Write[] = []
  /** In the journal: newer than what any page says of them. */
  private readonly changed = new Set<ConversationId>()
  private isDamaged = false
  /** A row of the journal is lost: that of any conversation, which may be older in what remains. */
  private isJournalDamaged = false
  private rest: Promise<void> | undefined

  private constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly commit: Commit,
  ) {}

  /** Whether a later version of this client wrote it. */
  static async isNewer(kv: KeyValue, keys: PersonKeys): Promise<boolean> {
    return parseMeta((await kv.list(metaKey(keys), 'at-once')).value) === 'newer'
  }

  /** A text that is another after every change of the index. */
  static async stamp(kv: KeyValue, keys: PersonKeys): Promise<string> {
    const meta = parseMeta((await kv.list(metaKey(keys))).value) ?? EMPTY
    if (meta === 'newer') return meta
    const { appended } = await kv.list(journalKey(keys, meta))
    return `${meta.generation} ${appended.length}`
  }

  /** Resolves once the conversations that changed last are in `rows`. To be called by who writes it: what another writes meanwhile is not in it. */
  static async open(kv: KeyValue, keys: PersonKeys, commit: Commit): Promise<ConversationIndex> {
    const index = new ConversationIndex(kv, keys, commit)
    await index.readFirst()
    // What is at hand may be older than what the logs hold, and whoever takes it numbers messages by it.
    if (index.isJournalDamaged) await index.complete()
    return index
  }

  /** Resolves once every conversation is in `rows`. What the device does not give now is asked for again the next time. */
  complete(): Promise<void> {
    const before = this.unreadable
    this.rest ??= this.readRest().catch((error: unknown) => {
      this.rest = undefined
      this.unreadable = before
      throw error
    })
    return this.rest
  }

  /** What to append for changed and removed conversations; `rows` follows once it is durable. */
  changes(rows: readonly IndexRow[], removed: readonly ConversationId[] = []): Write {
    return { type: 'append', key: this.journal(this.meta), values: [...rows.map(rowRecord), ...removed.map(removal)] }
  }

  /** To be written before the first record of the present format: an earlier version then leaves the history as it is. */
  mark(): readonly Write[] {
    return this.isMarked ? [] : [{ type: 'put', key: metaKey(this.keys), value: metaRecord(this.meta) }]
  }

  /** The changes are durable, and the {@link mark}. */
  changedTo(rows: readonly IndexRow[], removed: readonly ConversationId[] = []): void {
    this.isMarked = true
    for (const row of rows) this.rows.set(row.conversation.id, row)
    for (const id of removed) this.rows.delete(id)
    this.journalLength += rows.length + removed.length
  }

  /** Writes the index anew once the journal has grown. When it rejects, with StorageError, the journal goes on. */
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
    // a journal left behind by a renewal that died before it counted
    writes.push({ type: 'delete', key: this.journal(meta) })
    // Last, since a deletion is not taken back when a later write fails: what this one refers to must be there, and what it
    // referred to before as well.
    writes.push({ type: 'put', key: metaKey(this.keys), value: metaRecord(meta) })
    return {
      writes,
      done: () => {
        // What could not be read stays where it is.
        if (!this.isDamaged) this.leftOver = [...this.keysOf(this.meta).map((key): Write => ({ type: 'delete', key })), ...this.leftOver]
        this.meta = meta
        this.isMarked = true
        this.journalLength = 0
        this.isDamaged = false
        this.isJournalDamaged = false
      },
    }
  }

  /** What does not go now goes with the next renewal; what a crash leaves only takes room. */
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

  /** The first format had one record per conversation. They are taken over with the first renewal, which comes at once. */
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
   * What the index has lost, by what the logs hold: conversations, and with `ofAll` also what is newer than the row that is
   * left of one. Otherwise the next message would be given the place of one that is there.
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
