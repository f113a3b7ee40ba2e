/**
 * One login of one user: what it is subscribed to, and the peer messages on their way to its client. It outlives the
 * connection: `live` with one, `grace` for some seconds without, `parked` when it has left presence and channels and only
 * keeps the peer messages for the client's return, `ended` for good.
 */
import type { AckFrame, ServerFrame } from '../src/rtm/local/frames'
import { Answers } from './answers'
import type { Member } from './channels'
import type { Connection } from './connection'
import { inBackground, type Context } from './context'
import { Inbox, type InboxEntry } from './inbox'
import { Rates } from './rates'
import type { PeerMessage } from './store/port'
import { userSubject, type PeerState, type UnacknowledgedMessage, type UserReply } from './subjects'

export type SessionState = 'live' | 'grace' | 'parked' | 'ended'

/** How the wait for an `ack` ended. `handed-over`: the same client has it in its next session. */
type Receipt = 'received' | 'unanswered' | 'handed-over' | 'gone'

const PEER_STATE: Readonly<Record<SessionState, PeerState>> = { live: 'ONLINE', grace: 'UNREACHABLE', parked: 'OFFLINE', ended: 'OFFLINE' }

export class Session {
  state: SessionState = 'live'
  connection: Connection | undefined
  readonly channels = new Map<string, Member>()
  readonly subscriptions = new Set<string>()
  readonly answers = new Answers()
  readonly rates: Rates
  graceTimer: NodeJS.Timeout | undefined
  tokenTimers: NodeJS.Timeout[] = []
  parkedAt = 0
  private readonly inbox = new Inbox()
  /** What the present connection has not been sent yet, in order. */
  private unsent: InboxEntry[] = []
  private readonly receipts = new Map<number, (receipt: Receipt) => void>()
  /** Acknowledged, and not yet taken out of the offline queue. */
  private readonly leavingQueue = new Set<string>()
  /** Resolved by the first reading of the offline queue: what comes after a message that waits there must not overtake it. */
  private queueWasRead: () => void = () => undefined
  private readonly queueRead = new Promise<void>((resolve) => (this.queueWasRead = resolve))

  /**
   * @param owner names this session among all of its user
   * @param seen the last `seq` the client knows of the channels it was in before its earlier session was lost
   */
  constructor(
    private readonly context: Context,
    readonly uid: string,
    readonly secret: string,
    readonly owner: string,
    readonly seen: Map<string, number>,
  ) {
    this.rates = new Rates(context.rateLimits)
  }

  get peerState(): PeerState {
    return PEER_STATE[this.state]
  }

  /** The bytes of the messages that wait. */
  get waitingBytes(): number {
    return this.inbox.bytes
  }

  send(frame: ServerFrame): void {
    this.connection?.send(frame)
  }

  /** Goes on over `connection`: sends everything that is not acknowledged, from the beginning. */
  attach(connection: Connection): void {
    this.connection = connection
    this.unsent = this.inbox.entries()
    this.pump()
  }

  detach(): void {
    this.connection = undefined
    this.unsent = []
  }

  /**
   * Brings a message to the client. Resolves when it is acknowledged, or when it will not be for now: then it is delivered
   * when the client comes back, and with `offline` it stands in the offline queue as well.
   */
  async deliver(message: PeerMessage, offline: boolean): Promise<UserReply> {
    await this.queueRead
    if (this.state === 'ended') return { gone: true }
    const entry = this.inbox.add(message, { offline })
    if (this.state === 'live') {
      this.unsent.push(entry)
      const receipt = this.receipt(entry)
      this.pump()
      switch (await receipt) {
        case 'received':
          return { received: true }
        case 'gone':
          return { gone: true }
        case 'handed-over':
          return { received: false }
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
  }

  /** Sends what waits in the offline queue. */
  async drainQueue(): Promise<void> {
    const { queueTurns, store } = this.context
    try {
      await queueTurns.run(this.uid, async () => {
        const queued = await store.queued(this.uid)
        if (this.state !== 'live' && this.state !== 'grace') return
        const known = this.inbox.keys()
        for (const { key, message } of queued) {
          if (known.has(key) || this.leavingQueue.has(key)) continue
          this.unsent.push(this.inbox.add(message, { off: true, key }))
        }
        this.pump()
      })
    } finally {
      // a store that cannot be read must not hold up what comes new
      this.queueWasRead()
    }
  }

  /** Takes over what an earlier session of the same client had not got acknowledged. What is owed to its sender goes into the offline queue as well. */
  inherit(messages: readonly UnacknowledgedMessage[]): void {
    for (const { message, key, off, owed } of messages) {
      const entry = this.inbox.add(message, { key, off, offline: owed })
      if (owed) inBackground(this.context.log, 'keeping a message for its receiver', this.keep(entry))
    }
  }

  /** Nobody answers any more for what was sent: the senders hear that it was not received. */
  giveUpReceipts(): void {
    this.settleReceipts('unanswered')
  }

  /** The end, with everything that was not acknowledged going to the client's next session. */
  handOver(): UnacknowledgedMessage[] {
    this.settleReceipts('handed-over')
    return this.inbox.entries().map(({ message, key, off, offline, isBeingKept }) => ({ message, key, off, owed: offline && key === undefined && !isBeingKept }))
  }

  /** The end. Senders who still wait are told to try the user's next session. */
  abandonReceipts(): void {
    this.settleReceipts('gone')
  }

  private pump(): void {
    const { connection } = this
    if (!connection) return
    while (this.unsent.length > 0) {
      if (connection.isFull) return connection.whenDrained(() => this.connection === connection && this.pump())
      const entry = this.unsent.shift()
      if (!entry || !this.inbox.has(entry)) continue
      const { from, text, ts } = entry.message
      connection.send({ t: 'peer', mid: entry.mid, from, text, ts, ...(entry.off ? { off: true } : {}) })
    }
  }

  private receipt(entry: InboxEntry): Promise<Receipt> {
    const { ackDeadlines } = this.context
    return new Promise((resolve) => {
      const deadline = ackDeadlines.add(() => this.receipts.get(entry.mid)?.('unanswered'))
      this.receipts.set(entry.mid, (receipt) => {
        ackDeadlines.cancel(deadline)
        this.receipts.delete(entry.mid)
        resolve(receipt)
      })
    })
  }

  private settleReceipts(receipt: Receipt): void {
    for (const settle of [...this.receipts.values()]) settle(receipt)
  }

  /** Puts a message that is not acknowledged into the offline queue as well. */
  private async keep(entry: InboxEntry): Promise<void> {
    const { queueTurns, store, bus, timing } = this.context
    entry.isBeingKept = true
    await queueTurns.run(this.uid, async () => {
      if (entry.acknowledged) return
      const key = await store.enqueue(this.uid, entry.message)
      this.inbox.keep(entry, key)
      if (entry.acknowledged) await store.dequeue(this.uid, key)
    })
    // a session that came meanwhile has read the queue before this message stood in it
    if (this.state === 'ended') await bus.request(userSubject(this.uid), { kind: 'queued' }, timing.ackTimeoutMs)
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
