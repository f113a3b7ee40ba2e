/** The rate limit for everything that a client sends: RTM counts messages and receipts together. Waiting is not shown as a failure. */
import { clock, pause } from '@/src/chat/time/clock'
import { RateWindow, SEND_RATE } from '@/src/chat/rtm-limits'

export class RateLimiter {
  private readonly window = new RateWindow(SEND_RATE)
  private last: Promise<void> = Promise.resolve()
  /** The number of calls that wait. */
  private waiting = 0

  /** Resolves when one more send is within the rate. In the order of the calls, so that neither messages nor receipts starve the other. */
  acquire(): Promise<void> {
    this.waiting++
    this.last = this.last.then(() => this.wait())
    return this.last
  }

  /** Takes a place at once if at least `free` are free and nothing waits. Returns whether it did. */
  tryAcquire(free: number): boolean {
    const now = clock.now()
    return this.waiting === 0 && this.window.free(now) >= free && this.window.take(now) === 0
  }

  private async wait(): Promise<void> {
    for (;;) {
      const ms = this.window.take(clock.now())
      if (ms === 0) return void this.waiting--
      await pause(clock, ms)
    }
  }
}
