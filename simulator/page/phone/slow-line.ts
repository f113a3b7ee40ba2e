/** A slow network: every message takes 300 ms ± 100, one in twenty a second more, as TCP does with a lost packet. Messages are not lost and not reordered. */
import type { HttpRequest, HttpResponse, Socket, SocketHandlers } from '../../runtime/types'

const DELAY_MS = 300
const SPREAD_MS = 100
const HELD_BACK_MS = 1_000
const HELD_BACK_SHARE = 1 / 20

/** The random numbers for one message: both from 0 up to 1. */
export interface Luck {
  (): number
}

/** One direction of one connection. While it is fast, messages pass at once, but behind those that are still on their way. */
export class SlowLine {
  private free = 0
  private underWay = 0

  constructor(
    private readonly isSlow: () => boolean,
    private readonly luck: Luck = Math.random,
  ) {}

  /** Runs `arrive` when the message has arrived, after all earlier ones. */
  carry(arrive: () => void): void {
    if (this.underWay === 0 && !this.isSlow()) {
      arrive()
      return
    }
    const now = performance.now()
    const delay = this.isSlow() ? DELAY_MS + (this.luck() * 2 - 1) * SPREAD_MS + (this.luck() < HELD_BACK_SHARE ? HELD_BACK_MS : 0) : 0
    this.free = Math.max(this.free, now + delay)
    this.underWay++
    setTimeout(() => {
      this.underWay--
      arrive()
    }, this.free - now)
  }
}

/** Wraps `open` in a line that may be slow in both directions. */
export function slowSocket(isSlow: () => boolean, handlers: SocketHandlers, open: (handlers: SocketHandlers) => Socket): Socket {
  const [out, back] = [new SlowLine(isSlow), new SlowLine(isSlow)]
  let isOver = false
  const arriving = (arrive: () => void) => back.carry(() => !isOver && arrive())
  const socket = open({
    onOpen: () => arriving(() => handlers.onOpen()),
    onMessage: (data) => arriving(() => handlers.onMessage(data)),
    onError: (message) => arriving(() => handlers.onError(message)),
    onClose: (code, reason) => arriving(() => handlers.onClose(code, reason)),
  })
  return {
    send: (data) => out.carry(() => socket.send(data)),
    close: (code, reason) => out.carry(() => socket.close(code, reason)),
    // Messages on their way are lost with the connection.
    cut: () => {
      if (isOver) return
      isOver = true
      socket.cut()
      handlers.onClose(1006, 'abnormal closure')
    },
  }
}

/** Sends a request and its answer over such a line. */
export async function slowRequest(isSlow: () => boolean, request: (request: HttpRequest) => Promise<HttpResponse>, wanted: HttpRequest): Promise<HttpResponse> {
  const pass = () => new Promise<void>((resolve) => new SlowLine(isSlow).carry(resolve))
  await pass()
  const response = await request(wanted)
  await pass()
  return response
}
