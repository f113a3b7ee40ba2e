/** The offline queues of all receivers, in memory: bounded for each receiver, and all together. */
import { OFFLINE_MESSAGES_MAX, OFFLINE_MESSAGES_TTL_MS } from '../../src/chat/rtm-limits'
import { FairTotal, type Share } from './fair-total'
import { ENTRY_OVERHEAD_BYTES } from './limits'
import type { PeerMessage, QueuedMessage } from './port'

/** A message in the queue of its receiver. Its owner is who sent it. */
export interface QueueEntry extends QueuedMessage, Share {
  readonly receiver: string
}

export function queueEntry(receiver: string, key: string, message: PeerMessage): QueueEntry {
  return { receiver, key, message, owner: message.from, bytes: ENTRY_OVERHEAD_BYTES + 2 * message.text.length }
}

export class OfflineQueues {
  private readonly byReceiver = new Map<string, Map<string, QueueEntry>>()
  /** In the order of their keys, which is that of time. */
  private readonly byAge = new Set<QueueEntry>()
  private readonly total: FairTotal<QueueEntry>

  constructor(maxBytes: number) {
    this.total = new FairTotal(maxBytes)
  }

  get bytes(): number {
    return this.total.bytes
  }

  /** What waits for `receiver` and is not too old, the oldest first. */
  of(receiver: string, now: number): QueueEntry[] {
    return [...(this.byReceiver.get(receiver)?.values() ?? [])].filter((entry) => !isOld(entry, now))
  }

  all(): Iterable<QueueEntry> {
    return this.byAge
  }

  /** Adds a message that is newer than all others. Returns what had to go for it. */
  add(entry: QueueEntry, now: number): QueueEntry[] {
    const queue = this.byReceiver.get(entry.receiver) ?? new Map<string, QueueEntry>()
    this.byReceiver.set(entry.receiver, queue.set(entry.key, entry))
    this.byAge.add(entry)
    this.total.add(entry)
    const gone: QueueEntry[] = []
    const letGo = (entries: readonly QueueEntry[]) => {
      for (const each of entries) this.remove(each.receiver, each.key)
      gone.push(...entries)
    }
    if (queue.size > OFFLINE_MESSAGES_MAX) letGo([...queue.values()].filter((each) => isOld(each, now)))
    while (queue.size > OFFLINE_MESSAGES_MAX) letGo([oldestOfGreatestSender(queue.values())])
    letGo(this.total.overflow())
    return gone
  }

  /** Takes a message out; undefined when there is none (any more). */
  remove(receiver: string, key: string): QueueEntry | undefined {
    const queue = this.byReceiver.get(receiver)
    const entry = queue?.get(key)
    if (!queue || !entry) return undefined
    queue.delete(key)
    if (queue.size === 0) this.byReceiver.delete(receiver)
    this.byAge.delete(entry)
    this.total.remove(entry)
    return entry
  }

  /** Takes out what has become too old. It looks at that alone: messages wait in the order of time. */
  sweep(now: number): QueueEntry[] {
    const gone: QueueEntry[] = []
    for (const entry of this.byAge) {
      if (!isOld(entry, now)) break
      this.remove(entry.receiver, entry.key)
      gone.push(entry)
    }
    return gone
  }
}

function isOld({ message }: QueueEntry, now: number): boolean {
  return message.ts <= now - OFFLINE_MESSAGES_TTL_MS
}

/** In a full queue the sender with most messages makes room, and of several with as many the one whose message is the oldest. */
function oldestOfGreatestSender(entries: Iterable<QueueEntry>): QueueEntry {
  const senders = new Map<string, { oldest: QueueEntry; count: number }>()
  for (const entry of entries) {
    const sender = senders.get(entry.owner)
    if (sender) sender.count++
    else senders.set(entry.owner, { oldest: entry, count: 1 })
  }
  return [...senders.values()].reduce((greatest, sender) => (sender.count > greatest.count ? sender : greatest)).oldest
}
