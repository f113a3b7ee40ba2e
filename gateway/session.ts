/**
 * One login of one user: what it is subscribed to, and the peer messages on their way to its client. It outlives the
 * connection: `live` with one, `grace` for some seconds without, `parked` when it has left presence and channels and only
 * keeps the peer messages for the client's return, `ended` for good.
 */
import { pause, type Cancel } from '../src/chat/time/clock'
import { OFFLINE_MESSAGES_MAX } from '../src/chat/rtm-limits'
import type { AckFrame, ServerFrame } from '../src/rtm/local/frames'
import { Answers } from './answers'
import type { Member } from './channels'
import type { Connection } from './connection'
import { inBackground, type Context } from './context'
import { Holding, type Remains } from './holdings'
import { Inbox, type InboxEntry } from './inbox'
import type { Rates } from './rates'
import type { PeerMessage, QueuedMessage } from './store/port'
import { userSubject, type PeerState, type UnacknowledgedMessage, type UserReply } from './subjects'
import type { Waiting } from './waiting'

export type SessionState = 'live' | 'grace' | 'parked' | 'ended'

/** How the wait for an `ack` ended. `handed-over`: the same client has it in its next session. */
type Receipt = 'received' | 'unanswered' | 'handed-over' | 'gone'

/** Once this many messages say that they have a place in the offline queue, which has room for half of them, it is asked which do. */
const KEYED_MAX = 2 * OFFLINE_MESSAGES_MAX

const PEER_STATE: Readonly<Record<SessionState, PeerState>> = { live: 'ONLINE', grace: 'UNREACHABLE', parked: 'OFFLINE', ended: 'OFFLINE' }

export class Session {
  state: SessionState = 'live'
  connection: Connection | undefined
  readonly channels = new Map<string, Member>()
  readonly subscriptions = new Set<string>()
  readonly answers = new Answers()
  readonly holding: Holding
  cancelGrace: Cancel | undefined
  readonly tokenTimers: Cancel[] = []
  parkedAt = 0
  /** The sender of a message for which there is no more room hears at once that it was not received. */
  private readonly inbox = new Inbox({ onShed: ({ mid }) => this.receipts.get(mid)?.('unanswered') })
  /** Texts are being read from the offline queue; nothing is sent until they are here. */
  private isReadingBack = false
  private isComparing = false
  private readonly receipts = new Map<number, (receipt: Receipt) => void>()
  /** Acknowledged, and not yet taken out of the offline queue. */
  private readonly leavingQueue = new Set<string>()
  /** Resolved by the first reading of the offline queue: what comes after a message that waits there must not overtake it. */
  private queueWasRead: () => void = () => undefined
  private readonly queueRead = new Promise<void>((resolve) => (this.queueWasRead = resolve))

  /**
   * @param owner names this session among all of its user
   * @param rates of the user
   * @param seen the last `seq` the client knows of the channels it was in before its earlier session was lost
   */
  constructor(
    private readonly context: Context,
    readonly uid: string,
    readonly secret: string,
    readonly owner: string,
    readonly rates: Rates,
    readonly seen: Map<string, number>,
  ) {
    this.inbox.countIn(context.waiting)
    this.holding = new Holding(context.holdings)
  }

  get peerState(): PeerState {
    return PEER_STATE[this.state]
  }

  /** What the messages for its client take, in bytes; 0: none wait. */
  get waitingBytes(): number {
    return this.inbox.bytes
  }

  /** Counts the messages that wait in one more sum over many sessions. */
  countIn(total: Waiting): void {
    this.inbox.countIn(total)
  }

  /** What it keeps without a connection, beside {@link holding} and messages. */
  get remains(): Remains {
    return { answers: this.answers.size, channels: this.channels.size, joinRates: this.rates.joinedChannels }
  }

  send(frame: ServerFrame): void {
    this.connection?.send(frame)
  }

  /** Goes on over `connection`: sends everything that is not acknowledged, from the beginning. */
  attach(connection: Connection): void {
    this.connection = connection
    this.inbox.rewind()
    this.pump()
  }

  detach(): void {
    this.connection = undefined
  }

  /** Lets go of what waits, after the end. */
  close(): void {
    this.inbox.close()
    this.holding.close()
  }

  /**
   * Brings a message to the client. Resolves when it is acknowledged, or when it will not be for now: then it is delivered
   * when the client comes back, and with `offline` it stands in the offline queue as well.
   */
  async deliver(message: PeerMessage, offline: boolean): Promise<UserReply> {
    await this.queueRead
    if (this.state === 'ended') return { gone: true }
    const { connection } = this
    const isSent = connection !== undefined && this.inbox.isSent && !connection.isFull
    const entry = this.inbox.add(message, { offline, isSent })
    if (this.state === 'live') {
      const receipt = this.inbox.isWhole(entry) ? this.receipt(entry) : 'unanswered'
      if (isSent) sendMessage(connection, entry, message)
      else this.pump()
      switch (await receipt) {
        case 'received':
          return { received: true }
        case 'gone':
          return { gone: true }
        case 'handed-over':
        case 'unanswered':
      }
    }
    if (offline) await this.keep(entry)
    return { received: false }
  }

  acknowledge({ mid }: AckFrame): void {
    const entry = this.inbox.acknowledge(mid)
    if (!entry) return
    this.receipts.get(mid)?.('received')
    if (entry.key !== undefined) this.leaveQueue(entry.key)
    else if (entry.pendingKey !== undefined) this.leavingQueue.add(entry.pendingKey)
  }

  /** Sends what waits in the offline queue. */
  async drainQueue(): Promise<void> {
    const { queueTurns, store } = this.context
    try {
      await queueTurns.run(this.uid, async () => {
        const queued = await store.queued(this.uid)
        if (this.state !== 'live' && this.state !== 'grace') return
        const texts = textsByKey(queued)
        this.inbox.keepOnly(texts)
        const known = this.inbox.keys()
        for (const [key, message] of texts) {
          if (!known.has(key) && !this.leavingQueue.has(key)) this.inbox.add(message, { off: true, key })
        }
        this.pump(texts)
      })
    } finally {
      // a store that cannot be read must not hold up what comes new
      this.queueWasRead()
    }
  }

  /** Takes over what an earlier session of the same client had not got acknowledged. */
  inherit(messages: readonly UnacknowledgedMessage[]): void {
    for (const { message, key, off } of messages) this.inbox.add(message, { key, off })
  }

  /** Nobody answers any more for what was sent: the senders hear that it was not received. */
  giveUpReceipts(): void {
    this.settleReceipts('unanswered')
    this.inbox.trim()
  }

  /**
   * The end, with everything that was not acknowledged going to the client's next session. What its sender wants kept gets its
   * place in the offline queue first, so that the next session knows it by that.
   */
  async handOver(): Promise<UnacknowledgedMessage[]> {
    const { clock, timing } = this.context
    const entries = this.inbox.entries()
    const keeping = entries.flatMap((entry) => entry.keeping ?? (entry.offline && entry.key === undefined ? this.keep(entry) : []))
    // a disk that takes longer brings some of them once more
    await Promise.race([Promise.allSettled(keeping), pause(clock, timing.ackTimeoutMs / 2)])
    this.settleReceipts('handed-over')
    return this.inbox.entries().map(({ message, key, off }) => ({ message, key, off }))
  }

  /** The end. Senders who still wait are told to try the user's next session. */
  abandonReceipts(): void {
    this.settleReceipts('gone')
  }

  private readonly goOn = () => this.pump()

  /** @param texts what the offline queue has, when that has just been read */
  private pump(texts?: ReadonlyMap<string, PeerMessage>): void {
    const { connection } = this
    if (!connection || this.isReadingBack) return
    for (const entry of this.inbox.toSend()) {
      if (connection.isFull) return connection.whenDrained(this.goOn)
      const message = entry.message ?? (entry.key === undefined ? undefined : texts?.get(entry.key))
      if (!message) {
        if (!texts) return this.readBack()
        this.inbox.drop(entry)
        continue
      }
      this.inbox.sent(entry)
      sendMessage(connection, entry, message)
    }
  }

  /** Sends on with the texts that only the offline queue has. */
  private readBack(): void {
    const { queueTurns, store, log } = this.context
    this.isReadingBack = true
    const done = queueTurns.run(this.uid, async () => {
      try {
        const texts = textsByKey(await store.queued(this.uid))
        this.isReadingBack = false
        this.pump(texts)
      } catch (error) {
        this.isReadingBack = false
        // They come with the next connection; what follows them must not wait for a store that cannot be read.
        for (const entry of this.inbox.toSend()) if (!entry.message) this.inbox.sent(entry)
        this.pump()
        throw error
      }
    })
    inBackground(log, 'reading the offline queue again', done)
  }

  private receipt(entry: InboxEntry): Promise<Receipt> {
    const { ackDeadlines } = this.context
    this.inbox.awaited(entry)
    return new Promise((resolve) => {
      const deadline = ackDeadlines.add(() => {
        this.receipts.get(entry.mid)?.('unanswered')
        this.inbox.trim()
      })
      this.receipts.set(entry.mid, (receipt) => {
        ackDeadlines.cancel(deadline)
        this.receipts.delete(entry.mid)
        this.inbox.settled(entry)
        resolve(receipt)
      })
    })
  }

  private settleReceipts(receipt: Receipt): void {
    for (const settle of [...this.receipts.values()]) settle(receipt)
  }

  /** Puts a message that is not acknowledged into the offline queue as well. */
  private keep(entry: InboxEntry): Promise<void> {
    entry.keeping ??= this.enqueue(entry)
    return entry.keeping
  }

  private async enqueue(entry: InboxEntry): Promise<void> {
    const { queueTurns, store, bus, timing } = this.context
    // only the place is taken in its turn: the disk takes longer, and writes many at once
    const { kept } = await queueTurns.run(this.uid, async () => {
      if (entry.acknowledged || !entry.message) return { kept: undefined }
      const kept = store.enqueue(this.uid, entry.message, (key) => (entry.pendingKey = key))
      kept.catch(() => undefined) // it is waited for below
      return { kept }
    })
    if (!kept) return
    try {
      this.inbox.keep(entry, await kept)
    } catch (error) {
      if (entry.pendingKey !== undefined) this.leavingQueue.delete(entry.pendingKey)
      this.inbox.notKept(entry)
      throw error
    }
    if (entry.acknowledged && entry.key !== undefined) this.leaveQueue(entry.key)
    if (this.inbox.keyedSize > KEYED_MAX) this.compareWithQueue()
    // a session that came meanwhile has read the queue before this message stood in it
    if (this.state === 'ended') await bus.request(userSubject(this.uid), { kind: 'queued' }, timing.ackTimeoutMs)
  }

  /** The offline queue has its own bound: forgets the places that it has given to later messages. */
  private compareWithQueue(): void {
    if (this.isComparing) return
    this.isComparing = true
    const { queueTurns, store, log } = this.context
    const done = queueTurns
      .run(this.uid, async () => this.inbox.keepOnly(textsByKey(await store.queued(this.uid))))
      .finally(() => (this.isComparing = false))
    inBackground(log, 'comparing an inbox with the offline queue', done)
  }

  private leaveQueue(key: string): void {
    const { queueTurns, store, log } = this.context
    this.leavingQueue.add(key)
    const done = queueTurns.run(this.uid, async () => {
      await store.dequeue(this.uid, key)
      this.leavingQueue.delete(key)
    })
    inBackground(log, 'taking a message out of the offline queue', done)
  }
}

function sendMessage(connection: Connection, { mid, off }: InboxEntry, { from, text, ts }: PeerMessage): void {
  connection.send({ t: 'peer', mid, from, text, ts, ...(off ? { off: true } : {}) })
}

function textsByKey(queued: readonly QueuedMessage[]): Map<string, PeerMessage> {
  return new Map(queued.map(({ key, message }) => [key, message]))
}
