/**
 * What outlives a connection: the queue for absent receivers, the recent messages of each channel, attributes.
 * `kept-store.ts` keeps it in memory, with a copy on disk where there is a data folder.
 */

export interface PeerMessage {
  readonly from: string
  readonly text: string
  /** Server time in ms. */
  readonly ts: number
}

export interface QueuedMessage {
  /** Names the message within its receiver's queue; later messages have greater keys. */
  readonly key: string
  readonly message: PeerMessage
}

export interface ChannelMessage {
  /** Counts up within the channel, also across restarts and after the channel was forgotten: it starts from the clock. */
  readonly seq: number
  readonly from: string
  readonly text: string
  readonly ts: number
}

export type UserAttributes = ReadonlyMap<string, string>
export type ChannelAttributes = ReadonlyMap<string, { readonly value: string; readonly lastUpdateUserId: string; readonly lastUpdateTs: number }>

/** Of one user: the channels that each client is in, each with the `seq` at which it came in. */
export type Memberships = ReadonlyMap<string, ReadonlyMap<string, number>>

/** A store keeps the memberships of this many users; beyond it those go that have not changed for longest. */
export const MEMBERSHIPS_MAX = 10_000

export interface Store {
  /**
   * Keeps a message for `uid`, for 7 days: at most 200, of which the sender with most loses the oldest. Resolves with its key
   * when it is kept, on disk too where there is one; rejects when it cannot be.
   * @param onKey is called with the key at once, before the message is kept
   */
  enqueue(uid: string, message: PeerMessage, onKey?: (key: string) => void): Promise<string>
  /** What waits for `uid`, oldest first. */
  queued(uid: string): Promise<QueuedMessage[]>
  dequeue(uid: string, key: string): Promise<void>

  /** Gives the message its `seq` and keeps it among the channel's recent ones: the last 32 of 30 s. */
  append(ch: string, message: Omit<ChannelMessage, 'seq'>): Promise<ChannelMessage>
  /** The `seq` of the last message that is kept, however old; 0: none is. */
  lastSeq(ch: string): Promise<number>
  /** The recent messages with a greater `seq` than `afterSeq`, oldest first. */
  recent(ch: string, afterSeq: number): Promise<ChannelMessage[]>

  /** By client, the one that joined a channel last at the end. */
  memberships(uid: string): Promise<Memberships>
  /** Replaces them by what `change` makes of them; an empty map forgets them, the same map leaves them as they are. */
  changeMemberships(uid: string, change: (current: Memberships) => Memberships): Promise<void>

  userAttributes(uid: string): Promise<UserAttributes>
  /** Replaces them by what `change` makes of them; an empty map forgets them. What `change` throws comes back as the rejection. */
  changeUserAttributes(uid: string, change: (current: UserAttributes) => UserAttributes): Promise<void>
  channelAttributes(ch: string): Promise<ChannelAttributes>
  /** As for users; resolves with the new ones. */
  changeChannelAttributes(ch: string, change: (current: ChannelAttributes) => ChannelAttributes): Promise<ChannelAttributes>
  /** From when on the attributes of a channel without members are gone (ms since 1970), or undefined: it has members, they stay. */
  expireChannelAttributes(ch: string, at: number | undefined): Promise<void>

  /** A key of this store's own that never changes: the gateway signs with it what must be known again after a restart. */
  signingKey(): Promise<Buffer>

  /** Lets go of what is too old. */
  sweep(now: number): Promise<void>
  close(): Promise<void>
}
