/**
 * Adds to the id index, in the background, the pages of earlier versions and those whose record is lost. It indexes one page at a time,
 * while nothing else is written.
 */
import { byRecency } from '@/src/chat/conversation/order'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { orElse } from '@/src/chat/util/or-else'
import { pageOf, type PersonKeys } from '../keys'
import type { KeyValue, Write } from '../kv/key-value'
import { StorageError } from '../port'
import { indexedOf, indexedRecord, parsePage } from '../records'
import type { IdIndex } from './id-index'

/** A page is indexed once nothing has been written for this time, ms. */
export const QUIET_MS = 100

export interface OldPagesPorts {
  conversations(): Iterable<Conversation>
  conversation(id: ConversationId): Conversation | undefined
  /** The number of writes requested so far. */
  requested(): number
  /** Runs `step` while nothing else is written. Rejects with StorageError. */
  alone(step: () => Promise<boolean>): Promise<boolean>
  commit(writes: readonly Write[]): Promise<void>
  /** Called once all is indexed. */
  ended(): void
}

export class OldPages {
  private cancel: Cancel | undefined
  private isRunning = false
  /** {@link OldPagesPorts.requested} at the last tick. */
  private requested = 0
  /** Conversations to be checked, the next one at the end. Undefined until it is known which are indexed. */
  private waiting: ConversationId[] | undefined
  /** The conversation being indexed, with its remaining pages, ascending. */
  private current: { readonly id: ConversationId; readonly pages: number[] } | undefined
  /** Indexing a conversation has failed. */
  private hasFailed = false
  /** Conversations with pages that a look-up found not indexed. */
  private readonly gaps = new Set<ConversationId>()

  constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly ids: IdIndex,
    private readonly ports: OldPagesPorts,
  ) {}

  /** Indexes until nothing is left. The returned function stops it. */
  begin(): Cancel {
    this.isRunning = true
    this.schedule()
    return () => {
      this.isRunning = false
      this.cancel?.()
      this.cancel = undefined
    }
  }

  /** Makes a conversation with complete pages that are not indexed the next one. */
  hasGap(id: ConversationId): void {
    this.gaps.add(id)
    if (this.isRunning) this.schedule()
  }

  private schedule(): void {
    this.cancel ??= clock.after(QUIET_MS, () => {
      this.cancel = undefined
      void this.tick()
    })
  }

  private async tick(): Promise<void> {
    const requested = this.ports.requested()
    const isQuiet = requested === this.requested
    this.requested = requested
    const isDone = isQuiet && (await orElse(StorageError, () => this.ports.alone(() => this.step()), () => this.giveUp()))
    if (this.isRunning && !isDone) this.schedule()
    else if (this.isRunning && this.waiting) this.ports.ended()
  }

  /** Skips the conversation after an error of storage, until the next start. Returns whether the others are skipped too, since none is known yet. */
  private giveUp(): boolean {
    this.current = undefined
    this.hasFailed = true
    return this.waiting === undefined
  }

  /** Indexes the next page. Resolves to true if there is none. */
  private async step(): Promise<boolean> {
    if (!this.isRunning) return true
    this.waiting ??= await this.unfinished()
    const next = this.current ?? (await this.next())
    if (!next) return true
    this.current = next
    const page = next.pages.pop()
    const conversation = this.ports.conversation(next.id)
    const writes: Write[] = []
    let done = () => {}
    if (page !== undefined && conversation && page >= pageOf(conversation.start)) {
      // Not through the cache: it has the pages that the screen needs.
      const read = parsePage(await this.kv.list(this.keys.page(next.id, page)), page)
      const named = this.ids.naming(next.id, page, read)
      writes.push(...named.writes)
      done = named.done
    }
    if (next.pages.length === 0) {
      this.current = undefined
      writes.push(this.finished(next.id))
    }
    if (writes.length > 0) await this.ports.commit(writes)
    done()
    return false
  }

  private async next(): Promise<{ id: ConversationId; pages: number[] } | undefined> {
    const [gap] = this.gaps
    const id = gap ?? this.waiting?.pop()
    if (id === undefined) return undefined
    this.gaps.delete(id)
    const conversation = this.ports.conversation(id)
    return { id, pages: conversation ? await this.ids.missing(conversation) : [] }
  }

  /** Resolves to the conversations that are not known to be indexed, the newest at the end. */
  private async unfinished(): Promise<ConversationId[]> {
    const { isComplete, ids } = indexedOf(await this.kv.list(this.keys.indexed))
    if (isComplete) return []
    const finished = new Set(ids)
    const waiting = [...this.ports.conversations()].filter(({ id, start, length }) => !finished.has(id) && pageOf(length) > pageOf(start))
    return waiting.sort(byRecency).map(({ id }) => id).reverse()
  }

  /** The record that a conversation is indexed, or after the last one, that all are. */
  private finished(id: ConversationId): Write {
    const isLast = this.waiting?.length === 0 && this.gaps.size === 0 && !this.hasFailed
    return isLast ? { type: 'put', key: this.keys.indexed, value: indexedRecord() } : { type: 'append', key: this.keys.indexed, values: [id] }
  }
}
