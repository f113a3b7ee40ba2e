/** The recent messages of all channels, in memory: bounded for each channel, and all together. */
import { CHANNEL_REDELIVERY } from '../../src/chat/rtm-limits'
import { FairTotal, type Share } from './fair-total'
import { ENTRY_OVERHEAD_BYTES } from './limits'
import type { ChannelMessage } from './port'

/** A message among the recent ones of its channel. Its owner is who sent it. */
export interface RecentEntry extends Share {
  readonly ch: string
  readonly message: ChannelMessage
}

export function recentEntry(ch: string, message: ChannelMessage): RecentEntry {
  return { ch, message, owner: message.from, bytes: ENTRY_OVERHEAD_BYTES + 2 * message.text.length }
}

export class RecentMessages {
  /** Each channel's, the oldest first; the channels in the order of their last messages. */
  private readonly byChannel = new Map<string, RecentEntry[]>()
  private readonly total: FairTotal<RecentEntry>
  /** No `seq` that was let go is greater: a channel that starts again starts above it. */
  private lastGone = 0

  constructor(maxBytes: number) {
    this.total = new FairTotal(maxBytes)
  }

  get bytes(): number {
    return this.total.bytes
  }

  /** The `seq` of the channel's last message; undefined: none is kept. */
  lastSeq(ch: string): number | undefined {
    return this.byChannel.get(ch)?.at(-1)?.message.seq
  }

  /** The `seq` of the first message of a channel of which none is kept. */
  firstSeq(now: number): number {
    return Math.max(now, this.lastGone) + 1
  }

  of(ch: string): ChannelMessage[] {
    return (this.byChannel.get(ch) ?? []).map(({ message }) => message)
  }

  *all(): Iterable<RecentEntry> {
    for (const entries of this.byChannel.values()) yield* entries
  }

  /**
   * Adds the newest message of its channel. Returns what had to go for it.
   * @param isEmpty says of a channel whether it has no members: its messages go first
   */
  add(entry: RecentEntry, isEmpty: (ch: string) => boolean): RecentEntry[] {
    const entries = this.byChannel.get(entry.ch) ?? []
    this.byChannel.delete(entry.ch)
    this.byChannel.set(entry.ch, entries)
    entries.push(entry)
    this.total.add(entry)
    const gone: RecentEntry[] = []
    for (let [oldest] = entries; oldest && entries.length > CHANNEL_REDELIVERY.count; [oldest] = entries) gone.push(this.remove(oldest))
    if (this.total.isOver) for (const each of this.total.overflow(({ ch }) => isEmpty(ch))) gone.push(this.remove(each))
    return gone
  }

  /** Takes out the messages of channels in which nothing was said of late. It looks at those alone. */
  sweep(now: number): RecentEntry[] {
    const gone: RecentEntry[] = []
    for (const entries of this.byChannel.values()) {
      if (entries.some(({ message }) => message.ts > now - CHANNEL_REDELIVERY.withinMs)) break
      gone.push(...entries)
    }
    for (const entry of gone) this.remove(entry)
    return gone
  }

  private remove(entry: RecentEntry): RecentEntry {
    const entries = this.byChannel.get(entry.ch) ?? []
    const index = entries.indexOf(entry)
    if (index === 0) entries.shift()
    else if (index > 0) entries.splice(index, 1)
    if (entries.length === 0) this.byChannel.delete(entry.ch)
    this.total.remove(entry)
    this.lastGone = Math.max(this.lastGone, entry.message.seq)
    return entry
  }
}
