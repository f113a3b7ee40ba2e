/** Reads pages of a history, keeps those that were used last, and notes which are damaged. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { RecentMap } from '@/src/chat/util/recent-map'
import type { ConversationIndex } from '../index/conversation-index'
import type { KeyValue } from '../kv/key-value'
import { PAGE_SIZE, type PersonKeys } from '../keys'
import { parsePage, type Page } from '../records'

/** Enough for the windows of a few open conversations and the last pages of those that receive. */
const CACHED_PAGES = 24

export class PageReader {
  /** By their keys. */
  private readonly cache = new RecentMap<string, Page>(CACHED_PAGES)
  /** Goes up with every commit: a page that was read during a commit may be out of date and is not cached. */
  private commits = 0
  /** By page, how many messages cannot be read, so that reading a page twice counts them once. */
  private readonly unreadable = new Map<string, number>()

  constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly index: ConversationIndex,
  ) {}

  /** Rejects with StorageError. */
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

  /** How many messages of the pages that were read cannot be read. */
  get unreadableMessages(): number {
    return [...this.unreadable.values()].reduce((sum, count) => sum + count, 0)
  }

  /** The keys of the pages with messages that cannot be read. */
  get damagedPages(): string[] {
    return [...this.unreadable.keys()]
  }

  /** These pages were written, and contain this now. */
  written(pages: Iterable<readonly [key: string, page: Page]>): void {
    for (const [key, page] of pages) this.cache.set(key, page)
  }

  /** A write of these pages has failed. */
  failed(keys: Iterable<string>): void {
    for (const key of keys) this.cache.delete(key)
  }

  /** The pages whose keys `holds` names were deleted, or a deletion was tried. */
  deleted(holds: (key: string) => boolean): void {
    for (const key of this.cache.keys()) if (holds(key)) this.cache.delete(key)
    for (const key of this.damagedPages) if (holds(key)) this.unreadable.delete(key)
    this.committed()
  }

  /** A commit has ended. */
  committed(): void {
    this.commits++
  }

  /** How many messages the page should hold according to the index, and does not: a file cut short or gone. */
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
