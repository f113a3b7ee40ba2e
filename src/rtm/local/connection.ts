import { clock, every, type Cancel } from '@/src/chat/time/clock'
import { time } from '@/src/chat/time/time'
import { decodeFrame, type UsedFrame } from './decode'
import type { ClientFrame, RequestFrame } from './frames'
import type { ConnectSocket, SocketTask } from './socket'
import type { LocalTiming } from './timing'

export interface ConnectionHandlers {
  open(): void
  frame(frame: UsedFrame): void
  /**
   * The connection ended, not by `close()`. Called once, as the last event.
   * @param code the WebSocket close code, if there was one.
   */
  lost(code?: number): void
}

/** The WebSocket code of an end without a close frame from the other side. */
const ABNORMAL_CLOSURE = 1006

/** One WebSocket to the gateway, from its opening to its end, with pings that detect a silent end. */
export class Connection {
  /** When the gateway was last heard, ms since 1970 by `chat/time/time`. Undefined before that. */
  heardAt: number | undefined
  private task: SocketTask | undefined
  private over = false
  private cancelPings: Cancel | undefined
  private cancelOverdue: Cancel | undefined
  /** The callbacks that wait for a sign of life, called with whether it came. */
  private waiting: ((isAlive: boolean) => void)[] = []

  constructor(
    url: string,
    connectSocket: ConnectSocket,
    private readonly timing: LocalTiming,
    private handlers: ConnectionHandlers,
  ) {
    const lost = () => this.lose()
    try {
      const task = (this.task = connectSocket({ url, fail: lost, complete: () => {} }))
      task.onOpen(() => {
        if (!this.over) this.handlers.open()
      })
      task.onMessage(({ data }) => this.receive(data))
      task.onClose(({ code }) => {
        if (code !== undefined && code !== ABNORMAL_CLOSURE) this.heardAt = time.now()
        this.lose(code)
      })
      task.onError(lost)
    } catch {
      // An invalid address is reported like any other failure, after the caller has this object.
      clock.after(0, lost)
    }
  }

  send(frame: ClientFrame): void {
    if (this.over) return
    try {
      this.task?.send({ data: JSON.stringify(frame), fail: this.failed })
    } catch {
      this.lose()
    }
  }

  /** Starts to ping. Not before the login, which must be the first frame. */
  keepAlive(): void {
    this.cancelPings = every(clock, this.timing.pingIntervalMs, () => {
      if (!this.cancelOverdue) this.ping(this.timing.pingTimeoutMs)
    })
  }

  /** Requests a sign of life now, with a shorter timeout. Resolves to whether it came. */
  check(): Promise<boolean> {
    this.forgetPing()
    const answer = new Promise<boolean>((resolve) => this.waiting.push(resolve))
    this.ping(this.timing.checkTimeoutMs)
    return answer
  }

  /** Sends a last request, waits for its answer (or `ms`) and closes. The handlers are not called any more. */
  finish(request: RequestFrame, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        this.close()
        resolve()
      }
      const cancel = clock.after(ms, done)
      const frame = (answer: UsedFrame) => {
        if ('id' in answer && answer.id === request.id) done()
      }
      this.handlers = { open() {}, frame, lost: done }
      this.send(request)
    })
  }

  close(): void {
    this.over = true
    this.cancelPings?.()
    this.heard(false)
    try {
      // A socket that has closed by itself needs no closing.
      this.task?.close({ code: 1000, fail: () => {} })
    } catch {
      // Browsers and WeChat throw here only if the socket is not open: then there is nothing to close.
    }
  }

  private ping(timeoutMs: number): void {
    const due = clock.now() + timeoutMs
    this.cancelOverdue = clock.after(timeoutMs, () => {
      // A late timer (the app was suspended, a background tab throttled) may have overtaken the answer: ask again.
      if (clock.now() - due > this.timing.pingIntervalMs) this.ping(timeoutMs)
      else this.lose()
    })
    this.send({ t: 'ping' })
  }

  private forgetPing(): void {
    this.cancelOverdue?.()
    this.cancelOverdue = undefined
  }

  private heard(isAlive: boolean): void {
    this.forgetPing()
    for (const tell of this.waiting.splice(0)) tell(isAlive)
  }

  private receive(data: unknown): void {
    if (this.over) return
    this.heard(true)
    const frame = decodeFrame(data)
    if (frame) this.handlers.frame(frame)
    // By the time that the answer to a login has set.
    this.heardAt = time.now()
  }

  private readonly failed = () => this.lose()

  private lose(code?: number): void {
    if (this.over) return
    this.close()
    this.handlers.lost(code)
  }
}
