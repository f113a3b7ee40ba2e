/** As much of a WebSocket of `ws` as tests use, over a pipe to a gateway in this process. */
import { EventEmitter } from 'node:events'
import { WebSocket } from 'ws'
import { systemClock } from '@/src/chat/clock'
import type { Gateway } from '../../gateway/server'
import { openPipe, type Pipe } from '../../simulator/drive/pipe'

export class PipeWebSocket extends EventEmitter {
  readonly CLOSED = WebSocket.CLOSED
  readyState: number = WebSocket.CONNECTING
  private readonly pipe: Pipe

  private constructor(gateway: Gateway) {
    super()
    this.pipe = openPipe(gateway, systemClock, {
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

  static open(gateway: Gateway): WebSocket {
    return new PipeWebSocket(gateway) as unknown as WebSocket
  }

  send = (data: string | Buffer) => this.pipe.send(data)
  close = (code = 1000, reason = '') => this.pipe.close(code, reason)
  terminate = () => this.pipe.cut()
  pause = () => this.pipe.pause()
  resume = () => this.pipe.resume()
}
