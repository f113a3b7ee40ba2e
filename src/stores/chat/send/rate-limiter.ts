/** The rate limit for everything that a client sends: RTM counts messages and receipts together. Waiting is not shown as a failure. */
import { clock, pause } from '@/src/chat/time/clock'
import { RateWindow, SEND_RATE } from '@/src/chat/rtm-limits'

export class RateLimiter {
  private readonly window = new RateWindow(SEND_RATE)
  private last: Promise<void> = Promise.resolve()

  /** Resolves when one more send is within the rate. In the order of the calls, so that neither messages nor receipts starve the other. */
  acquire(): Promise<void> {
    this.last = this.last.then(() => this.wait())
    return this.last
  }

  private async wait(): Promise<void> {
    for (;;) {
      const ms = this.window.take(clock.now())
      if (ms === 0) return
      await pause(clock, ms)
    }
  }
}
