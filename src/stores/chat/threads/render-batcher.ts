/**
 * Messages on their way from storage to a visible thread. A single message is displayed at once. A flood is displayed in batches: each message alone would
 * cost two updates of the screen, and no user reads that fast.
 */
import { clock, type Cancel } from '@/src/chat/time/clock'
import type { Message } from '@/src/chat/message/message'

/** Flush when no message has arrived for this long, ms. */
const QUIET_MS = 100
/** Flush at least this often, ms. */
const LONGEST_MS = 400

export class RenderBatcher {
  private waiting: Message[] = []
  private shownAt = -Infinity
  /** When the waiting messages are displayed, ms of `clock.elapsed()`. Moves on while messages arrive. */
  private due = -Infinity
  /** The timer is set once and not for each message of a flood: it may end before `due`, and is then set again. */
  private timer: { readonly at: number; readonly cancel: Cancel } | undefined

  constructor(
    private readonly show: (messages: readonly Message[]) => void,
    /** Whether the page is visible. Messages for a hidden page are not sent to the view, so they need not wait. */
    private readonly isWatched: () => boolean = () => true,
    /** Whether more messages are being written: on a slow device they arrive in larger intervals than the flush delay. */
    private readonly areMoreComing: () => boolean = () => false,
  ) {}

  /** Messages were saved. Own messages are displayed at once, whatever waits before them. */
  add(messages: readonly Message[]): void {
    this.waiting.push(...messages)
    const now = clock.elapsed()
    const isOwn = messages.some(({ status }) => status !== 'received')
    const longest = this.shownAt + LONGEST_MS
    this.due = this.areMoreComing() ? longest : Math.min(now + QUIET_MS, longest)
    if (isOwn || !this.isWatched() || this.due <= now) this.flush()
    else this.flushLater(now)
  }

  /** The newest state of the message `seq` among the waiting ones. */
  waitingAt(seq: number): Message | undefined {
    return this.waiting.filter((message) => message.seq === seq).pop()
  }

  /** Drops the waiting messages. */
  stop(): void {
    this.cancelTimer()
    this.waiting = []
  }

  private flushLater(now: number): void {
    if (this.timer && this.timer.at <= this.due) return
    this.cancelTimer()
    const cancel = clock.after(this.due - now, () => {
      this.timer = undefined
      const later = clock.elapsed()
      if (later < this.due) this.flushLater(later)
      else this.flush()
    })
    this.timer = { at: this.due, cancel }
  }

  private cancelTimer(): void {
    this.timer?.cancel()
    this.timer = undefined
  }

  private flush(): void {
    this.cancelTimer()
    const messages = this.waiting
    this.waiting = []
    this.shownAt = clock.elapsed()
    this.show(messages)
  }
}
