/** Reads pages of a history, caches those that were used last, and records which are damaged. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { RecentMap } from '@/src/chat/util/recent-map'
import type { ConversationIndex } from '../index/conversation-index'
import type { KeyValue } from '../kv/key-value'
import { PAGE_SIZE, type PersonKeys } from '../keys'
import { parsePage, type Page } from '../records'

/** Pages in the cache: enough for the windows of a few open conversations and the last pages of those that receive messages. */
const CACHED_PAGES = 24

export class PageReader {
  /** By their keys. */
  private readonly cache = new RecentMap<string, Page>(CACHED_PAGES)
  /** Incremented after every commit. A page that was read during a commit may be out of date and is not cached. */
  private commits = 0
  /** Number of unreadable messages, by the key of their page, so that reading a page twice counts them once. */
  private readonly unreadable = new Map<string, number>()

  constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly index: ConversationIndex,
  ) {}

  /** Resolves to a page, from the cache if possible. Rejects with StorageError. */
  async read(id: ConversationId, number: number): Promise<Page> {
    const key = this.keys.page(id, number)
    const cached = this.cache.get(key)
    if (cached) return cached
    const since = this.commits
    const page = parsePage(await this.kv.list(key), number)
    const isCurrent = since === this.commits
    const lost = Math.max(page.unreadable, isCurrent ? this.missing(id, number, page) : 0)
    if (lost > 0) this.unreadable.set(key, lost)
    if (isCurrent) this.cache.set(key, page)
    return page
  }

  /** Number of unreadable messages in the pages read so far. */
  get unreadableMessages(): number {
    return [...this.unreadable.values()].reduce((sum, count) => sum + count, 0)
  }

  /** The keys of the pages with unreadable messages. */
  get damagedPages(): string[] {
    return [...this.unreadable.keys()]
  }

  /** Caches pages as they were written. */
  written(pages: Iterable<readonly [key: string, page: Page]>): void {
    for (const [key, page] of pages) this.cache.set(key, page)
  }

  /** Drops pages from the cache whose write failed. */
  failed(keys: Iterable<string>): void {
    for (const key of keys) this.cache.delete(key)
  }

  /** Drops pages that were deleted, or whose deletion failed, from the cache and the damage. `isDeleted`: by key. */
  deleted(isDeleted: (key: string) => boolean): void {
    for (const key of this.cache.keys()) if (isDeleted(key)) this.cache.delete(key)
    for (const key of this.damagedPages) if (isDeleted(key)) this.unreadable.delete(key)
    this.committed()
  }

  /** Called after a commit, also one that failed. */
  committed(): void {
    this.commits++
  }

  /** Number of messages that the page should have according to the index, and has not: its file was cut short or is lost. */
  private missing(id: ConversationId, number: number, page: Page): number {
    const row = this.index.rows.get(id)
    if (!row) return 0
    const { start, length } = row.conversation
    let missing = 0
    const end = Math.min(length, (number + 1) * PAGE_SIZE)
    for (let seq = Math.max(start, number * PAGE_SIZE); seq < end; seq++) if (!page.messages.has(seq)) missing++
    return missing
  }
}
