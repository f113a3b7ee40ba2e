/**
 * The lost sessions that are kept for their clients' return, bounded in number. A session for which nothing waits is worth least:
 * logins that are thrown away must not push out one that has messages.
 */

interface Keeper {
  /** What its messages take, in bytes; 0: there are none. */
  readonly waitingBytes: number
}

/** An overflow of sessions with messages takes some more than it has to, so that they are seldom compared. */
const ROOM = 0.95

export class Parked<Session extends Keeper> {
  /** In the order in which they were parked. */
  private readonly all = new Set<Session>()
  /** Those that had no messages when they were last looked at. */
  private readonly idle = new Set<Session>()

  constructor(private readonly max: number) {}

  get size(): number {
    return this.all.size
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.all.values()
  }

  add(session: Session): void {
    this.all.add(session)
    this.idle.add(session)
  }

  delete(session: Session): void {
    this.all.delete(session)
    this.idle.delete(session)
  }

  clear(): void {
    this.all.clear()
    this.idle.clear()
  }

  /**
   * The sessions that have to go, none while there is room: the oldest without messages, else those whose messages take the
   * fewest bytes, of several with as many the oldest. It takes nothing out by itself.
   */
  surplus(): Session[] {
    if (this.all.size <= this.max) return []
    for (const session of this.idle) {
      if (session.waitingBytes === 0) return [session]
      this.idle.delete(session)
    }
    const bySize = [...this.all].map((session) => ({ session, bytes: session.waitingBytes })).sort((a, b) => a.bytes - b.bytes)
    return bySize.slice(0, this.all.size - Math.floor(this.max * ROOM)).map(({ session }) => session)
  }
}
