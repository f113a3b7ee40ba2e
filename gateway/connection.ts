/** One connection, over any transport: keeps the unsent bytes bounded, and knows when the other side was last heard. */
import type { Clock } from '../src/chat/time/clock'
import { CLOSE_CODE, type ServerFrame } from '../src/rtm/local/frames'
import type { Transport } from './transport'

let lastNumber = 0

export class Connection {
  /** Tells it from all others, also when it is gone. */
  readonly number = ++lastNumber
  /** In ms of `Clock.elapsed`. */
  readonly openedAt: number
  heardAt: number
  private waiting = new Set<() => void>()
  private readonly flushed = () => {
    if (this.waiting.size === 0 || this.isFull) return
    const ready = this.waiting
    this.waiting = new Set()
    for (const resume of ready) resume()
  }

  /** @param onClosing is called as soon as nothing can be sent any more, whichever side ended it; once more when the transport has closed */
  constructor(
    private readonly transport: Transport,
    private readonly maxBufferedBytes: number,
    private readonly onClosing: () => void,
    private readonly clock: Clock,
  ) {
    this.openedAt = clock.elapsed()
    this.heardAt = this.openedAt
  }

  get isOpen(): boolean {
    return this.transport.isOpen
  }

  /** Whether a sender that can wait should. */
  get isFull(): boolean {
    return this.isOpen && this.transport.bufferedBytes > this.maxBufferedBytes / 4
  }

  send(frame: ServerFrame): void {
    this.sendText(JSON.stringify(frame))
  }

  /** A frame that is text already: one that goes to many is made once. */
  sendText(text: string): void {
    if (!this.isOpen) return
    if (this.transport.bufferedBytes > this.maxBufferedBytes) this.close(CLOSE_CODE.SLOW, 'reads too slowly')
    else this.transport.send(text, this.flushed)
  }

  /** Calls back, once however often it is asked, when there is room again or the connection is gone. */
  whenDrained(resume: () => void): void {
    if (this.isFull) this.waiting.add(resume)
    else resume()
  }

  heard(): void {
    this.heardAt = this.clock.elapsed()
  }

  ping(): void {
    if (this.isOpen) this.transport.ping()
  }

  /** Stops reading what the client sends; the transport keeps it. */
  pause(): void {
    this.transport.pause()
  }

  resume(): void {
    this.transport.resume()
  }

  /** Says why, then closes; a peer that does not answer is dropped after the transport's time-out. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return
    this.transport.close(code, reason)
    this.closed()
  }

  /** As a lost network does: without a word. */
  terminate(): void {
    this.transport.terminate()
    this.closed()
  }

  /** The transport has closed, or will. */
  closed(): void {
    const waiting = this.waiting
    this.waiting = new Set()
    for (const resume of waiting) resume()
    this.onClosing()
  }
}
