/** One WebSocket: sends frames, those of one turn of the event loop in one write, keeps the unsent bytes bounded, knows when the other side was last heard. */
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Clock } from '../src/chat/clock'
import { CLOSE_CODE, type ServerFrame } from '../src/rtm/local/frames'
import type { Session } from './session'

let lastNumber = 0

export class Connection {
  /** Tells it from all others, also when it is gone. */
  readonly number = ++lastNumber
  /** Set by a good login. */
  session: Session | undefined
  /** Whether a login is being worked on, and when the last one was refused (ms of `Clock.elapsed`). */
  loggingIn = false
  refusedAt = Number.NEGATIVE_INFINITY
  readonly openedAt: number
  heardAt: number
  private waiting = new Set<() => void>()
  private isGathering = false
  private readonly written = () => {
    this.isGathering = false
    this.socket.uncork()
  }
  private readonly flushed = () => {
    if (this.waiting.size === 0 || this.isFull) return
    const ready = this.waiting
    this.waiting = new Set()
    for (const resume of ready) resume()
  }

  /**
   * @param socket what `ws` writes to
   * @param onClosing is called once, as soon as nothing can be sent any more, whoever ended it.
   */
  constructor(
    private readonly ws: WebSocket,
    private readonly socket: Duplex,
    private readonly maxBufferedBytes: number,
    private readonly onClosing: (connection: Connection) => void,
    private readonly clock: Clock,
  ) {
    this.openedAt = clock.elapsed()
    this.heardAt = this.openedAt
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN
  }

  /** Whether a sender that can wait should. */
  get isFull(): boolean {
    return this.isOpen && this.ws.bufferedAmount > this.maxBufferedBytes / 4
  }

  send(frame: ServerFrame): void {
    this.sendText(JSON.stringify(frame))
  }

  /** A frame that is text already: one that goes to many is made once. */
  sendText(text: string): void {
    if (!this.isOpen) return
    if (this.ws.bufferedAmount > this.maxBufferedBytes) this.close(CLOSE_CODE.SLOW, 'reads too slowly')
    else {
      this.gather()
      this.ws.send(text, this.flushed)
    }
  }

  /** Holds back what is written now until all that is to be done at once is done: a system call costs more than a message. */
  private gather(): void {
    if (this.isGathering) return
    this.isGathering = true
    this.socket.cork()
    process.nextTick(this.written)
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
    if (this.isOpen) this.ws.ping()
  }

  /** Says why, then closes; a peer that does not answer is dropped after the server's closeTimeout. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return
    this.ws.close(code, reason)
    this.closed()
  }

  /** Too many have not logged in, and it is the one that has had most time for it. */
  makeRoom(): void {
    this.close(CLOSE_CODE.SILENT, 'too many connections without a login')
  }

  /** As a lost network does: without a word. */
  terminate(): void {
    this.ws.terminate()
    this.closed()
  }

  /** The socket has ended, or will. */
  closed(): void {
    const waiting = this.waiting
    this.waiting = new Set()
    for (const resume of waiting) resume()
    this.onClosing(this)
  }
}
