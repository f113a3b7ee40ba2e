/**
 * Time-outs of one length: whoever waits longest is due first, so that one timer serves them all. Every peer message waits
 * under two of them and hardly any is ever due.
 */
export class Deadlines {
  /** In the order in which they are due. */
  private readonly waiting = new Set<Deadline>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly ms: number) {}

  /** Calls `expired` in due time, unless it is cancelled. */
  add(expired: () => void): Deadline {
    const deadline = { at: performance.now() + this.ms, expired }
    this.waiting.add(deadline)
    if (!this.timer) this.arm(this.ms)
    return deadline
  }

  cancel(deadline: Deadline): void {
    this.waiting.delete(deadline)
  }

  private arm(ms: number): void {
    // What waits for messages alone keeps no process alive; the gateway's socket does.
    this.timer = setTimeout(this.expire, ms).unref()
  }

  private readonly expire = () => {
    const now = performance.now()
    for (const deadline of this.waiting) {
      if (deadline.at > now) break
      this.waiting.delete(deadline)
      deadline.expired()
    }
    this.timer = undefined
    const [next] = this.waiting
    if (next) this.arm(Math.ceil(next.at - now))
  }
}

export interface Deadline {
  readonly at: number
  readonly expired: () => void
}
