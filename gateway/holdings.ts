/**
 * What sessions hold for their users beside messages, in bytes: the users they watch and the attributes they have set. Bounded
 * over all sessions so that a user who holds little always has room, whatever the others hold; and over the sessions that have
 * no connection, which a client can leave behind in any number.
 */

/** How much sessions may take in memory. */
export interface SessionLimits {
  /** Subscriptions and attributes of all sessions together, in bytes; beyond it `subscribe` and `setUser` are refused. */
  readonly heldBytes: number
  /** What sessions within their grace take together, in bytes; beyond it large ones are parked early, the one that was lost first before the others. */
  readonly graceBytes: number
  /** How many sessions are parked: each takes some 6 KB beside its messages. Beyond it those without messages go first. */
  readonly parked: number
  /** The messages of all parked sessions together, in bytes. */
  readonly parkedBytes: number
}

export const SESSION_LIMITS: SessionLimits = {
  heldBytes: 256 * 1024 * 1024,
  graceBytes: 64 * 1024 * 1024,
  parked: 10_000,
  parkedBytes: 64 * 1024 * 1024,
}

/** What things cost, in bytes, rounded up: measured on Node 20 with ids of 64 characters. */
const COST = { session: 6_144, subscription: 768, idCharacter: 4, attribute: 128, answer: 256, channel: 3_072, joinRate: 384 } as const

/** @returns bytes that the subscription to `uid` takes */
export function subscriptionBytes(uid: string): number {
  return COST.subscription + COST.idCharacter * uid.length
}

/** @returns bytes that the attributes of a user take, as UTF-16 */
export function attributeBytes(attributes: ReadonlyMap<string, string>): number {
  let bytes = 0
  for (const [key, value] of attributes) bytes += COST.attribute + 2 * (key.length + value.length)
  return bytes
}

/** What a session without a connection keeps beside what its {@link Holding} counts: how many of each. */
export interface Remains {
  readonly answers: number
  readonly channels: number
  readonly joinRates: number
}

/** The bound over all sessions. Half of it is shared out evenly; the other half is for what sessions hold beyond their shares. */
export class Holdings {
  /** What one session may always hold, in bytes. */
  readonly share: number
  private beyond = 0
  private total = 0

  /** @param sessionsMax how many sessions with a connection there can be */
  constructor(
    private readonly maxBytes: number,
    sessionsMax: number,
  ) {
    this.share = maxBytes / 2 / sessionsMax
  }

  get bytes(): number {
    return this.total
  }

  /** Whether a session that holds `before` bytes may hold `after`. */
  hasRoom(before: number, after: number): boolean {
    return after <= before || after <= this.share || this.beyond - this.beyondShare(before) + this.beyondShare(after) <= this.maxBytes / 2
  }

  /** A session that held `before` bytes holds `after`. */
  changed(before: number, after: number): void {
    this.total += after - before
    this.beyond += this.beyondShare(after) - this.beyondShare(before)
  }

  private beyondShare(bytes: number): number {
    return Math.max(0, bytes - this.share)
  }
}

/** What one session holds. */
export class Holding {
  private subscriptions = 0
  private attributes = 0
  private isClosed = false

  constructor(private readonly all: Holdings) {}

  get bytes(): number {
    return this.subscriptions + this.attributes
  }

  /** Whether there is room for `bytes` more of subscriptions. */
  hasRoomForSubscriptions(bytes: number): boolean {
    return this.all.hasRoom(this.bytes, this.bytes + bytes)
  }

  /** Whether there is room for attributes of `bytes` in place of the present ones. */
  hasRoomForAttributes(bytes: number): boolean {
    return this.all.hasRoom(this.bytes, this.subscriptions + bytes)
  }

  /** @param bytes more, or fewer, of subscriptions */
  subscribed(bytes: number): void {
    this.set(this.subscriptions + bytes, this.attributes)
  }

  /** @param bytes of all attributes */
  setAttributes(bytes: number): void {
    this.set(this.subscriptions, bytes)
  }

  /** The end: it counts no more. */
  close(): void {
    this.set(0, 0)
    this.isClosed = true
  }

  private set(subscriptions: number, attributes: number): void {
    if (this.isClosed) return
    const before = this.bytes
    this.subscriptions = subscriptions
    this.attributes = attributes
    this.all.changed(before, this.bytes)
  }
}

interface Lost {
  readonly holding: Holding
  readonly remains: Remains
}

/** The sessions without a connection that wait for their clients, in the order in which they were lost. */
export class Grace<Session extends Lost> {
  private readonly sizes = new Map<Session, number>()
  private total = 0

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.total
  }

  add(session: Session): void {
    const bytes = sizeOf(session)
    this.sizes.set(session, bytes)
    this.total += bytes
  }

  remove(session: Session): void {
    this.total -= this.sizes.get(session) ?? 0
    this.sizes.delete(session)
  }

  /**
   * The session whose grace has to end, undefined while there is room: of those that take more than an equal share the one that
   * was lost first.
   */
  surplus(): Session | undefined {
    if (this.total <= this.maxBytes) return undefined
    const share = this.maxBytes / this.sizes.size
    for (const [session, bytes] of this.sizes) if (bytes > share) return session
    return undefined
  }
}

function sizeOf({ holding, remains: { answers, channels, joinRates } }: Lost): number {
  return COST.session + holding.bytes + COST.answer * answers + COST.channel * channels + COST.joinRate * joinRates
}
