/**
 * A user's history over any KeyValue (docs/STORAGE.md): logs in pages of PAGE_SIZE messages, and an index of the conversations. Messages and
 * their changes are appended to a page, so the cost of a write does not depend on the length of the log.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { DraftAbout } from '@/src/chat/conversation/draft'
import type { Message, MessageRef } from '@/src/chat/message/message'
import type { Cancel } from '@/src/chat/time/clock'
import { Lazy } from '@/src/chat/util/lazy'
import { orElse } from '@/src/chat/util/or-else'
import { Folding } from './folding'
import { createCommitQueue } from './commit-queue'
import { ConversationIndex } from '../index/conversation-index'
import { IdIndex } from '../ids/id-index'
import { OldPages } from '../ids/old-pages'
import type { KeyValue, Write } from '../kv/key-value'
import { pageOf, type PersonKeys } from '../keys'
import { StorageError, type Amendment, type Damage, type Entry, type History, type StorageUsage } from '../port'
import type { Ownership } from './ownership'
import { reportedRecord, type StoredDraft } from '../records'
import { StoredDrafts } from './stored-drafts'
import { RefusedMessages } from './refused-messages'
import { ChangedPages } from './changed-pages'
import { HalfWritten } from './half-written'
import { changedRows, withBytesOf } from './changed-rows'
import { PageReader } from './page-reader'
import { WaitingSweep } from './waiting-sweep'
import { WaitingAmendments, type AmendmentStep } from './waiting-amendments'

type Job =
  | { readonly type: 'write'; readonly entries: readonly Entry[] }
  | { readonly type: 'draft'; readonly id: ConversationId; readonly draft: StoredDraft }
  | { readonly type: 'fold'; readonly steps: readonly AmendmentStep[] }
  | { readonly type: 'remove'; readonly id: ConversationId }
  | { readonly type: 'index'; readonly step: () => Promise<void> }

export class LoggedHistory implements History {
  onAmended: History['onAmended'] = () => undefined
  private readonly pages: PageReader
  private readonly refused = new RefusedMessages()
  private readonly halfWritten = new HalfWritten()
  private readonly drafts: StoredDrafts
  private readonly queue: (job: Job) => Promise<void>
  /** Created when the first message is written or looked for: the first screen does not need it. */
  private readonly ids = new Lazy(() => this.makeIds())
  private readonly oldPages = new Lazy(() => this.makeOldPages())
  private readonly sweep = new Lazy(() => new WaitingSweep({ all: (now) => this.waiting.get().all(now), fold: (steps) => this.enqueue({ type: 'fold', steps }) }))
  /** The number of writes requested so far. */
  private requested = 0
  /** Created when the first message is written: the first screen does not need it. */
  private readonly waiting = new Lazy(() => new WaitingAmendments(this.kv, this.keys.amendments))
  private readonly folding = new Lazy(() => new Folding(this.ids.get(), this.waiting.get(), (id) => this.index.rows.get(id)?.conversation.start ?? 0))
  private hasEnded = false
  /** Every ID is indexed, and the app is in use. */
  private isSweeping = false

  constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly index: ConversationIndex,
    private readonly ownership: Ownership,
    private reported: readonly string[],
  ) {
    this.pages = new PageReader(kv, keys, index)
    this.drafts = new StoredDrafts(kv, keys)
    this.queue = createCommitQueue<Job>(
      async ([first, ...others]) => {
        if (first === undefined) return
        await this.index.complete()
        if (first.type === 'index') return first.step()
        if (first.type === 'remove') await this.commitRemoval(first.id)
        else await this.commitWrites([first, ...others])
        await this.renewIndex()
      },
      (job) => job.type === 'remove' || job.type === 'index',
    )
  }

  /** Rejects all later writes, because another object now writes this history. Resolves once the earlier writes have ended. */
  async end(): Promise<void> {
    this.hasEnded = true
    // An error of an earlier write reaches the caller of that write.
    await orElse(StorageError, () => this.queue({ type: 'write', entries: [] }), () => undefined)
  }

  private enqueue(job: Job): Promise<void> {
    if (this.hasEnded) return Promise.reject(new StorageError('taken-over', 'this program has opened the history again'))
    this.requested++
    return this.queue(job)
  }

  /** Runs `step` between two commits. */
  private async alone(step: () => Promise<boolean>): Promise<boolean> {
    let isDone = true
    if (!this.hasEnded) await this.queue({ type: 'index', step: async () => void (isDone = await step()) })
    return isDone
  }

  recent(): Conversation[] {
    return [...this.index.rows.values()].map(({ conversation }) => conversation)
  }

  async conversations(): Promise<Conversation[]> {
    await this.index.complete()
    return [...this.index.rows.values()].map(({ conversation }) => conversation)
  }

  damage(): Damage {
    return { unreadable: this.index.unreadable + this.pages.unreadableMessages, isUnreported: this.damaged().some((name) => !this.reported.includes(name)) }
  }

  async markReported(): Promise<void> {
    const reported = this.damaged()
    this.reported = reported
    await this.ownership.commit([{ type: 'put', key: this.keys.reported, value: reportedRecord(reported) }])
  }

  /** The damaged pages and generation, by names that are the same after the next start. */
  private damaged(): string[] {
    const { damagedGeneration } = this.index
    const pages = this.pages.damagedPages.map((key) => key.slice(this.keys.logs.length))
    // Keep earlier reports: a page that has not been read since is assumed to be still damaged.
    return [...new Set([...this.reported, ...pages, ...(damagedGeneration === undefined ? [] : [`index ${damagedGeneration}`])])]
  }

  async usage(): Promise<StorageUsage> {
    await this.index.complete()
    const conversations = [...this.index.rows.values()].map(({ conversation: { id, length, start }, bytes, since }) => ({ id, bytes, messages: length - start, since }))
    return { bytes: conversations.reduce((sum, { bytes }) => sum + bytes, 0), conversations }
  }

  /**
   * Leaves out messages that the index does not count. A crash between the writes of a page and the index leaves them: they were never
   * acknowledged, and the next messages get their seqs.
   */
  async messages(id: ConversationId, from: number, to: number): Promise<Message[]> {
    if (!this.index.rows.has(id)) await this.index.complete()
    const found: Message[] = []
    const first = Math.max(0, from)
    const end = Math.min(to, this.lengthOf(id))
    for (let number = pageOf(first); number <= pageOf(end - 1); number++) {
      const { messages } = await this.pages.read(id, number)
      const inRange = [...messages.values()].filter(({ seq }) => seq >= first && seq < end)
      found.push(...inRange.sort((a, b) => a.seq - b.seq))
    }
    return found
  }

  async find(id: ConversationId, refs: readonly MessageRef[]): Promise<(number | undefined)[]> {
    if (!this.index.rows.has(id)) await this.index.complete()
    return this.ids.get().find(id, refs)
  }

  isUnknown(id: ConversationId, ref: MessageRef): boolean {
    return this.ids.made?.isUnknown(id, ref) === true
  }

  indexOldPages(): Cancel {
    const cancel = this.oldPages.get().begin()
    return () => {
      cancel()
      this.isSweeping = false
      this.sweep.made?.stop()
    }
  }

  private makeIds(): IdIndex {
    return new IdIndex(this.kv, this.keys, {
      conversation: (id) => this.index.rows.get(id)?.conversation,
      page: (id, page) => this.pages.read(id, page),
      hasGap: (id) => this.oldPages.made?.hasGap(id),
    })
  }

  private makeOldPages(): OldPages {
    return new OldPages(this.kv, this.keys, this.ids.get(), {
      conversation: (id) => this.index.rows.get(id)?.conversation,
      conversations: () => this.recent(),
      requested: () => this.requested,
      alone: (step) => this.alone(step),
      commit: (writes) => this.ownership.commit(writes),
      ended: () => {
        this.isSweeping = true
        this.sweep.get().begin()
      },
    })
  }

  amendments(id: ConversationId): Promise<Amendment[]> {
    return this.waiting.get().of(id)
  }

  write(entries: readonly Entry[]): Promise<void> {
    return this.enqueue({ type: 'write', entries })
  }

  async remove(id: ConversationId): Promise<void> {
    const removed = this.drafts.removing(id)
    await this.enqueue({ type: 'remove', id })
    removed()
  }

  async draft(id: ConversationId): Promise<string> {
    return (await this.drafts.read(id)).text
  }

  async draftAbout(id: ConversationId): Promise<DraftAbout> {
    return (await this.drafts.read(id)).about
  }

  saveDraft(id: ConversationId, text: string, about: DraftAbout = {}): Promise<void> {
    const draft = { text, about }
    this.drafts.set(id, draft)
    return this.enqueue({ type: 'draft', id, draft })
  }

  private lengthOf(id: ConversationId): number {
    return this.index.rows.get(id)?.conversation.length ?? 0
  }

  private async commitWrites(jobs: readonly Job[]): Promise<void> {
    const entries = jobs.flatMap((job) => (job.type === 'write' ? job.entries : []))
    const drafts = new Map(jobs.flatMap((job) => (job.type === 'draft' ? [[job.id, job.draft] as const] : [])))
    const pages = new ChangedPages((id, number) => this.pages.read(id, number), this.keys, (id) => this.lengthOf(id), this.halfWritten)
    let deletions: readonly Write[] = []
    try {
      this.refused.check(entries)
      const steps = jobs.flatMap((job) => (job.type === 'fold' ? job.steps : []))
      const changed = await changedRows(entries, pages, steps, this.index.rows, (id) => this.kv.names(this.keys.log(id)))
      const waiting = pages.changed.size > 0 || steps.length > 0 ? await this.folding.get().fold(steps, pages) : []
      const rows = withBytesOf(pages, changed, this.index.rows)
      const named = this.ids.get().change(pages.changed.values(), rows)
      const amended = waiting.length > 0 ? await this.waiting.get().change(waiting) : undefined
      deletions = named.deletions
      // Write messages before the index, delete after it. Whichever write fails, the index never counts a missing message.
      const mark = rows.length > 0 ? this.index.mark() : []
      const writes: Write[] = [...mark, ...[...drafts].map(([id, draft]) => this.drafts.write(id, draft)), ...named.writes, ...pages.writes(), ...(amended?.writes ?? [])]
      if (rows.length > 0) writes.push(this.index.changes(rows))
      await this.ownership.commit(writes)
      this.index.changedTo(rows)
      named.done()
      amended?.done()
      this.pages.written([...pages.changed].map(([key, page]) => [key, page.page()] as const))
      this.refused.saved(entries)
      for (const [id, messages] of pages.amended()) this.onAmended(id, messages)
      this.halfWritten.written(pages.changed.values())
    } catch (error) {
      if (error instanceof StorageError) this.refused.add(entries, (id) => this.lengthOf(id), error)
      this.pages.failed(pages.changed.keys())
      this.halfWritten.failed(pages.changed.values())
      throw error
    } finally {
      this.pages.committed()
    }
    await this.tidy([...pages.deletions(), ...deletions], (key) => pages.deleted.has(key))
    await this.tidyAmendments()
    if (this.isSweeping && this.folding.made?.takeDeferred()) this.sweep.get().begin()
  }

  /**
   * Deletes records that the index does not count any more. `isDeleted`: whether the page with a key is among them. Records that are left after
   * an error or a crash take space, and do no harm: they are before the start of their conversation, or belong to none.
   */
  private async tidy(deletions: readonly Write[], isDeleted: (key: string) => boolean): Promise<void> {
    if (deletions.length === 0) return
    try {
      await orElse(StorageError, () => this.ownership.commit(deletions), () => undefined)
    } finally {
      this.pages.deleted(isDeleted)
    }
  }

  private async commitRemoval(id: ConversationId): Promise<void> {
    const folder = this.keys.log(id)
    const amended = await this.waiting.get().change([{ conversation: id }])
    await this.ownership.commit([...this.index.mark(), this.index.changes([], [id]), ...amended.writes])
    this.index.changedTo([], [id])
    amended.done()
    this.refused.forget(id)
    this.ids.made?.forget(id)
    await this.tidy([{ type: 'clear', folder }, { type: 'clear', folder: this.keys.ids(id) }, { type: 'delete', key: this.keys.draft(id) }], (key) => key.startsWith(folder))
    await this.tidyAmendments()
  }

  /** Deletes removed amendments from the device. An error, as of a full disk, is ignored: the next write tries again. */
  private async tidyAmendments(): Promise<void> {
    const tidied = this.waiting.made?.tidied()
    if (!tidied) return
    const tidy = async () => {
      await this.ownership.commit(tidied.writes)
      tidied.done()
    }
    await orElse(StorageError, tidy, () => undefined)
  }

  /** An error is ignored, since the changes are durable in the journal already. A later write tries again. */
  private async renewIndex(): Promise<void> {
    await orElse(StorageError, () => this.index.renew(), () => undefined)
  }
}
