/** The part of `ws` that the clients of tests use, over a pipe to a gateway in this process. */
import { EventEmitter } from 'node:events'
import type { Gateway } from '../../gateway/server'
import type { Clock } from '../../src/chat/clock'
import { openPipe, type Pipe } from '../../simulator/drive/pipe'

export class PipeSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 0
  private readonly pipe: Pipe

  /** @param gateway is refused where it is undefined */
  constructor(gateway: Gateway | undefined, clock: Clock) {
    super()
    this.pipe = openPipe(gateway, clock, {
      onOpen: () => {
        this.readyState = this.OPEN
        this.emit('open')
      },
      onMessage: (data) => this.emit('message', Buffer.from(data as Uint8Array), typeof data !== 'string'),
      onError: (message) => this.emit('error', new Error(message)),
      onClose: (code, reason) => {
        this.readyState = 3
        this.emit('close', code, Buffer.from(reason))
      },
    })
  }

  send(data: string | Uint8Array, sent?: (error?: Error) => void): void {
    this.pipe.send(data)
    sent?.()
  }

  close(code = 1000, reason = ''): void {
    if (this.readyState <= this.OPEN) this.readyState = 2
    this.pipe.close(code, reason)
  }

  terminate(): void {
    this.pipe.cut()
  }
}
