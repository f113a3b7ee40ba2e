/**
 * The store of a gateway: everything is in memory, and what shall outlive the process is written to a copy as well. What is
 * acknowledged was written first; what goes is taken out of the copy later, because a copy that still has it does no harm.
 */
import { CHANNEL_REDELIVERY } from '../../src/chat/rtm-limits'
import { Serial } from '../serial'
import { FairTotal } from './fair-total'
import { ChannelRecords, type ChannelRecord } from './channel-records'
import { channelKey, membersKey, nextKey, queueKey, recentKey } from './keys'
import type { StoreLimits } from './limits'
import { OfflineQueues, queueEntry, type QueueEntry } from './offline-queues'
import { MEMBERSHIPS_MAX, type ChannelAttributes, type ChannelMessage, type Memberships, type PeerMessage, type QueuedMessage, type Store, type UserAttributes } from './port'
import { RecentMessages, recentEntry, type RecentEntry } from './recent-messages'

/** One value of the copy. */
export interface CopyEntry {
  readonly key: string
  readonly value: string
}

/** Where what shall outlive the process is written to. */
export interface Copy {
  /**
   * Resolves when the value is written; in the order of asking.
   * @param durable also after a power cut
   */
  write(entry: CopyEntry, options: { durable: boolean }): Promise<void>
  /** Takes values out, when there is time. */
  remove(keys: readonly string[]): void
  close(): Promise<void>
}

export interface KeptStoreOptions {
  /** Undefined: nothing outlives the process. */
  readonly copy: Copy | undefined
  readonly signingKey: Buffer
  readonly limits: StoreLimits
  /** The clock, in ms; tests bring their own. */
  readonly now: () => number
}

export class KeptStore implements Store {
  private readonly queues: OfflineQueues
  /** Messages on their way into the copy, and from there into their queues. */
  private readonly unwritten: FairTotal<QueueEntry>
  private readonly messages: RecentMessages
  private readonly channels: ChannelRecords
  /** Those that have changed last at the end. */
  private readonly members = new Map<string, Memberships>()
  private readonly users = new Map<string, UserAttributes>()
  /** Attributes of a channel change one call after the other. */
  private readonly changes = new Serial()
  /** The greatest key of the queues, and the last `seq` of each channel that is being written. */
  private lastKey = ''
  private readonly writing = new Map<string, number>()

  constructor(private readonly options: KeptStoreOptions) {
    const { limits } = options
    this.queues = new OfflineQueues(limits.queuesBytes)
    this.unwritten = new FairTotal(limits.unwrittenBytes)
    this.messages = new RecentMessages(limits.recentBytes)
    this.channels = new ChannelRecords(limits.channelAttributesBytes)
  }

  /** How much it holds, counted as {@link StoreLimits} is. */
  get size(): Pick<StoreLimits, 'queuesBytes' | 'recentBytes' | 'channelAttributesBytes'> {
    return { queuesBytes: this.queues.bytes, recentBytes: this.messages.bytes, channelAttributesBytes: this.channels.bytes }
  }

  async enqueue(uid: string, message: PeerMessage, onKey?: (key: string) => void): Promise<string> {
    const key = nextKey(this.lastKey, this.options.now())
    const entry = queueEntry(uid, key, message)
    this.checkUnwritten(entry)
    this.lastKey = key
    onKey?.(key)
    this.unwritten.add(entry)
    try {
      await this.options.copy?.write(copyOfQueued(uid, key, message), { durable: true })
    } finally {
      this.unwritten.remove(entry)
    }
    this.addQueued(entry)
    return key
  }

  async queued(uid: string): Promise<QueuedMessage[]> {
    return this.queues.of(uid, this.options.now()).map(({ key, message }) => ({ key, message }))
  }

  async dequeue(uid: string, key: string): Promise<void> {
    const entry = this.queues.remove(uid, key)
    if (entry) this.drop([entry], keyOfQueued)
  }

  async append(ch: string, message: Omit<ChannelMessage, 'seq'>): Promise<ChannelMessage> {
    const last = this.writing.get(ch) ?? this.messages.lastSeq(ch)
    const seq = last === undefined ? this.messages.firstSeq(this.options.now()) : last + 1
    const kept = { seq, from: message.from, text: message.text, ts: message.ts }
    if (this.options.copy) await this.writeRecent(this.options.copy, ch, kept)
    else this.restoreRecent(ch, kept)
    return kept
  }

  /** Until the message is among the recent ones, its `seq` is known to be taken. */
  private async writeRecent(copy: Copy, ch: string, message: ChannelMessage): Promise<void> {
    const { seq } = message
    this.writing.set(ch, seq)
    try {
      await copy.write({ key: recentKey(ch, seq), value: JSON.stringify(message) }, { durable: false })
      this.restoreRecent(ch, message)
    } finally {
      if (this.writing.get(ch) === seq) this.writing.delete(ch)
    }
  }

  async lastSeq(ch: string): Promise<number> {
    return this.messages.lastSeq(ch) ?? 0
  }

  async recent(ch: string, afterSeq: number): Promise<ChannelMessage[]> {
    const from = this.options.now() - CHANNEL_REDELIVERY.withinMs
    return this.messages.of(ch).filter(({ seq, ts }) => seq > afterSeq && ts > from)
  }

  async memberships(uid: string): Promise<Memberships> {
    return this.members.get(uid) ?? new Map()
  }

  /** It counts from now on, also when the copy cannot be written. */
  async changeMemberships(uid: string, change: (current: Memberships) => Memberships): Promise<void> {
    const current = this.members.get(uid) ?? new Map()
    const next = change(current)
    if (next === current) return
    this.restoreMemberships(uid, next)
    if (next.size > 0) await this.options.copy?.write(copyOfMembers(uid, next), { durable: false })
    else this.drop([uid], membersKey)
  }

  async userAttributes(uid: string): Promise<UserAttributes> {
    return this.users.get(uid) ?? new Map()
  }

  async changeUserAttributes(uid: string, change: (current: UserAttributes) => UserAttributes): Promise<void> {
    const next = change(this.users.get(uid) ?? new Map())
    if (next.size > 0) this.users.set(uid, next)
    else this.users.delete(uid)
  }

  async channelAttributes(ch: string): Promise<ChannelAttributes> {
    this.expire(ch)
    return this.channels.of(ch)
  }

  changeChannelAttributes(ch: string, change: (current: ChannelAttributes) => ChannelAttributes): Promise<ChannelAttributes> {
    return this.changes.run(ch, async () => {
      this.expire(ch)
      const before = this.channels.of(ch)
      const next = change(before)
      // in memory and in the copy in the same order, also with what has to go for it
      const written = next.size > 0 ? this.options.copy?.write(copyOfChannel(ch, next), { durable: false }) : this.drop([ch], channelKey)
      this.restoreChannel(ch, next)
      try {
        await written
      } catch (error) {
        if (this.channels.of(ch) === next) this.restoreChannel(ch, before)
        throw error
      }
      return next
    })
  }

  async expireChannelAttributes(ch: string, at: number | undefined): Promise<void> {
    this.expire(ch)
    this.channels.expire(ch, at)
  }

  async signingKey(): Promise<Buffer> {
    return this.options.signingKey
  }

  async sweep(now: number): Promise<void> {
    this.drop(this.queues.sweep(now), keyOfQueued)
    this.drop(this.messages.sweep(now), keyOfRecent)
    this.drop(this.channels.sweep(now), keyOfChannel)
  }

  async close(): Promise<void> {
    await this.changes.idle()
    await this.options.copy?.close()
  }

  /** A message of the offline queue that is in the copy. It is newer than all others. */
  restoreQueued(uid: string, key: string, message: PeerMessage): void {
    if (key > this.lastKey) this.lastKey = key
    this.addQueued(queueEntry(uid, key, message))
  }

  /** A channel message that is in the copy. It is newer than all others of its channel. */
  restoreRecent(ch: string, message: ChannelMessage): void {
    this.drop(this.messages.add(recentEntry(ch, message), this.isEmpty), keyOfRecent)
  }

  /** Attributes that are in the copy. */
  restoreChannel(ch: string, attributes: ChannelAttributes): void {
    this.drop(this.channels.set(ch, attributes), keyOfChannel)
  }

  /** Memberships that are in the copy. */
  restoreMemberships(uid: string, memberships: Memberships): void {
    this.members.delete(uid)
    if (memberships.size > 0) this.members.set(uid, memberships)
    const [oldest] = this.members.keys()
    if (this.members.size <= MEMBERSHIPS_MAX || oldest === undefined) return
    this.members.delete(oldest)
    this.drop([oldest], membersKey)
  }

  /** Everything that belongs into the copy, as a name and a way to get the value. */
  *copies(): Iterable<{ key: string; value: () => string }> {
    for (const entry of this.queues.all()) yield { key: keyOfQueued(entry), value: () => JSON.stringify(entry.message) }
    for (const entry of this.messages.all()) yield { key: keyOfRecent(entry), value: () => JSON.stringify(entry.message) }
    for (const [uid, memberships] of this.members) yield { key: membersKey(uid), value: () => copyOfMembers(uid, memberships).value }
    for (const record of this.channels.all()) yield { key: keyOfChannel(record), value: () => copyOfChannel(record.ch, record.attributes).value }
  }

  private addQueued(entry: QueueEntry): void {
    this.drop(this.queues.add(entry, this.options.now()), keyOfQueued)
  }

  /** Refuses a message when the copy cannot keep up: when its sender has too much on the way, or all of them together have. */
  private checkUnwritten(entry: QueueEntry): void {
    const { unwrittenBytes, unwrittenBytesOfSender } = this.options.limits
    if (this.unwritten.bytesOf(entry.owner) + entry.bytes > unwrittenBytesOfSender || this.unwritten.bytes + entry.bytes > unwrittenBytes) {
      throw new Error('the data folder is written too slowly for what there is to keep')
    }
  }

  private expire(ch: string): void {
    const record = this.channels.takeExpired(ch, this.options.now())
    if (record) this.drop([record], keyOfChannel)
  }

  private readonly isEmpty = (ch: string) => this.channels.isEmpty(ch)

  /** Takes out of the copy what has gone. */
  private drop<Gone>(gone: readonly Gone[], keyOf: (each: Gone) => string): void {
    if (gone.length > 0) this.options.copy?.remove(gone.map(keyOf))
  }
}

function copyOfQueued(uid: string, key: string, message: PeerMessage): CopyEntry {
  return { key: queueKey(uid, key), value: JSON.stringify(message) }
}

function keyOfQueued({ receiver, key }: QueueEntry): string {
  return queueKey(receiver, key)
}

function keyOfRecent({ ch, message }: RecentEntry): string {
  return recentKey(ch, message.seq)
}

function keyOfChannel({ ch }: ChannelRecord): string {
  return channelKey(ch)
}

function copyOfChannel(ch: string, attributes: ChannelAttributes): CopyEntry {
  return { key: channelKey(ch), value: JSON.stringify({ attributes: [...attributes] }) }
}

function copyOfMembers(uid: string, memberships: Memberships): CopyEntry {
  return { key: membersKey(uid), value: JSON.stringify([...memberships].map(([client, channels]) => [client, [...channels]])) }
}
