/**
 * Messages on their way from storage to a thread that is looked at. One that comes into the quiet is shown at once. Of a
 * flood nobody reads every line, and each would cost the screen two changes: what comes within a moment is shown together.
 */
import { clock, type Cancel } from '@/src/chat/time/clock'
import type { Message } from '@/src/chat/message/message'

/** So long after the last one that came, ms: what is waiting is shown. */
const QUIET_MS = 100
/** A flood that does not end is shown at least this often, ms. */
const LONGEST_MS = 400

export class RenderBatcher {
  private waiting: Message[] = []
  private shownAt = -Infinity
  private cancelFlush: Cancel | undefined

  constructor(
    private readonly show: (messages: readonly Message[]) => void,
    /** Whether anybody looks: to a page that is hidden nothing is sent, and nothing need wait. */
    private readonly isWatched: () => boolean = () => true,
    /** Whether more messages are being written: on a slow device they come further apart than the quiet is long. */
    private readonly areMoreComing: () => boolean = () => false,
  ) {}

  /** Messages were kept. One's own are shown at once, whatever waits before them. */
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

  /** What waits is not shown any more. */
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
