import type { Cancel, Clock } from '../src/chat/time/clock'

/**
 * Time-outs of one length: whoever waits longest is due first, so that one timer serves them all. Every peer message waits
 * under two of them and hardly any is ever due.
 */
export class Deadlines {
  /** In the order in which they are due. */
  private readonly waiting = new Set<Deadline>()
  private cancelTimer: Cancel | undefined

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
  ) {}

  /** Calls `expired` in due time, unless it is cancelled. */
  add(expired: () => void): Deadline {
    const deadline = { at: this.clock.elapsed() + this.ms, expired }
    this.waiting.add(deadline)
    if (!this.cancelTimer) this.arm(this.ms)
    return deadline
  }

  cancel(deadline: Deadline): void {
    this.waiting.delete(deadline)
  }

  private arm(ms: number): void {
    this.cancelTimer = this.clock.after(ms, this.expire)
  }

  private readonly expire = () => {
    const now = this.clock.elapsed()
    for (const deadline of this.waiting) {
      if (deadline.at > now) break
      this.waiting.delete(deadline)
      deadline.expired()
    }
    this.cancelTimer = undefined
    const [next] = this.waiting
    if (next) this.arm(Math.ceil(next.at - now))
  }
}

export interface Deadline {
  readonly at: number
  readonly expired: () => void
}
