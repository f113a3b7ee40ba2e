/** One pace for all that a client sends, messages and receipts alike: RTM counts them together. Nobody hears of the waiting. */
import { clock, pause } from '@/src/chat/time/clock'
import { RateWindow, SEND_RATE } from '@/src/chat/rtm-limits'

export class RateLimiter {
  private readonly window = new RateWindow(SEND_RATE)
  private last: Promise<void> = Promise.resolve()

  /** Resolves when one more send is within the rate: in the order of asking, so that neither kind starves the other. */
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
