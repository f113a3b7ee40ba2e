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
  private cancelFlush: Cancel | undefined

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
    const now = clock.now()
    const isOwn = messages.some(({ status }) => status !== 'received')
    this.cancelFlush?.()
    const longest = this.shownAt + LONGEST_MS
    const due = this.areMoreComing() ? longest : Math.min(now + QUIET_MS, longest)
    if (isOwn || !this.isWatched() || now - this.shownAt >= LONGEST_MS || due <= now) this.flush()
    else this.cancelFlush = clock.after(due - now, () => this.flush())
  }

  /** Drops the waiting messages. */
  stop(): void {
    this.cancelFlush?.()
    this.waiting = []
  }

  private flush(): void {
    this.cancelFlush?.()
    const messages = this.waiting
    this.waiting = []
    this.shownAt = clock.now()
    this.show(messages)
  }
}
