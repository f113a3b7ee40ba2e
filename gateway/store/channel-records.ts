/** The attributes of all channels, in memory, bounded all together; and which channels are known to have no members. */
import { FairTotal, type Share } from './fair-total'
import { ENTRY_OVERHEAD_BYTES } from './limits'
import type { ChannelAttributes } from './port'

/** The attributes of one channel. Their owner is who changed them last. */
export interface ChannelRecord extends Share {
  readonly ch: string
  readonly attributes: ChannelAttributes
}

export class ChannelRecords {
  private readonly byChannel = new Map<string, ChannelRecord>()
  /** From when on the attributes of a channel without members are gone, in ms since 1970. */
  private readonly expiry = new Map<string, number>()
  private readonly total: FairTotal<ChannelRecord>

  constructor(maxBytes: number) {
    this.total = new FairTotal(maxBytes)
  }

  get bytes(): number {
    return this.total.bytes
  }

  of(ch: string): ChannelAttributes {
    return this.byChannel.get(ch)?.attributes ?? new Map()
  }

  all(): Iterable<ChannelRecord> {
    return this.byChannel.values()
  }

  /** Replaces the attributes of a channel; an empty map forgets them. Returns the other records that had to go for them. */
  set(ch: string, attributes: ChannelAttributes): ChannelRecord[] {
    this.remove(ch)
    if (attributes.size === 0) return []
    const record = { ch, attributes, owner: lastUpdater(attributes), bytes: cost(attributes) }
    this.byChannel.set(ch, record)
    this.total.add(record)
    const gone = this.total.overflow((other) => other !== record && this.expiry.has(other.ch))
    for (const each of gone) this.remove(each.ch)
    return gone
  }

  /** @param at from when on the attributes of the channel are gone (ms since 1970); undefined: it has members, they stay. */
  expire(ch: string, at: number | undefined): void {
    if (at === undefined) this.expiry.delete(ch)
    else this.expiry.set(ch, at)
  }

  /** Whether the channel lost its last member, or was given attributes while it had none. */
  isEmpty(ch: string): boolean {
    return this.expiry.has(ch)
  }

  /** Takes out the attributes of the channel if they have expired. */
  takeExpired(ch: string, now: number): ChannelRecord | undefined {
    const at = this.expiry.get(ch)
    if (at === undefined || at > now) return undefined
    this.expiry.delete(ch)
    return this.remove(ch)
  }

  /** Takes out all that has expired. */
  sweep(now: number): ChannelRecord[] {
    return [...this.expiry.keys()].flatMap((ch) => this.takeExpired(ch, now) ?? [])
  }

  private remove(ch: string): ChannelRecord | undefined {
    const record = this.byChannel.get(ch)
    if (!record) return undefined
    this.byChannel.delete(ch)
    this.total.remove(record)
    return record
  }
}

function lastUpdater(attributes: ChannelAttributes): string {
  let last = { lastUpdateUserId: '', lastUpdateTs: Number.NEGATIVE_INFINITY }
  for (const attribute of attributes.values()) if (attribute.lastUpdateTs >= last.lastUpdateTs) last = attribute
  return last.lastUpdateUserId
}

function cost(attributes: ChannelAttributes): number {
  let bytes = ENTRY_OVERHEAD_BYTES
  for (const [key, { value, lastUpdateUserId }] of attributes) bytes += ENTRY_OVERHEAD_BYTES + 2 * (key.length + value.length + lastUpdateUserId.length)
  return bytes
}
