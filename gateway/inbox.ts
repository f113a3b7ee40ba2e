/**
 * The peer messages of one session that its client has not acknowledged, in the order in which it shall get them.
 * Bounded: when it is full the oldest goes, save those that also stand in the offline queue, which has its own bound.
 */
import type { PeerMessage } from './store/port'

export const INBOX_MAX = { messages: 2_000, bytes: 2 * 1024 * 1024 } as const

/** What an entry costs beside its text, roughly, in bytes. */
const OVERHEAD_BYTES = 128

export interface InboxEntry {
  readonly mid: number
  readonly message: PeerMessage
  /** It waited in the offline queue. */
  readonly off: boolean
  /** Its place in the offline queue, while it has one. */
  key: string | undefined
  acknowledged: boolean
  /** Its sender wants it kept for a receiver who is not there. */
  readonly offline: boolean
  /** It is on its way into the offline queue. */
  isBeingKept: boolean
}

export class Inbox {
  private readonly byMid = new Map<number, InboxEntry>()
  private lastMid = 0
  private unkept = 0
  private unkeptBytes = 0
  private totalBytes = 0

  constructor(private readonly max: { readonly messages: number; readonly bytes: number } = INBOX_MAX) {}

  get size(): number {
    return this.byMid.size
  }

  /** The text in memory, in bytes as UTF-16. */
  get bytes(): number {
    return this.totalBytes
  }

  add(message: PeerMessage, { off = false, key, offline = false }: { off?: boolean; key?: string | undefined; offline?: boolean } = {}): InboxEntry {
    const entry: InboxEntry = { mid: ++this.lastMid, message, off, key, acknowledged: false, offline, isBeingKept: false }
    this.byMid.set(entry.mid, entry)
    this.totalBytes += cost(message)
    if (key === undefined) this.countUnkept(entry, 1)
    while (this.unkept > 1 && (this.unkept > this.max.messages || this.unkeptBytes > this.max.bytes)) this.dropOldestUnkept()
    return entry
  }

  /** Takes the message out for good; undefined when there is no such message (any more). */
  acknowledge(mid: number): InboxEntry | undefined {
    const entry = this.byMid.get(mid)
    if (!entry) return undefined
    this.remove(entry)
    entry.acknowledged = true
    return entry
  }

  /** The message stands in the offline queue from now on. */
  keep(entry: InboxEntry, key: string): void {
    if (this.has(entry) && entry.key === undefined) this.countUnkept(entry, -1)
    entry.key = key
  }

  has(entry: InboxEntry): boolean {
    return this.byMid.get(entry.mid) === entry
  }

  /** The places in the offline queue that are taken care of. */
  keys(): Set<string> {
    const keys = new Set<string>()
    for (const { key } of this.byMid.values()) if (key !== undefined) keys.add(key)
    return keys
  }

  /** In the order of `mid`. */
  entries(): InboxEntry[] {
    return [...this.byMid.values()]
  }

  private dropOldestUnkept(): void {
    for (const entry of this.byMid.values()) {
      if (entry.key !== undefined) continue
      this.remove(entry)
      return
    }
  }

  private remove(entry: InboxEntry): void {
    this.byMid.delete(entry.mid)
    this.totalBytes -= cost(entry.message)
    if (entry.key === undefined) this.countUnkept(entry, -1)
  }

  private countUnkept(entry: InboxEntry, sign: 1 | -1): void {
    this.unkept += sign
    this.unkeptBytes += sign * cost(entry.message)
  }
}

function cost(message: PeerMessage): number {
  return OVERHEAD_BYTES + 2 * message.text.length
}
