/** The part of a WebSocket of `ws` that tests use, over a pipe to a gateway in this process. */
import { EventEmitter } from 'node:events'
import { WebSocket } from 'ws'
import { systemClock, type Clock } from '@/src/chat/time/clock'
import type { Gateway } from '../../gateway/server'
import { openPipe, type Pipe } from '../../simulator/drive/pipe'

export class PipeWebSocket extends EventEmitter {
  readonly OPEN = WebSocket.OPEN
  readonly CLOSED = WebSocket.CLOSED
  readyState: number = WebSocket.CONNECTING
  private readonly pipe: Pipe

  private constructor(gateway: Gateway, clock: Clock) {
    super()
    this.pipe = openPipe(gateway, clock, {
      onOpen: () => {
        this.readyState = WebSocket.OPEN
        this.emit('open')
      },
      onMessage: (data) => void this.emit('message', Buffer.from(data as string), typeof data !== 'string'),
      onError: (message) => void this.emit('error', new Error(message)),
      onClose: (code, reason) => {
        this.readyState = WebSocket.CLOSED
        this.emit('close', code, Buffer.from(reason))
      },
    })
  }

  /** @param clock for arrivals */
  static open(gateway: Gateway, clock: Clock = systemClock): WebSocket {
    return new PipeWebSocket(gateway, clock) as unknown as WebSocket
  }

  send = (data: string | Buffer, sent?: () => void) => {
    this.pipe.send(data)
    sent?.()
  }

  close = (code = 1000, reason = '') => this.pipe.close(code, reason)
  terminate = () => this.pipe.cut()
  pause = () => this.pipe.pause()
  resume = () => this.pipe.resume()
}
