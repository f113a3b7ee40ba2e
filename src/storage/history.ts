/**
 * A person's history over any KeyValue (docs/STORAGE.md). The log of a conversation is kept in pages of PAGE_SIZE messages; a
 * message, and each change of it, is appended to its page, so that a write costs what is written, whatever the length of the
 * log. What is known of the conversations stands in an index of its own.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation'
import type { Message } from '@/src/chat/message'
import { RecentMap } from '@/src/chat/recent-map'
import { newId } from '@/src/platform/ids'
import { Amendments, type AmendmentStep } from './amendments'
import { ClosedHistory } from './closed-history'
import { createCommitQueue } from './commit-queue'
import { ConversationIndex } from './conversation-index'
import type { KeyValue, Write } from './key-value'
import { PAGE_SIZE, pageOf, type PersonKeys, personKeys } from './keys'
import { StorageError, type Amendment, type Damage, type Entry, type History, type Storage, type StorageUsage } from './port'
import { draftRecord, messageRecord, pageRecord, parseDraftRecord, parsePage, parseToldRecord, sizeOf, toldRecord, type IndexRow, type Page } from './records'
import { Ownership } from './ownership'
import { RefusedMessages } from './refused-messages'

/** Enough for the windows of a few open conversations and the last pages of those that receive. */
const CACHED_PAGES = 24
/** A page of more records than this is written anew: its messages have changed often, such as a notice that is gathered. */
const RECORDS_MAX = PAGE_SIZE * 6

type Job =
  | { readonly type: 'write'; readonly entries: readonly Entry[] }
  | { readonly type: 'draft'; readonly id: ConversationId; readonly text: string }
  | { readonly type: 'remove'; readonly id: ConversationId }

/** `newName` gives a text that nobody else has. */
export function createStorage(kv: KeyValue, newName = newId): Storage {
  /** By person, the one that this program has open. */
  const open = new Map<string, LoggedHistory>()
  return {
    async openHistory(person) {
      const keys = personKeys(person)
      try {
        await open.get(keys.owner)?.end()
        if (await ConversationIndex.isNewer(kv, keys)) return new ClosedHistory('newer')
        // First nobody else writes any more: what came into the index after it was read would be written over.
        const ownership = await Ownership.take(kv, keys, newName)
        const [index, told] = await Promise.all([ConversationIndex.open(kv, keys, (writes) => ownership.commit(writes)), kv.get(keys.told)])
        const history = new LoggedHistory(kv, keys, index, ownership, parseToldRecord(told))
        open.set(keys.owner, history)
        return history
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        // What is there cannot be read now, and must not be written over: one can chat all the same.
        return new ClosedHistory(error.failure)
      }
    },
  }
}

class LoggedHistory implements History {
  /** The pages used last, by their keys. */
  private readonly cache = new RecentMap<string, Page>(CACHED_PAGES)
  private readonly refused = new RefusedMessages()
  /** Goes up with every commit: a page that was being read meanwhile may be the former one and is not cached. */
  private commits = 0
  /** By page, so that reading one twice counts its damage once. */
  private readonly unreadable = new Map<string, number>()
  /** What was last given to be kept, from the moment it was given. */
  private readonly drafts = new Map<ConversationId, string>()
  private readonly queue: (job: Job) => Promise<void>
  private madeAmendments: Amendments | undefined
  private hasEnded = false

  constructor(
    private readonly kv: KeyValue,
    private readonly keys: PersonKeys,
    private readonly index: ConversationIndex,
    private readonly ownership: Ownership,
    private told: readonly string[],
  ) {
    this.queue = createCommitQueue<Job>(
      async ([first, ...others]) => {
        if (first === undefined) return
        await this.index.complete()
        if (first.type === 'remove') await this.commitRemoval(first.id)
        else await this.commitWrites([first, ...others])
        await this.renewIndex()
      },
      (job) => job.type === 'remove',
    )
  }

  /** Resolves once all that was given is written or refused. What is given from now on is refused: another one goes on with this history. */
  async end(): Promise<void> {
    this.hasEnded = true
    try {
      await this.queue({ type: 'write', entries: [] })
    } catch (error) {
      // Whoever gave what is refused has been told.
      if (!(error instanceof StorageError)) throw error
    }
  }

  private enqueue(job: Job): Promise<void> {
    if (this.hasEnded) return Promise.reject(new StorageError('taken-over', 'this program has opened the history anew'))
    return this.queue(job)
  }

  recent(): Conversation[] {
    return [...this.index.rows.values()].map(({ conversation }) => conversation)
  }

  async conversations(): Promise<Conversation[]> {
    await this.index.complete()
    return [...this.index.rows.values()].map(({ conversation }) => conversation)
  }

  damage(): Damage {
    const inPages = [...this.unreadable.values()].reduce((sum, count) => sum + count, 0)
    return { unreadable: this.index.unreadable + inPages, isNews: this.damaged().some((name) => !this.told.includes(name)) }
  }

  async damageTold(): Promise<void> {
    const told = this.damaged()
    this.told = told
    await this.ownership.commit([{ type: 'put', key: this.keys.told, value: toldRecord(told) }])
  }

  /** What is damaged, by names that stay the same from one start to the next. */
  private damaged(): string[] {
    const { damagedGeneration } = this.index
    const pages = [...this.unreadable.keys()].map((key) => key.slice(this.keys.logs.length))
    // What was told before stands: a page that has not been read since is as it was.
    return [...new Set([...this.told, ...pages, ...(damagedGeneration === undefined ? [] : [`index ${damagedGeneration}`])])]
  }

  async usage(): Promise<StorageUsage> {
    await this.index.complete()
    const conversations = [...this.index.rows.values()].map(({ conversation: { id, length, start }, bytes, since }) => ({ id, bytes, messages: length - start, since }))
    return { bytes: conversations.reduce((sum, { bytes }) => sum + bytes, 0), conversations }
  }

  /**
   * A crash between a page and the index leaves messages that nothing counts: they were never acknowledged, their places are
   * given to others, and until then they are not there.
   */
  async messages(id: ConversationId, from: number, to: number): Promise<Message[]> {
    if (!this.index.rows.has(id)) await this.index.complete()
    const found: Message[] = []
    const first = Math.max(0, from)
    const end = Math.min(to, this.index.rows.get(id)?.conversation.length ?? 0)
    for (let number = pageOf(first); number <= pageOf(end - 1); number++) {
      const { messages } = await this.readPage(id, number)
      const inRange = [...messages.values()].filter(({ seq }) => seq >= first && seq < end)
      found.push(...inRange.sort((a, b) => a.seq - b.seq))
    }
    return found
  }

  amendments(id: ConversationId): Promise<Amendment[]> {
    return this.amended.of(id)
  }

  /** Made when something asks for them: the first screen does without. */
  private get amended(): Amendments {
    return (this.madeAmendments ??= new Amendments(this.kv, this.keys.amendments))
  }

  write(entries: readonly Entry[]): Promise<void> {
    return this.enqueue({ type: 'write', entries })
  }

  async remove(id: ConversationId): Promise<void> {
    const draft = this.drafts.get(id)
    await this.enqueue({ type: 'remove', id })
    // Also should it stay on the device; but not what was typed meanwhile.
    if (this.drafts.get(id) === draft) this.drafts.set(id, '')
  }

  async draft(id: ConversationId): Promise<string> {
    return this.drafts.get(id) ?? parseDraftRecord(await this.kv.get(this.keys.draft(id)))
  }

  saveDraft(id: ConversationId, text: string): Promise<void> {
    this.drafts.set(id, text)
    return this.enqueue({ type: 'draft', id, text })
  }

  private async readPage(id: ConversationId, number: number): Promise<Page> {
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

  /** How many messages the page should hold by what the index says, and does not: a file cut short or gone. */
  private missing(id: ConversationId, number: number, page: Page): number {
    const row = this.index.rows.get(id)
    if (!row) return 0
    const { start, length } = row.conversation
    let missing = 0
    const end = Math.min(length, (number + 1) * PAGE_SIZE)
    for (let seq = Math.max(start, number * PAGE_SIZE); seq < end; seq++) if (!page.messages.has(seq)) missing++
    return missing
  }

  private async commitWrites(jobs: readonly Job[]): Promise<void> {
    const entries = jobs.flatMap((job) => (job.type === 'write' ? job.entries : []))
    const drafts = new Map(jobs.flatMap((job) => (job.type === 'draft' ? [[job.id, job.text] as const] : [])))
    const pages = new Pages((id, number) => this.readPage(id, number), this.keys)
    try {
      this.refused.check(entries)
      const steps: AmendmentStep[] = []
      const rows = await this.changedRows(entries, pages, steps)
      const amended = steps.length > 0 ? await this.amended.change(steps) : undefined
      // Messages first, and deletions only once the index does not count what goes: whatever fails in between, what is counted is there.
      const writes: Write[] = [...[...drafts].map(([id, text]) => this.draftWrite(id, text)), ...pages.writes(), ...(amended?.writes ?? [])]
      if (rows.length > 0) writes.push(this.index.changes(rows))
      await this.ownership.commit(writes)
      this.index.changedTo(rows)
      amended?.done()
      for (const [key, page] of pages.changed) this.cache.set(key, page.page())
      this.refused.kept(entries)
    } catch (error) {
      if (error instanceof StorageError) this.refused.add(entries, (id) => this.index.rows.get(id)?.conversation.length ?? 0, error)
      for (const key of pages.changed.keys()) this.cache.delete(key)
      throw error
    } finally {
      this.commits++
    }
    await this.tidy(pages.deletions(), (key) => pages.deleted.has(key))
    await this.tidyAmendments()
  }

  private draftWrite(id: ConversationId, text: string): Write {
    const key = this.keys.draft(id)
    return text === '' ? { type: 'delete', key } : { type: 'put', key, value: draftRecord(text) }
  }

  /** Puts the messages into `pages`, and what becomes of amendments into `steps`; answers what the index then says of their conversations. */
  private async changedRows(entries: readonly Entry[], pages: Pages, steps: AmendmentStep[]): Promise<IndexRow[]> {
    const rows = new Map<ConversationId, IndexRow>()
    for (const entry of entries) {
      const former = rows.get(entry.conversation.id) ?? this.index.rows.get(entry.conversation.id)
      const conversation = notBefore(entry.conversation, former)
      if (entry.isCleared || isCleared(conversation, former?.conversation)) steps.push({ conversation: conversation.id })
      for (const amendment of entry.amendments ?? []) steps.push({ conversation: conversation.id, amendment })
      let added = 0
      for (const message of entry.messages ?? []) {
        const number = pageOf(message.seq)
        const page = pages.taken(conversation.id, number) ?? (await pages.of(conversation.id, number))
        added += page.add(message)
      }
      const trimmed = conversation.start > (former?.conversation.start ?? 0) ? await this.trim(conversation, former, pages) : NOTHING_TRIMMED
      rows.set(conversation.id, { conversation, bytes: Math.max(0, (former?.bytes ?? 0) + added - trimmed.bytes), since: trimmed.since ?? former?.since ?? conversation.at })
    }
    // A page that is written anew takes less than what was appended to it.
    for (const { id, freed } of pages.freed()) {
      const row = rows.get(id)
      if (row) rows.set(id, { ...row, bytes: Math.max(0, row.bytes - freed) })
    }
    return [...rows.values()]
  }

  /**
   * Deletes what nothing counts any more. What is left of it, after a failure or a crash, lies before the start of its
   * conversation or belongs to none: it takes room and does no harm.
   */
  private async tidy(deletions: readonly Write[], holds: (key: string) => boolean): Promise<void> {
    if (deletions.length === 0) return
    try {
      await this.ownership.commit(deletions)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    } finally {
      for (const key of this.cache.keys()) if (holds(key)) this.cache.delete(key)
      for (const key of this.unreadable.keys()) if (holds(key)) this.unreadable.delete(key)
      this.commits++
    }
  }

  /** Lets the pages go that lie before the start of a conversation, which has moved on. */
  private async trim(conversation: Conversation, former: IndexRow | undefined, pages: Pages): Promise<Trimmed> {
    const { id, start, length } = conversation
    if (start === length) {
      pages.deleteAll(id, await this.kv.names(this.keys.log(id)))
      return { bytes: Infinity, since: conversation.at }
    }
    let bytes = 0
    for (let number = pageOf(former?.conversation.start ?? 0); number < pageOf(start); number++) {
      bytes += (await pages.of(id, number)).bytes
      pages.delete(id, number)
    }
    const first = (await pages.of(id, pageOf(start))).messages.get(start)
    return first ? { bytes, since: first.at } : { bytes }
  }

  private async commitRemoval(id: ConversationId): Promise<void> {
    const folder = this.keys.log(id)
    const amended = await this.amended.change([{ conversation: id }])
    await this.ownership.commit([this.index.changes([], [id]), ...amended.writes])
    this.index.changedTo([], [id])
    amended.done()
    this.refused.forget(id)
    await this.tidy([{ type: 'clear', folder }, { type: 'delete', key: this.keys.draft(id) }], (key) => key.startsWith(folder))
    await this.tidyAmendments()
  }

  /** The list says what is gone; now it leaves the device. What a full disk refuses is tried again with the next write. */
  private async tidyAmendments(): Promise<void> {
    const tidied = this.madeAmendments?.tidied()
    if (!tidied) return
    try {
      await this.ownership.commit(tidied.writes)
      tidied.done()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }

  /** What was written is durable whether or not this works: a disk that is full now is asked again later. */
  private async renewIndex(): Promise<void> {
    try {
      await this.index.renew()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }
}

/** What is gone does not come back: a conversation as it was before something of it was let go. */
function notBefore(conversation: Conversation, former: IndexRow | undefined): Conversation {
  const start = former?.conversation.start ?? 0
  return conversation.start < start ? { ...conversation, start } : conversation
}

/** Whether all messages that were there have gone: nothing is left that an amendment could change. */
function isCleared({ start }: Conversation, former: Conversation | undefined): boolean {
  return former !== undefined && start > former.start && start >= former.length
}

interface Trimmed {
  /** How much has gone: at most all there was. */
  readonly bytes: number
  readonly since?: number
}

const NOTHING_TRIMMED: Trimmed = { bytes: 0 }

/** The pages that one commit changes, and those that are deleted after it. */
class Pages {
  readonly changed = new Map<string, ChangedPage>()
  readonly deleted = new Set<string>()

  constructor(
    private readonly read: (id: ConversationId, number: number) => Promise<Page>,
    private readonly keys: PersonKeys,
  ) {}

  /** A page that this commit has changed already: most messages follow one another in a page, and need not wait for it. */
  taken(id: ConversationId, number: number): ChangedPage | undefined {
    return this.changed.get(this.keys.page(id, number))
  }

  async of(id: ConversationId, number: number): Promise<ChangedPage> {
    const key = this.keys.page(id, number)
    let page = this.changed.get(key)
    if (!page) {
      page = new ChangedPage(id, key, await this.read(id, number), this.deleted.has(key))
      this.changed.set(key, page)
    }
    return page
  }

  delete(id: ConversationId, number: number): void {
    const key = this.keys.page(id, number)
    this.changed.delete(key)
    this.deleted.add(key)
  }

  /** Every page of a conversation: `names` are those that are on the device. */
  deleteAll(id: ConversationId, names: readonly string[]): void {
    const folder = this.keys.log(id)
    const begun = [...this.changed.keys()].filter((key) => key.startsWith(folder))
    for (const key of [...begun, ...names.map((name) => folder + name)]) {
      this.changed.delete(key)
      this.deleted.add(key)
    }
  }

  /** By conversation, how many bytes go because a page is written anew. */
  freed(): { readonly id: ConversationId; readonly freed: number }[] {
    return [...this.changed.values()].filter((page) => page.isLong).map((page) => ({ id: page.id, freed: page.bytes - page.page().bytes }))
  }

  writes(): Write[] {
    return [...this.changed.values()].filter((page) => page.isChanged).map((page) => page.write())
  }

  /** For once the writes are durable. A page that was begun again keeps what it was begun with. */
  deletions(): Write[] {
    return [...this.deleted].map((key): Write => {
      const page = this.changed.get(key)
      return page?.isChanged ? page.rest() : { type: 'delete', key }
    })
  }
}

/** A page with what is to be appended to it. What was read stays as it is until that is durable. */
class ChangedPage {
  readonly messages: Map<number, Message>
  /** With all that is appended. */
  bytes: number
  private readonly added: unknown[] = []
  /** What it is begun again with. */
  private readonly kept = new Map<number, Message>()

  constructor(
    readonly id: ConversationId,
    private readonly key: string,
    private readonly former: Page,
    /** What was read of it goes once this is durable. */
    private readonly isBegunAgain: boolean,
  ) {
    this.messages = new Map(former.messages)
    this.bytes = former.bytes
  }

  get isChanged(): boolean {
    return this.added.length > 0
  }

  /** Answers how many bytes more it takes. */
  add(message: Message): number {
    const record = messageRecord(message, this.isBegunAgain ? this.kept.get(message.seq) : this.messages.get(message.seq))
    if (this.isBegunAgain) this.kept.set(message.seq, message)
    this.messages.set(message.seq, message)
    this.added.push(record)
    const bytes = sizeOf(record)
    this.bytes += bytes
    return bytes
  }

  write(): Write {
    if (this.isLong) return { type: 'put', key: this.key, value: pageRecord(this.messages) }
    return { type: 'append', key: this.key, values: this.added }
  }

  /** Leaves what it was begun again with. */
  rest(): Write {
    return { type: 'put', key: this.key, value: pageRecord(this.kept) }
  }

  page(): Page {
    const { unreadable } = this.former
    if (!this.isLong) return { messages: this.messages, unreadable, records: this.former.records + this.added.length, bytes: this.bytes }
    return { messages: this.messages, unreadable, records: this.messages.size, bytes: [...this.messages.values()].reduce((sum, message) => sum + sizeOf(message), 0) }
  }

  /** Written anew it would lose what cannot be read. */
  get isLong(): boolean {
    return !this.isBegunAgain && this.former.unreadable === 0 && this.former.records + this.added.length > RECORDS_MAX
  }
}
