/**
 * The conversations of one person. Each has a head, which is the truth, and what is shown of it, which follows once
 * storage has it: a message is on the device before the screen shows it.
 */
import { shallowRef, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/clock'
import type { Conversation, ConversationId } from '@/src/chat/conversation'
import { byRecency, clearMessages, countedUnread, createConversation, inOrder, moved, setDraft, sortConversations, unreadTotal } from '@/src/chat/conversations'
import { chunkStart, firstUnsent, TRIM_STEP, trimStep, trimToCount } from '@/src/chat/history-limits'
import { weightOf, type Message } from '@/src/chat/message'
import { once } from '@/src/chat/once'
import { time } from '@/src/chat/time'
import { FIELD_MAX_LENGTH } from '@/src/chat/typed-text'
import { HISTORY_LIMITS, StorageError, type Amendment, type Entry, type History, type HistoryLimits, type StorageFailure, type StorageUsage } from '@/src/storage/port'

/** How much room all messages take is looked at once in so many writes. */
const COMMITS_PER_USAGE = 50
/** What storage has refused is tried again after this time, ms, should nothing else be written before. */
const RETRY_MS = 5_000

/**
 * How much that storage has refused is held in memory before nothing more is taken in from others: messages, and UTF-16 units
 * of what they hold. Each write tries all of it again.
 */
const UNKEPT_MAX = { messages: 500, units: 1_000_000 } as const

/** How long storage is left alone in between. */
const TRY_AGAIN_MS = 1_000

/** What storage has refused of a conversation. */
interface Unkept {
  /** By seq. */
  readonly messages: Map<number, Message>
  /** By sender and id. */
  readonly amendments: Map<string, Amendment>
}

/** Called when messages of a conversation are to be shown: new ones and changed ones. */
export type ShowMessages = (id: ConversationId, messages: readonly Message[]) => void
/** Called when the messages before `start` are gone. */
export type ShowStart = (id: ConversationId, start: number) => void

export class ConversationStore {
  /** Conversation ids, the newest first. */
  readonly order: ShallowRef<readonly ConversationId[]> = shallowRef([])
  /** Unread messages of all conversations together, but for muted ones. */
  readonly unread: ShallowRef<number> = shallowRef(0)
  /** Why something that is shown is not kept, or null. */
  readonly problem: ShallowRef<StorageFailure | null> = shallowRef(null)
  /** Nothing is kept as long as this is open, see {@link Damage.closed}. */
  readonly isClosed: ShallowRef<boolean> = shallowRef(false)
  /** Something on the device cannot be read, and the person has not heard of it. */
  readonly isDamaged: ShallowRef<boolean> = shallowRef(false)

  /** Whether all conversations are here. Until then only those that changed last are, and none may be taken for a new one. */
  readonly isComplete: ShallowRef<boolean> = shallowRef(false)

  private readonly heads = new Map<ConversationId, Conversation>()
  /** The greatest `at` of all conversations, of those that are gone too. */
  private newestAt = -Infinity
  /** By conversation, what storage has refused so far; it goes with the next write. */
  private readonly unkept = new Map<ConversationId, Unkept>()
  /** By conversation and seq, the newest state of what is on its way to storage. */
  private readonly underWay = new Map<ConversationId, Map<number, Message>>()
  private readonly unkeptDrafts = new Map<ConversationId, string>()
  /** By conversation that is being removed, what was refused of it: it counts again should the removal be refused too. */
  private readonly removing = new Map<ConversationId, Unkept>()
  private cancelRetry: Cancel | undefined
  private isFrozen = false
  private isEnded = false
  private commitsSinceUsage = 0
  /** How long a conversation was when it was last trimmed, or when a failed message was found to forbid it. */
  private readonly trimmedAt = new Map<ConversationId, number>()
  private triedAgainAt = 0
  private readonly shown = new Map<ConversationId, ShallowRef<Conversation>>()

  constructor(
    private readonly history: History,
    private readonly showMessages: ShowMessages,
    private limits: HistoryLimits = HISTORY_LIMITS,
    private readonly showStart: ShowStart = () => undefined,
  ) {}

  /** Takes the conversations that changed last, which the history has at hand. */
  open(): void {
    const { closed } = this.history.damage()
    if (closed) this.problem.value = closed
    this.isClosed.value = closed !== undefined
    this.take(this.history.recent())
  }

  /** Reads all conversations from storage, once. When it rejects, with StorageError, the next call tries again. */
  readonly load = once(() => this.loadAll())

  private async loadAll(): Promise<void> {
    const conversations = await this.history.conversations()
    this.open()
    this.take(conversations)
    this.isComplete.value = true
  }

  /** What is here already is newer than what was read. */
  private take(conversations: readonly Conversation[]): void {
    this.lookForDamage()
    const added = conversations.filter(({ id }) => !this.heads.has(id))
    for (const conversation of added) {
      this.heads.set(conversation.id, conversation)
      this.newestAt = Math.max(this.newestAt, conversation.at)
      this.shown.set(conversation.id, shallowRef(conversation))
    }
    if (added.length === 0) return
    this.order.value = sortConversations([...this.shown.values()].map((shown) => shown.value)).map(({ id }) => id)
    this.unread.value += unreadTotal(added)
  }

  /** The messages `from <= seq < to`, those that storage has refused among them. */
  async messages(id: ConversationId, from: number, to: number): Promise<Message[]> {
    const stored = await this.history.messages(id, from, to)
    this.lookForDamage()
    const refused = [...(this.unkept.get(id)?.messages.values() ?? [])].filter(({ seq }) => seq >= from && seq < to)
    if (refused.length === 0) return stored
    const bySeq = new Map([...stored, ...refused].map((message) => [message.seq, message] as const))
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
  }

  private lookForDamage(): void {
    this.isDamaged.value = this.history.damage().isNews
  }

  /** The person has heard of what is damaged. */
  async damageTold(): Promise<void> {
    try {
      await this.history.damageTold()
    } catch (error) {
      // Then it is said once more after the next start.
      if (!(error instanceof StorageError)) throw error
    }
    this.isDamaged.value = this.history.damage().isNews
  }

  /** What is true of a conversation now, shown or not. */
  head(id: ConversationId): Conversation | undefined {
    return this.heads.get(id)
  }

  /** What is true of a conversation now, or of a new one: it is created when it is first committed. */
  headOrNew(id: ConversationId): Conversation {
    return this.heads.get(id) ?? createConversation(id, time.now())
  }

  /** A message as the next one of its log: with its `seq`, and the time that its thread shows. It is appended when it is committed. */
  nextMessage(id: ConversationId, fields: Omit<Message, 'seq'>): Message {
    const head = this.headOrNew(id)
    return inOrder(head, { seq: head.length, ...fields })
  }

  /** Every conversation's head. */
  all(): Iterable<Conversation> {
    return this.heads.values()
  }

  /** What a new message comes above: the greatest `at` of all conversations, ms since 1970. */
  get newest(): number {
    return this.newestAt
  }

  /** How many conversations there are. */
  get size(): number {
    return this.heads.size
  }

  /** Whether so much waits for storage that there is no room for what others write. */
  get holdsTooMuch(): boolean {
    let messages = 0
    let units = 0
    for (const refused of this.unkept.values()) {
      messages += refused.messages.size + refused.amendments.size
      for (const { body } of refused.messages.values()) units += weightOf(body)
      for (const { raw } of refused.amendments.values()) units += raw.length
    }
    return messages >= UNKEPT_MAX.messages || units >= UNKEPT_MAX.units
  }

  /** What the screen knows of a conversation. Follow `order` to hear of one that is not there yet. */
  summary(id: ConversationId): Readonly<ShallowRef<Conversation>> | undefined {
    return this.shown.get(id)
  }

  /**
   * Makes `conversation` the head at once, writes it with `messages` and `amendments`, then shows it and the messages. Resolves to whether storage has taken
   * it: what it refused is shown all the same, `problem` says that it is not kept, and the next write tries it again.
   */
  async commit(conversation: Conversation, messages: readonly Message[] = [], amendments: readonly Amendment[] = []): Promise<boolean> {
    this.heads.set(conversation.id, conversation)
    this.newestAt = Math.max(this.newestAt, conversation.at)
    this.begin(conversation.id, messages)
    const others = this.unkeptBeside(conversation.id)
    const isTaken = await this.write([...others, this.withUnkept(conversation, messages, amendments)])
    if (!isTaken) this.notKept(conversation.id, messages, amendments)
    // It may be another one whose file the device cannot read.
    const isKept = isTaken || (others.length > 0 && (await this.writeUnkept(conversation.id)))
    this.end(conversation.id, messages)
    // Refused, it may count on a clearing that was refused before it; alone, it was written as it stood then.
    const head = this.heads.get(conversation.id)
    if (head) this.show(isTaken ? conversation : head)
    if (messages.length > 0) this.showMessages(conversation.id, messages)
    if (isKept && messages.length > 0) await this.keepToLimits(conversation.id)
    return isKept
  }

  usage(): Promise<StorageUsage> {
    return this.history.usage()
  }

  /** How much is kept from now on; what is more goes at once. Answers whether storage took that. */
  async setLimits(limits: HistoryLimits): Promise<boolean> {
    this.limits = limits
    await this.load()
    for (const head of [...this.heads.values()]) {
      if (!(await this.trim(head.id, trimToCount(head, limits.messagesPerConversation)))) return false
    }
    return this.keepToBytes()
  }

  /**
   * Deletes the messages of conversations, which stay. Answers whether they are gone; if not, nothing has changed but for what
   * was written meanwhile. When storage refuses some of it, a part of the conversations may be cleared all the same.
   */
  async clear(ids: readonly ConversationId[]): Promise<boolean> {
    const former = ids.flatMap((id) => this.heads.get(id) ?? [])
    const cleared = former.map(clearMessages)
    // What comes from now on comes after the clearing.
    for (const conversation of cleared) this.heads.set(conversation.id, conversation)
    const amendments = former.map((before) => [before, this.withdrawAmendments(before.id)] as const)
    if (await this.keep(() => this.history.write(cleared.map((conversation) => ({ conversation, isCleared: true }))))) {
      for (const conversation of cleared) this.isCleared(conversation)
      // There is room again for what was refused.
      await this.keepRefused()
      return true
    }
    for (const [index, before] of former.entries()) {
      const now = this.heads.get(before.id)
      if (!now) continue
      const restored = now === cleared[index] ? before : uncleared(before, now)
      this.heads.set(before.id, restored)
      // What came meanwhile was shown with a conversation that was cleared.
      if (restored !== before) this.show(restored)
    }
    const isCleared = await this.wasClearedAfterAll(former)
    for (const [{ id, start }, refused] of amendments) if (!isCleared && this.heads.get(id)?.start === start) this.notKept(id, [], refused)
    return isCleared
  }

  /** What was written while a clearing was refused says of the conversation that it is cleared, and may have been taken. */
  private async wasClearedAfterAll(former: readonly Conversation[]): Promise<boolean> {
    if (this.isClosed.value) return false
    // Those without messages may have amendments, which no start tells of: they are cleared once more.
    const empty = former.flatMap(({ id, start, length }) => (start === length ? (this.heads.get(id) ?? []) : []))
    let isEmptied = true
    try {
      // It is answered after all that is on its way.
      await this.history.write(empty.map((conversation) => ({ conversation, isCleared: true })))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      isEmptied = false
    }
    const starts = new Map(this.history.recent().map(({ id, start }) => [id, start]))
    const gone = former.filter(({ id, start, length }) => length > start && (starts.get(id) ?? 0) >= length)
    for (const before of gone) {
      const now = this.heads.get(before.id)
      if (!now) continue
      const again = recleared(before, now)
      this.heads.set(before.id, again)
      this.isCleared(again)
    }
    if (gone.length > 0) await this.keepRefused()
    return former.every((before) => (before.length === before.start ? isEmptied : gone.includes(before)))
  }

  private isCleared(conversation: Conversation): void {
    this.nowKept([{ conversation }])
    const head = this.heads.get(conversation.id)
    if (head) this.show(head)
  }

  private async keepToLimits(id: ConversationId): Promise<void> {
    const head = this.heads.get(id)
    if (!head) return
    const trimmed = trimToCount(head, this.limits.messagesPerConversation)
    if (trimmed !== head && this.isToBeTrimmed(head)) await this.trim(id, trimmed)
    if (++this.commitsSinceUsage < COMMITS_PER_USAGE) return
    this.commitsSinceUsage = 0
    await this.keepToBytes()
  }

  /** Of all conversations, the one that holds the oldest messages lets some go, until all fit. */
  private async keepToBytes(): Promise<boolean> {
    const kept = new Set<ConversationId>()
    for (;;) {
      const { bytes, conversations } = await this.history.usage()
      if (bytes <= this.limits.bytes) return true
      const oldest = conversations.filter(({ id, messages }) => messages > 0 && !kept.has(id)).sort((a, b) => a.since - b.since)[0]
      const head = oldest && this.heads.get(oldest.id)
      if (!head) return true
      const trimmed = trimStep(head)
      if (trimmed !== head && !(await this.trim(head.id, trimmed))) return false
      // What it holds is all wanted.
      if (this.heads.get(head.id)?.start === head.start) kept.add(head.id)
    }
  }

  /** Where a failed message keeps all that follows it, the log is looked at again for every step that it grows, not for every message. */
  private isToBeTrimmed({ id, length }: Conversation): boolean {
    const trimmedAt = this.trimmedAt.get(id)
    if (trimmedAt !== undefined && length >= trimmedAt && length < trimmedAt + TRIM_STEP) return false
    this.trimmedAt.set(id, length)
    return true
  }

  /** Lets messages go up to the start of `trimmed`, or to the first one that never went. Answers whether storage took it. */
  private async trim(id: ConversationId, trimmed: Conversation): Promise<boolean> {
    const before = this.heads.get(id)
    if (!before || trimmed.start <= before.start) return true
    const start = await this.startUpTo(before, trimmed.start)
    if (start === undefined) return false
    const head = this.heads.get(id)
    // It may have been deleted meanwhile, and begun anew.
    if (!head || head.length < before.length || start <= head.start) return true
    return this.commit({ ...head, start })
  }

  /** `wanted`, or where the chunk begins of the first message before it that never went; undefined when storage cannot tell now. */
  private async startUpTo({ id, start }: Conversation, wanted: number): Promise<number | undefined> {
    try {
      for (let from = start; from < wanted; from += TRIM_STEP) {
        const unsent = firstUnsent(await this.messages(id, from, Math.min(wanted, from + TRIM_STEP)))
        if (unsent !== undefined) return chunkStart(unsent)
      }
      return wanted
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return undefined
    }
  }

  /** Asks storage once more to take what it has refused, now and then. Answers whether there is room again. */
  async tryAgain(): Promise<boolean> {
    const now = clock.now()
    if (now - this.triedAgainAt >= TRY_AGAIN_MS) {
      this.triedAgainAt = now
      await this.commitRefused()
    }
    return !this.holdsTooMuch
  }

  /** Whether the message `seq` is on the device; when not, storage is asked once more. */
  async isKept(id: ConversationId, seq: number): Promise<boolean> {
    const head = this.heads.get(id)
    if (head && this.unkept.get(id)?.messages.has(seq)) await this.commit(head)
    return !this.unkept.get(id)?.messages.has(seq)
  }

  /** Somebody else writes this history from now on: nothing more is written from here. */
  private freeze(): void {
    this.isFrozen = true
    this.cancelRetry?.()
  }

  /** A last try for what was refused; nothing is tried again after it. */
  async close(): Promise<void> {
    this.isEnded = true
    await this.keepRefused()
    this.cancelRetry?.()
  }

  /** Tries once more to keep what storage has refused so far. */
  private async keepRefused(): Promise<void> {
    if (this.isFrozen || this.isClosed.value) return
    for (const [id, text] of [...this.unkeptDrafts]) await this.saveDraft(id, text)
    const refused = await this.commitRefused()
    if (refused === undefined) return
    for (const id of [...this.unkept.keys()]) if (id !== refused) await this.writeUnkept(id)
  }

  /** Commits a conversation of which something was refused, and with it the others. Answers which it was, if it was refused again. */
  private async commitRefused(): Promise<ConversationId | undefined> {
    const [id] = this.unkept.keys()
    const head = id && this.heads.get(id)
    return head && !(await this.commit(head)) ? id : undefined
  }

  private retryLater(): void {
    if (this.isFrozen || this.isEnded || this.isClosed.value) return
    this.cancelRetry ??= clock.after(RETRY_MS, async () => {
      await this.keepRefused()
      this.cancelRetry = undefined
      // It was set while the round went on, and not heeded.
      if (this.unkept.size > 0 || this.unkeptDrafts.size > 0) this.retryLater()
    })
  }

  /** Deletes a conversation and its messages, on the device first. Rejects with StorageError, and then nothing has changed. */
  async remove(id: ConversationId): Promise<void> {
    // What is being read must not bring it back.
    if (!this.isComplete.value) await this.load()
    const head = this.heads.get(id)
    const refused = this.unkept.get(id) ?? nothingUnkept()
    const draft = this.unkeptDrafts.get(id)
    this.removing.set(id, refused)
    // What comes from now on begins a new conversation, and is written after the removal.
    this.heads.delete(id)
    this.unkept.delete(id)
    this.unkeptDrafts.delete(id)
    try {
      await this.history.remove(id)
    } catch (error) {
      if (head && !this.heads.has(id)) {
        this.heads.set(id, head)
        if (!isEmpty(refused)) this.unkept.set(id, refused)
        if (draft !== undefined && !this.unkeptDrafts.has(id)) this.unkeptDrafts.set(id, draft)
      }
      throw error
    } finally {
      this.removing.delete(id)
    }
    const shown = this.shown.get(id)?.value
    if (shown) this.unread.value -= countedUnread(shown)
    this.shown.delete(id)
    this.order.value = this.order.value.filter((other) => other !== id)
    await this.keepRefused()
  }

  /**
   * Writes what stands in a composer, and its first line into the conversation when that has changed. Resolves also when storage
   * refused, as {@link commit} does. A text longer than any field takes is not kept: the draft stays as it was.
   */
  async saveDraft(id: ConversationId, text: string): Promise<void> {
    // No device has room for it under one key, and what is written with it would be refused too.
    if (text.length > FIELD_MAX_LENGTH) return
    const isRetry = this.unkeptDrafts.get(id) === text
    this.unkeptDrafts.set(id, text)
    const isKept = (await Promise.all([this.keep(() => this.history.saveDraft(id, text)), this.noteDraft(id, text, isRetry)])).every(Boolean)
    // What was typed meanwhile is still to be kept.
    if (isKept && this.unkeptDrafts.get(id) === text) this.unkeptDrafts.delete(id)
    if (isKept) this.sayAllKept()
  }

  /** Writes into the conversation what the list shows of its draft, when it shows something else. Answers whether storage has it. */
  async noteDraft(id: ConversationId, text: string, isRetry = false): Promise<boolean> {
    const head = this.heads.get(id)
    const noted = head && setDraft(head, text)
    return noted && (noted !== head || isRetry) ? this.commit(noted) : true
  }

  /** Answers whether storage took it. */
  private async keep(write: () => Promise<void>): Promise<boolean> {
    if (this.isFrozen) return false
    try {
      await write()
      this.sayAllKept()
      return true
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.problem.value = error.failure
      // Another tab goes on with this history.
      if (error.failure === 'taken-over') this.freeze()
      this.retryLater()
      return false
    }
  }

  private sayAllKept(): void {
    if (this.unkept.size === 0 && this.unkeptDrafts.size === 0) this.problem.value = null
  }

  /** Whether messages of the conversation are being written, and will be shown in a moment. */
  isWriting(id: ConversationId): boolean {
    return this.underWay.has(id)
  }

  /** Of what storage has refused, the new state is tried from now on: the former one, written with another commit, would come after it. */
  private begin(id: ConversationId, messages: readonly Message[]): void {
    if (messages.length === 0) return
    const refused = this.unkept.get(id)?.messages
    const newest = this.underWay.get(id) ?? new Map<number, Message>()
    for (const message of messages) {
      newest.set(message.seq, message)
      if (refused?.has(message.seq)) refused.set(message.seq, message)
    }
    this.underWay.set(id, newest)
  }

  private end(id: ConversationId, messages: readonly Message[]): void {
    const newest = this.underWay.get(id)
    for (const message of messages) if (newest?.get(message.seq) === message) newest.delete(message.seq)
    if (newest?.size === 0) this.underWay.delete(id)
  }

  private async write(entries: readonly Entry[]): Promise<boolean> {
    const isKept = await this.keep(() => this.history.write(entries))
    if (isKept) this.nowKept(entries)
    return isKept
  }

  /** Writes what storage has refused of one conversation, as it stands now. Where there is no room at all that is not tried. */
  private async writeUnkept(id: ConversationId): Promise<boolean> {
    const head = this.unkept.has(id) ? this.heads.get(id) : undefined
    return head !== undefined && this.problem.value !== 'full' && this.write([this.withUnkept(head, [])])
  }

  private withUnkept(conversation: Conversation, messages: readonly Message[], amendments: readonly Amendment[] = []): Entry {
    const refused = this.unkept.get(conversation.id)
    if (!refused) return { conversation, messages, amendments }
    return {
      conversation,
      messages: [...stillThere(conversation, refused.messages.values()), ...messages.filter(({ seq }) => !refused.messages.has(seq))],
      amendments: [...refused.amendments.values(), ...amendments],
    }
  }

  private unkeptBeside(conversation: ConversationId): Entry[] {
    return [...this.unkept.keys()].flatMap((id) => {
      const head = this.heads.get(id)
      return head && id !== conversation ? [this.withUnkept(head, [])] : []
    })
  }

  private notKept(id: ConversationId, messages: readonly Message[], amendments: readonly Amendment[]): void {
    // What was on its way when a removal began comes back before that does.
    const removing = this.removing.get(id)
    const refused = removing ?? this.unkept.get(id) ?? nothingUnkept()
    const newest = this.underWay.get(id)
    // A newer state that is on its way stands for this one, and goes from here once it is kept.
    for (const message of messages) refused.messages.set(message.seq, newest?.get(message.seq) ?? message)
    for (const amendment of amendments) refused.amendments.set(`${amendment.from}\n${amendment.id}`, amendment)
    if (!removing && this.heads.has(id) && !isEmpty(refused)) this.unkept.set(id, refused)
  }

  /** Takes the refused amendments of a conversation out of what is tried again. */
  private withdrawAmendments(id: ConversationId): Amendment[] {
    const refused = this.unkept.get(id)
    const amendments = [...(refused?.amendments.values() ?? [])]
    refused?.amendments.clear()
    if (refused && isEmpty(refused)) this.unkept.delete(id)
    return amendments
  }

  private nowKept(entries: readonly Entry[]): void {
    for (const { conversation, messages = [], amendments = [] } of entries) {
      if (conversation.start > (this.shown.get(conversation.id)?.value.start ?? 0)) this.showStart(conversation.id, conversation.start)
      const refused = this.unkept.get(conversation.id)
      // A newer state of a message may have been refused meanwhile; that one still waits.
      if (!refused) continue
      for (const message of messages) if (refused.messages.get(message.seq) === message) refused.messages.delete(message.seq)
      // What was cleared or gave way to newer ones is wanted no more.
      for (const seq of [...refused.messages.keys()]) if (seq < conversation.start) refused.messages.delete(seq)
      for (const { from, id } of amendments) refused.amendments.delete(`${from}\n${id}`)
      if (isEmpty(refused)) this.unkept.delete(conversation.id)
    }
    this.sayAllKept()
  }

  private show(conversation: Conversation): void {
    const shown = this.shown.get(conversation.id)
    const before = shown?.value
    this.unread.value += countedUnread(conversation) - (before ? countedUnread(before) : 0)
    if (shown) shown.value = conversation
    else this.shown.set(conversation.id, shallowRef(conversation))
    if (before?.at !== conversation.at || before.pinned !== conversation.pinned) this.place(conversation)
  }

  /** Puts a conversation where it belongs in the order now. */
  private place(conversation: Conversation): void {
    const isBefore = (id: ConversationId) => {
      const other = this.shown.get(id)?.value
      return other !== undefined && byRecency(other, conversation) < 0
    }
    this.order.value = moved(this.order.value, conversation.id, isBefore)
  }
}

function nothingUnkept(): Unkept {
  return { messages: new Map(), amendments: new Map() }
}

function isEmpty({ messages, amendments }: Unkept): boolean {
  return messages.size === 0 && amendments.size === 0
}

/** What has not been cleared or given way to newer messages. */
function stillThere({ start }: Conversation, messages: Iterable<Message>): Message[] {
  return [...messages].filter(({ seq }) => seq >= start)
}

/** A conversation whose clearing storage has refused: as it was, with what came since. */
function uncleared(before: Conversation, now: Conversation): Conversation {
  const { start, readTo, unread } = before
  return {
    ...now,
    start,
    preview: now.preview ?? before.preview,
    unread: unread + now.unread,
    readTo: unread > 0 ? readTo : now.readTo,
    pending: [...before.pending, ...now.pending],
  }
}

/** The reverse of {@link uncleared}. */
function recleared(before: Conversation, now: Conversation): Conversation {
  const { length } = before
  return {
    ...now,
    start: length,
    preview: now.length === length ? null : now.preview,
    unread: now.readTo < length ? Math.max(0, now.unread - before.unread) : now.unread,
    readTo: Math.max(now.readTo, length),
    pending: now.pending.filter((seq) => seq >= length),
  }
}
