/**
 * The peer messages of one session that its client has not acknowledged, in the order in which it shall get them.
 * Bounded: when it is full the sender who has most in it loses the oldest. Of a message that has a place in the offline queue only
 * the text goes, which is read from there again when its turn comes, so that it keeps its order and its `mid`.
 */
import type { PeerMessage } from './store/port'
import type { Waiting } from './waiting'

/** How many messages with their texts, and how many bytes of them, one session keeps in memory beside {@link SENT_MAX}. */
export const INBOX_MAX = { messages: 2_000, bytes: 2 * 1024 * 1024 } as const

/**
 * The same for messages that the client was sent and whose senders wait for its acknowledgement: a client that reads has them, so
 * their senders shall not hear otherwise. What is sent beyond it counts among the others.
 */
export const SENT_MAX = { messages: 2_000, bytes: 10 * 1024 * 1024 } as const

/** What an entry costs beside its text, roughly, in bytes. */
const OVERHEAD_BYTES = 128

export interface InboxEntry {
  readonly mid: number
  /** Undefined: only the offline queue has it, at `key`. */
  message: PeerMessage | undefined
  /** It waited in the offline queue. */
  readonly off: boolean
  /** Its place in the offline queue, while it has one. */
  key: string | undefined
  acknowledged: boolean
  /** Its sender wants it kept for a receiver who is not there, and the offline queue has not let it go since. */
  offline: boolean
  /** It is on its way into the offline queue, or was: to this place. */
  pendingKey: string | undefined
  keeping: Promise<void> | undefined
  /** There was no more room for its text. */
  isShed: boolean
  /** Its sender waits for the acknowledgement. */
  isAwaited: boolean
}

interface Bound {
  readonly messages: number
  readonly bytes: number
}

/** The messages of one sender that have their texts, the oldest first; `count` and `bytes` are of those that may be shed. */
interface Share {
  readonly entries: Set<InboxEntry>
  count: number
  bytes: number
}

interface NewEntry {
  readonly off?: boolean
  readonly key?: string | undefined
  readonly offline?: boolean
  /** The caller sends it to the present connection, and waits for the acknowledgement. */
  readonly isSent?: boolean
}

export interface InboxOptions {
  readonly max?: Bound
  readonly sentMax?: Bound
  /**
   * There was no more room for the message. With `offline` and without a key the caller puts it into the offline queue and tells
   * {@link Inbox.keep}, or {@link Inbox.notKept} when that fails. Without either it is gone.
   */
  readonly onShed?: (entry: InboxEntry) => void
}

export class Inbox {
  private readonly byMid = new Map<number, InboxEntry>()
  private readonly shares = new Map<string, Share>()
  /** What was sent and is awaited, within {@link SENT_MAX}: it may not be shed. */
  private readonly underWay = new Set<InboxEntry>()
  private underWayBytes = 0
  private wholeSize = 0
  /** What the present connection has not been sent yet, in the order of `mid`. */
  private unsent = new Set<InboxEntry>()
  private totals: readonly Waiting[] = []
  private readonly max: Bound
  private readonly sentMax: Bound
  private readonly onShed: (entry: InboxEntry) => void
  private lastMid = 0
  private keyed = 0
  private wholeBytes = 0
  private allBytes = 0

  constructor({ max = INBOX_MAX, sentMax = SENT_MAX, onShed = () => undefined }: InboxOptions = {}) {
    this.max = max
    this.sentMax = sentMax
    this.onShed = onShed
  }

  get size(): number {
    return this.byMid.size
  }

  /** What it takes in memory, in bytes as UTF-16. */
  get bytes(): number {
    return this.allBytes
  }

  /** How much of that goes when texts go. */
  get textBytes(): number {
    return this.wholeBytes
  }

  /** How many say that they have a place in the offline queue. */
  get keyedSize(): number {
    return this.keyed
  }

  /** Counts it in a sum over many inboxes, too. */
  countIn(total: Waiting): void {
    this.totals = [...this.totals, total]
    total.add(this)
  }

  /** The end: it counts nowhere any more. */
  close(): void {
    for (const total of this.totals) total.remove(this)
    this.totals = []
  }

  /** @param message undefined: only the offline queue has it, at `key` */
  add(message: PeerMessage | undefined, { off = false, key, offline = false, isSent = false }: NewEntry = {}): InboxEntry {
    const entry: InboxEntry = {
      mid: ++this.lastMid,
      message,
      off,
      key,
      acknowledged: false,
      offline,
      pendingKey: undefined,
      keeping: undefined,
      isShed: false,
      isAwaited: isSent,
    }
    this.byMid.set(entry.mid, entry)
    if (!isSent) this.unsent.add(entry)
    if (key !== undefined) this.keyed++
    if (message) this.addText(entry, message)
    if (isSent) this.protect(entry)
    this.count(message ? cost(message) : OVERHEAD_BYTES)
    this.trim()
    return entry
  }

  /** Takes the message out for good; undefined when there is no such message (any more). */
  acknowledge(mid: number): InboxEntry | undefined {
    const entry = this.byMid.get(mid)
    if (!entry) return undefined
    this.drop(entry)
    entry.acknowledged = true
    return entry
  }

  /** The message stands in the offline queue from now on. */
  keep(entry: InboxEntry, key: string): void {
    if (this.has(entry) && entry.key === undefined) this.keyed++
    entry.key = key
    if (!this.isWhole(entry)) entry.message = undefined
  }

  /** The message could not be put into the offline queue. */
  notKept(entry: InboxEntry): void {
    entry.offline = false
    if (!this.isWhole(entry)) this.drop(entry)
  }

  /** Of all places in the offline queue only `keys` are left: of the other messages there is only what is in memory. */
  keepOnly(keys: ReadonlyMap<string, unknown>): void {
    for (const entry of this.byMid.values()) {
      if (entry.key === undefined || keys.has(entry.key)) continue
      if (!entry.message) this.drop(entry)
      else {
        entry.key = undefined
        entry.offline = false
        this.keyed--
      }
    }
  }

  /** Takes the message out. */
  drop(entry: InboxEntry): void {
    if (!this.has(entry)) return
    const freed = OVERHEAD_BYTES + this.forgetText(entry)
    this.byMid.delete(entry.mid)
    this.unsent.delete(entry)
    if (entry.key !== undefined) this.keyed--
    this.count(-freed)
  }

  has(entry: InboxEntry): boolean {
    return this.byMid.get(entry.mid) === entry
  }

  /** Whether its text counts: it is there, and there was room for it. */
  isWhole(entry: InboxEntry): boolean {
    return entry.message !== undefined && !entry.isShed && this.has(entry)
  }

  /** The places in the offline queue that are taken care of, also those on their way. */
  keys(): Set<string> {
    const keys = new Set<string>()
    for (const { key, pendingKey } of this.byMid.values()) for (const each of [key, pendingKey]) if (each !== undefined) keys.add(each)
    return keys
  }

  /** In the order of `mid`. */
  entries(): InboxEntry[] {
    return [...this.byMid.values()]
  }

  /** A new connection has been sent nothing. */
  rewind(): void {
    this.unsent = new Set(this.byMid.values())
  }

  /** Whether the present connection has been sent everything. */
  get isSent(): boolean {
    return this.unsent.size === 0
  }

  /** In the order of `mid`; may be changed while it is read. */
  toSend(): Iterable<InboxEntry> {
    return this.unsent
  }

  sent(entry: InboxEntry): void {
    this.unsent.delete(entry)
    if (entry.isAwaited) this.protect(entry)
  }

  /** The sender waits for the acknowledgement. */
  awaited(entry: InboxEntry): void {
    entry.isAwaited = true
  }

  /** The sender waits no more: the message may be shed, by {@link trim} or later. */
  settled(entry: InboxEntry): void {
    entry.isAwaited = false
    this.unprotect(entry)
  }

  /** Sheds what is too much. */
  trim(): void {
    for (;;) {
      const count = this.wholeSize - this.underWay.size
      const isTooMany = count > this.max.messages
      if (count <= 1 || !(isTooMany || this.wholeBytes - this.underWayBytes > this.max.bytes)) return
      this.shedFrom(this.greatest(isTooMany ? 'count' : 'bytes'))
    }
  }

  /** Lets texts go until those that are left take no more than `bytes`, first those that need not be spared. */
  shedTo(bytes: number): void {
    while (this.wholeSize > this.underWay.size && this.wholeBytes > bytes) this.shedFrom(this.greatest('bytes'))
    if (this.wholeBytes <= bytes) return
    for (const entry of this.underWay) this.unprotect(entry)
    while (this.wholeSize > 0 && this.wholeBytes > bytes) this.shedFrom(this.greatest('bytes'))
  }

  /** The sender who has most that may be shed, and of several with as many the one who came first. */
  private greatest(by: 'count' | 'bytes'): Share | undefined {
    let greatest: Share | undefined
    for (const share of this.shares.values()) if (share[by] > (greatest?.[by] ?? 0)) greatest = share
    return greatest
  }

  private shedFrom(share: Share | undefined): void {
    for (const entry of share?.entries ?? []) if (!this.underWay.has(entry)) return this.shed(entry)
  }

  private shed(entry: InboxEntry): void {
    if (entry.key === undefined && !entry.offline) this.drop(entry)
    else {
      this.count(-this.forgetText(entry))
      entry.isShed = true
      if (entry.key !== undefined) entry.message = undefined
    }
    this.onShed(entry)
  }

  private addText(entry: InboxEntry, message: PeerMessage): void {
    const share = this.shares.get(message.from) ?? { entries: new Set<InboxEntry>(), count: 0, bytes: 0 }
    this.shares.set(message.from, share)
    share.entries.add(entry)
    share.count++
    share.bytes += cost(message)
    this.wholeSize++
    this.wholeBytes += cost(message)
  }

  /** Returns how many bytes that frees. */
  private forgetText(entry: InboxEntry): number {
    if (!entry.message || !this.isWhole(entry)) return 0
    this.unprotect(entry)
    const bytes = cost(entry.message)
    const share = this.shares.get(entry.message.from)
    if (share?.entries.delete(entry)) {
      share.count--
      share.bytes -= bytes
      if (share.entries.size === 0) this.shares.delete(entry.message.from)
    }
    this.wholeSize--
    this.wholeBytes -= bytes
    return bytes - OVERHEAD_BYTES
  }

  /** Spares a message that is sent and awaited, while there is room for such. */
  private protect(entry: InboxEntry): void {
    if (!entry.message || !this.isWhole(entry) || this.underWay.has(entry)) return
    const bytes = cost(entry.message)
    if (this.underWay.size >= this.sentMax.messages || this.underWayBytes + bytes > this.sentMax.bytes) return
    this.underWay.add(entry)
    this.countUnderWay(entry.message.from, 1, bytes)
  }

  private unprotect(entry: InboxEntry): void {
    if (!entry.message || !this.underWay.delete(entry)) return
    this.countUnderWay(entry.message.from, -1, -cost(entry.message))
  }

  private countUnderWay(from: string, count: number, bytes: number): void {
    this.underWayBytes += bytes
    const share = this.shares.get(from)
    if (!share) return
    share.count -= count
    share.bytes -= bytes
  }

  private count(bytes: number): void {
    this.allBytes += bytes
    for (const total of this.totals) total.changed(bytes)
  }
}

function cost(message: PeerMessage): number {
  return OVERHEAD_BYTES + 2 * message.text.length
}
