/** A WebSocket as a {@link Transport}. Writes what is sent in one turn of the event loop at once. */
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Transport, TransportHandlers } from './transport'

export class WebSocketTransport implements Transport {
  private isGathering = false
  private readonly written = () => {
    this.isGathering = false
    this.socket.uncork()
  }

  /** @param socket what `ws` reads and writes */
  constructor(
    private readonly ws: WebSocket,
    private readonly socket: Duplex,
  ) {}

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN
  }

  get bufferedBytes(): number {
    return this.ws.bufferedAmount
  }

  listen(handlers: TransportHandlers): void {
    // Before ws sees the bytes: what is too much is not parsed.
    const onBytes = (chunk: Buffer) => {
      if (!handlers.onBytes(chunk.length)) this.socket.off('data', onBytes)
    }
    this.socket.prependListener('data', onBytes)
    // binaryType stays 'nodebuffer'
    this.ws.on('message', (data, isBinary) => handlers.onMessage(data as Buffer, isBinary))
    const onSign = () => handlers.onSign()
    this.ws.on('ping', onSign)
    this.ws.on('pong', onSign)
    this.ws.on('close', () => handlers.onClose())
    this.ws.on('error', (error) => handlers.onError(error))
  }

  send(text: string, onSent: () => void): void {
    this.gather()
    this.ws.send(text, onSent)
  }

  ping(): void {
    this.ws.ping()
  }

  close(code: number, reason: string): void {
    this.ws.close(code, reason)
  }

  terminate(): void {
    this.ws.terminate()
  }

  pause(): void {
    this.ws.pause()
  }

  resume(): void {
    this.ws.resume()
  }

  /** Holds back what is written now until all that is to be done at once is done: a system call costs more than a message. */
  private gather(): void {
    if (this.isGathering) return
    this.isGathering = true
    this.socket.cork()
    process.nextTick(this.written)
  }
}
