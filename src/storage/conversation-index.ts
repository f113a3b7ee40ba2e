/**
 * What is known of a person's conversations, without their messages. A change is one row appended to a journal; when the
 * journal has grown, all rows are written anew in pages, the newest first, under the next generation, and one small value
 * says which generation counts. So a start reads the journal and the first page to show the list, a message costs one row,
 * and a crash leaves the former generation or the next.
 */
import { byRecency, preview } from '@/src/chat/conversations'
import type { ConversationId } from '@/src/chat/conversation'
import type { KeyValue, Write } from './key-value'
import { PAGE_SIZE, type PersonKeys } from './keys'
import { metaRecord, parseConversationRecord, parseMeta, parsePage, parseRow, rowRecord, type IndexMeta, type IndexRow } from './records'

/** How many conversations one page of the index holds: a screen or three. */
export const INDEX_PAGE_SIZE = 50
/** After so many rows the journal is written anew: about 60 KB to read at a start. */
export const JOURNAL_MAX = 300
/** What a message of the first format, which kept no count, takes about. */
const BYTES_PER_MESSAGE = 250

const EMPTY: IndexMeta = { generation: 0, pages: 0 }

/** A row of the journal for a conversation that was removed. */
const removal = (id: ConversationId): unknown => ({ removed: id })

export class ConversationIndex {
  readonly rows = new Map<ConversationId, IndexRow>()
  isNewer = false
  /** Which generation is damaged, if one is. */
  get damagedGeneration(): number | undefined {
    return this.unreadable > 0 ? this.readGeneration : undefined
  }
  unreadable = 0
  private meta: IndexMeta = EMPTY
  /** The one that was read at the start. */
  private readGeneration = 0
  private journalLength = 0
  /** In the journal: newer than what any page says of them. */
  private readonly changed = new Set<ConversationId>()
  private isDamaged = false
  private rest: Promise<void> | undefined

  private constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
  ) {}

  /** Resolves once the conversations that changed last are in `rows`. */
  static async open(kv: KeyValue, keys: PersonKeys): Promise<ConversationIndex> {
    const index = new ConversationIndex(kv, keys)
    await index.readFirst()
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

  /** The changes are durable. */
  changedTo(rows: readonly IndexRow[], removed: readonly ConversationId[] = []): void {
    for (const row of rows) this.rows.set(row.conversation.id, row)
    for (const id of removed) this.rows.delete(id)
    this.journalLength += rows.length + removed.length
  }

  /** The writes that begin the next generation, or undefined while the journal is short. To be done in one commit. */
  renewal(): { readonly writes: readonly Write[]; readonly done: () => void } | undefined {
    if (this.journalLength < JOURNAL_MAX) return undefined
    return this.nextGeneration()
  }

  private nextGeneration(): { readonly writes: readonly Write[]; readonly done: () => void } {
    const sorted = [...this.rows.values()].sort((a, b) => byRecency(a.conversation, b.conversation))
    const meta: IndexMeta = { generation: this.meta.generation + 1, pages: Math.ceil(sorted.length / INDEX_PAGE_SIZE) }
    const writes: Write[] = []
    for (let page = 0; page < meta.pages; page++) {
      const rows = sorted.slice(page * INDEX_PAGE_SIZE, (page + 1) * INDEX_PAGE_SIZE).map(rowRecord)
      writes.push({ type: 'put', key: this.page(meta, page), value: { rows } })
    }
    // a journal left behind by a renewal that died before it counted
    writes.push({ type: 'delete', key: this.journal(meta) })
    writes.push({ type: 'put', key: this.metaKey, value: metaRecord(meta) })
    // What could not be read stays where it is.
    if (!this.isDamaged) writes.push(...this.keysOf(this.meta).map((key): Write => ({ type: 'delete', key })))
    return {
      writes,
      done: () => {
        this.meta = meta
        this.journalLength = 0
        this.isDamaged = false
      },
    }
  }

  private async readFirst(): Promise<void> {
    const listed = await this.kv.list(this.metaKey)
    const meta = parseMeta(listed.value)
    if (meta === 'newer') {
      this.isNewer = true
      return
    }
    if (!meta && (listed.unreadable > 0 || listed.value !== undefined)) this.damaged(1)
    this.meta = meta ?? EMPTY
    this.readGeneration = this.meta.generation
    const { appended, unreadable } = await this.kv.list(this.journal(this.meta))
    this.journalLength = appended.length
    if (unreadable > 0) this.damaged(unreadable)
    for (const record of appended) this.replay(record)
    if (this.meta.pages > 0) await this.readPage(0)
  }

  private async readRest(): Promise<void> {
    await Promise.all(Array.from({ length: Math.max(0, this.meta.pages - 1) }, (_, page) => this.readPage(page + 1)))
    if (this.meta === EMPTY) await this.readFirstFormat()
    if (this.meta === EMPTY || this.isDamaged) await this.rebuild()
  }

  private async readPage(page: number): Promise<void> {
    const { value } = await this.kv.list(this.page(this.meta, page))
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
    } else this.damaged(1)
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
    const { writes, done } = this.nextGeneration()
    const taken = unreadable > 0 ? [] : [{ type: 'clear', folder: this.keys.conversations } as const]
    await this.kv.commit([...writes, ...taken])
    done()
  }

  /** Conversations that the index has lost, by what their logs say. */
  private async rebuild(): Promise<void> {
    for (const name of await this.kv.names(this.keys.logs)) {
      const id = this.keys.conversationOf(name)
      if (!id || this.rows.has(id) || this.changed.has(id)) continue
      const row = await this.rebuilt(id)
      if (row) this.rows.set(id, row)
    }
  }

  private async rebuilt(id: ConversationId): Promise<IndexRow | undefined> {
    const pages = (await this.kv.names(this.keys.log(id))).map(Number).filter(Number.isSafeInteger).sort((a, b) => a - b)
    const [first] = pages
    const last = pages[pages.length - 1]
    if (first === undefined || last === undefined) return undefined
    const messages = [...parsePage(await this.kv.list(this.keys.page(id, last)), last).messages.values()].sort((a, b) => a.seq - b.seq)
    const newest = messages[messages.length - 1]
    if (!newest) return undefined
    const length = newest.seq + 1
    const start = first * PAGE_SIZE
    // Of the messages of the last page that were still to be sent; older ones cannot be told.
    const pending = messages.filter(({ status }) => status === 'queued' || status === 'sending').map(({ seq }) => seq)
    const shown = [...messages].reverse().find(({ body }) => body.kind !== 'notice') ?? newest
    const conversation = { id, length, start, preview: preview(shown), at: shown.at, unread: 0, readTo: length, pending, left: false, pinned: false, muted: false }
    return { conversation, bytes: (length - start) * BYTES_PER_MESSAGE, since: shown.at }
  }

  private damaged(count: number): void {
    this.unreadable += count
    this.isDamaged = true
  }

  private get metaKey(): string {
    return `${this.keys.index}meta`
  }
  private journal({ generation }: IndexMeta): string {
    return `${this.keys.index}${generation}.journal`
  }
  private page({ generation }: IndexMeta, page: number): string {
    return `${this.keys.index}${generation}.${page}`
  }
  private keysOf(meta: IndexMeta): string[] {
    return [this.journal(meta), ...Array.from({ length: meta.pages }, (_, page) => this.page(meta, page))]
  }
}
