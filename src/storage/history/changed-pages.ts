/** The pages that one commit changes, and those that are deleted after it. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { joined, type MessageChanges } from '@/src/chat/message/message-changes'
import { isSameMessage, keepingChanges, withoutErased, type Message, type MessageRef } from '@/src/chat/message/message'
import type { Write } from '../kv/key-value'
import { PAGE_SIZE, type PersonKeys } from '../keys'
import type { AmendedMessage } from '../port'
import { amendRecord, messageRecord, pageRecord, sizeOf, type Page } from '../records'
import type { HalfWritten } from './half-written'

/** A page with more records is rewritten. Its messages have changed often, such as a notice that joins and leaves are merged into. */
const RECORDS_MAX = PAGE_SIZE * 6

export class ChangedPages {
  /** By key. */
  readonly changed = new Map<string, ChangedPage>()
  /** Keys of the pages to delete after the commit. A deleted page can be recreated by the same commit. */
  readonly deleted = new Set<string>()

  constructor(
    private readonly read: (id: ConversationId, number: number) => Promise<Page>,
    private readonly keys: PersonKeys,
    /** The length of a log before this commit. */
    private readonly length: (id: ConversationId) => number,
    private readonly halfWritten: HalfWritten,
  ) {}

  /** The page if this commit has already loaded it. Saves an await for consecutive messages. */
  loaded(id: ConversationId, number: number): ChangedPage | undefined {
    return this.changed.get(this.keys.page(id, number))
  }

  /** Resolves to the page, which is read if this commit has not loaded it. Rejects with StorageError. */
  async of(id: ConversationId, number: number): Promise<ChangedPage> {
    const key = this.keys.page(id, number)
    let page = this.changed.get(key)
    if (!page) {
      page = new ChangedPage(id, number, key, await this.read(id, number), this.deleted.has(key), this.length(id), this.halfWritten)
      this.changed.set(key, page)
    }
    return page
  }

  /** The seq of a message that this commit adds, by its author and ID. */
  seqOf(id: ConversationId, ref: MessageRef): number | undefined {
    for (const page of this.changed.values()) {
      const found = page.id === id ? page.added.find((message) => isSameMessage(message, ref)) : undefined
      if (found) return found.seq
    }
    return undefined
  }

  /** Deletes a page after the commit. */
  delete(id: ConversationId, number: number): void {
    const key = this.keys.page(id, number)
    this.changed.delete(key)
    this.deleted.add(key)
  }

  /** Deletes every page of a conversation after the commit. `names`: those on the device. */
  deleteAll(id: ConversationId, names: readonly string[]): void {
    const folder = this.keys.log(id)
    const loaded = [...this.changed.keys()].filter((key) => key.startsWith(folder))
    for (const key of [...loaded, ...names.map((name) => folder + name)]) {
      this.changed.delete(key)
      this.deleted.add(key)
    }
  }

  /** Bytes by which conversations grow because messages are amended, or shrink (negative) because a page is rewritten. One entry per page. */
  grown(): { readonly id: ConversationId; readonly bytes: number }[] {
    const grown = [...this.changed.values()].map((page) => ({ id: page.id, bytes: page.amendedBytes - (page.isLong ? page.bytes - page.page().bytes : 0) }))
    return grown.filter(({ bytes }) => bytes !== 0)
  }

  /** The messages that amendments of this commit change, by conversation. */
  amended(): ReadonlyMap<ConversationId, readonly AmendedMessage[]> {
    const amended = new Map<ConversationId, readonly AmendedMessage[]>()
    for (const page of this.changed.values()) if (page.amended.length > 0) amended.set(page.id, [...(amended.get(page.id) ?? []), ...page.amended])
    return amended
  }

  writes(): Write[] {
    return [...this.changed.values()].filter((page) => page.isChanged).map((page) => page.write())
  }

  /** To be written once {@link writes} are durable. A recreated page keeps its new messages. */
  deletions(): Write[] {
    return [...this.deleted].map((key): Write => {
      const page = this.changed.get(key)
      return page?.isChanged ? page.rest() : { type: 'delete', key }
    })
  }
}

/** A page with the records to append to it. The cached page is not changed: it is replaced once they are durable. */
export class ChangedPage {
  /** Messages that the page did not have, or that had another id or author there. */
  readonly added: Message[] = []
  /** The messages before this commit, if others take the place of some of them. */
  replaced: ReadonlyMap<number, Message> | undefined
  readonly messages: Map<number, Message>
  /** Approximate size of the page, appended records included. */
  bytes: number
  /** The part of `bytes` that {@link amend} has added. */
  amendedBytes = 0
  private readonly amendedSeqs = new Set<number>()
  /** Words are to leave the device, so the page is written again without them. */
  private isErased = false
  private readonly records: unknown[] = []
  /** The messages of a recreated page. */
  private readonly recreated = new Map<number, Message>()

  constructor(
    readonly id: ConversationId,
    readonly number: number,
    private readonly key: string,
    private readonly former: Page,
    /** The page replaces a deleted one, whose content is dropped once this is durable. */
    private readonly isRecreated: boolean,
    /** The length of the log before this commit. */
    private readonly length: number,
    private readonly halfWritten: HalfWritten,
  ) {
    this.messages = new Map(former.messages)
    this.bytes = former.bytes
  }

  get isChanged(): boolean {
    return this.records.length > 0
  }

  /** Adds or replaces a message. Returns the number of bytes to be appended. */
  add(given: Message): number {
    const former = this.messages.get(given.seq)
    // The caller's copy may be older than amendments that were folded into the message.
    const message = withoutErased(keepingChanges(given, former))
    const isSame = isSameMessage(former, message)
    // A crash can leave a message that nothing counts: it is added by the commit that counts it.
    if (!isSame || message.seq >= this.length) this.added.push(message)
    if (!isSame && former) this.replaced = this.former.messages
    const record = messageRecord(message, this.isRecreated ? this.recreated.get(message.seq) : former)
    this.set(message)
    return this.append(record)
  }

  /** Folds changes into a message of the page. Does nothing if the page does not have it, or if they change nothing. */
  amend(seq: number, change: MessageChanges): void {
    const message = this.isRecreated ? this.recreated.get(seq) : this.messages.get(seq)
    if (!message) return
    // The words of another user leave the device with their recall; own ones once the recall has arrived.
    const whole = change.recall && message.status === 'received' ? { ...change, erased: true as const } : change
    const { edit, ...rest } = whole
    const written: MessageChanges = message.amended?.erased ? rest : { ...rest, ...(edit && { edit }) }
    const amended = joined(message.amended, written)
    const isChanged = amended !== message.amended
    if (isChanged || this.halfWritten.former(this.id, message)) this.amendedSeqs.add(seq)
    if (!isChanged) return
    if (amended.erased && !message.amended?.erased) this.isErased = true
    this.set(withoutErased({ ...message, amended }))
    this.amendedBytes += this.append(amendRecord(seq, written))
  }

  /** The messages that {@link amend} has changed, or that it found changed by a failed commit. */
  get amended(): AmendedMessage[] {
    return [...this.amendedSeqs].flatMap((seq) => {
      const message = this.messages.get(seq)
      return message ? [{ message, former: this.halfWritten.former(this.id, message) ?? this.former.messages.get(seq) }] : []
    })
  }

  private set(message: Message): void {
    if (this.isRecreated) this.recreated.set(message.seq, message)
    this.messages.set(message.seq, message)
  }

  private append(record: unknown): number {
    this.records.push(record)
    const bytes = sizeOf(record)
    this.bytes += bytes
    return bytes
  }

  write(): Write {
    if (this.isLong) return { type: 'put', key: this.key, value: pageRecord(this.messages) }
    return { type: 'append', key: this.key, values: this.records }
  }

  /** Deletes the former content of a recreated page. */
  rest(): Write {
    return { type: 'put', key: this.key, value: pageRecord(this.recreated) }
  }

  /** The page as it is once {@link write} is durable. */
  page(): Page {
    const { unreadable } = this.former
    if (!this.isLong) return { messages: this.messages, unreadable, records: this.former.records + this.records.length, bytes: this.bytes }
    return { messages: this.messages, unreadable, records: this.messages.size, bytes: [...this.messages.values()].reduce((sum, message) => sum + sizeOf(message), 0) }
  }

  /** Whether the page has to be rewritten. One with unreadable records never is, since they would be lost. */
  get isLong(): boolean {
    return !this.isRecreated && this.former.unreadable === 0 && (this.isErased || this.former.records + this.records.length > RECORDS_MAX)
  }
}
