/**
 * A connection to a gateway in the same process, without sockets. It behaves as a WebSocket does: messages arrive whole, in order, as copies; closing is a
 * handshake; messages sent before an end arrive before it. Each arrival is a task of a clock.
 * - The gateway's pings go through it too. The client's end answers them while it reads, so pausing it makes it silent.
 * - Messages that the other end has not read count as unsent, because there is no network that could buffer them.
 * - The client's messages cost the gateway's budgets as much as WebSocket frames would.
 */
import type { Cancel, Clock } from '../../src/chat/time/clock'
import { FRAME_MAX_BYTES } from '../../src/rtm/local/frames'
import type { Gateway } from '../../gateway/server'
import type { Transport, TransportHandlers } from '../../gateway/transport'
import type { Socket, SocketHandlers } from '../runtime/types'

export interface PipeOptions {
  /** The delay of each direction, in ms of the clock. Default 0. */
  latencyMs?: number
  /** The client's address, as the gateway sees it. Default: loopback. */
  address?: string
}

/** The client's end. */
export interface Pipe extends Socket {
  /** Stops reading until {@link resume}: answers no pings, and notices no close except its own. */
  pause(): void
  resume(): void
}

/** The close codes of WebSocket. */
const ABNORMAL_CLOSURE = 1006
const TOO_BIG = 1009
/** How long an end that closes waits for the other end, in ms: as in gateway/listener.ts and in `ws`. */
const GATEWAY_CLOSE_TIMEOUT_MS = 1_000
const CLIENT_CLOSE_TIMEOUT_MS = 30_000

/**
 * Connects to `gateway`. If it is undefined, the connection fails as with a closed port. Calls no handler before it returns.
 * @param clock for every arrival, at either end; the gateway may use another
 */
export function openPipe(gateway: Pick<Gateway, 'attach'> | undefined, clock: Clock, handlers: SocketHandlers, { latencyMs = 0, address }: PipeOptions = {}): Pipe {
  const there: Lane = new Lane(clock, latencyMs, (parcel) => gatewayEnd.receive(parcel))
  const back: Lane = new Lane(clock, latencyMs, (parcel) => clientEnd.receive(parcel))
  const clientEnd = new ClientEnd(clock, back, there, handlers)
  const gatewayEnd = new GatewayEnd(clock, there, back)
  clock.after(latencyMs, () => {
    if (clientEnd.state !== 'connecting') return
    const refusal = gateway ? gateway.attach(gatewayEnd, address) : 'nothing listens'
    back.send(refusal === undefined ? { kind: 'open' } : { kind: 'refusal', message: refusal })
  })
  return clientEnd
}

/** A message from one end to the other. */
type Parcel =
  | { readonly kind: 'open' | 'ping' | 'pong' | 'cut' }
  | { readonly kind: 'refusal'; readonly message: string }
  | { readonly kind: 'message'; readonly data: Buffer; readonly isBinary: boolean; readonly onRead?: () => void }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }

/** One direction of the connection. */
class Lane {
  /** Messages on their way, and those that arrived and were not read. */
  bytes = 0
  private parcels: Parcel[] = []
  /** The number of those, from the first, that have arrived. */
  private arrived = 0
  private isPaused = false
  private isClosed = false

  constructor(
    private readonly clock: Clock,
    private readonly latencyMs: number,
    private readonly receive: (parcel: Parcel) => void,
  ) {}

  send(parcel: Parcel): void {
    if (this.isClosed) return
    this.parcels.push(parcel)
    this.bytes += bytesOf(parcel)
    this.clock.after(this.latencyMs, this.arrive)
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.clock.after(0, this.readOn)
  }

  /** The receiver has gone: drops the messages on their way, and all later ones. */
  close(): void {
    this.isClosed = true
    this.parcels = []
    this.arrived = 0
    this.bytes = 0
  }

  private readonly arrive = () => {
    if (this.arrived === this.parcels.length) return
    // Messages that arrived earlier are read first, in readOn.
    if (++this.arrived === 1 && !this.isPaused) this.read()
  }

  private readonly readOn = () => {
    if (this.isPaused || this.arrived === 0) return
    if (this.arrived > 1) this.clock.after(0, this.readOn)
    this.read()
  }

  private read(): void {
    const parcel = this.parcels.shift()
    if (!parcel) return
    this.arrived--
    this.bytes -= bytesOf(parcel)
    if (parcel.kind === 'message') parcel.onRead?.()
    this.receive(parcel)
  }
}

abstract class End {
  state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  private cancelTimeout: Cancel | undefined

  constructor(
    private readonly clock: Clock,
    private readonly incoming: Lane,
    protected readonly outgoing: Lane,
    private readonly closeTimeoutMs: number,
  ) {}

  receive(parcel: Parcel): void {
    switch (parcel.kind) {
      case 'open':
      case 'refusal':
        return
      case 'message':
        return this.onMessage(parcel.data, parcel.isBinary)
      case 'ping':
        if (this.state === 'open') this.outgoing.send({ kind: 'pong' })
        return
      case 'pong':
        return this.onPong()
      case 'close':
        if (this.state === 'open') this.outgoing.send(parcel)
        return this.end(parcel.code, parcel.reason)
      case 'cut':
        return this.end(ABNORMAL_CLOSURE, '')
    }
  }

  close(code: number, reason: string): void {
    if (this.state !== 'open') return
    this.state = 'closing'
    this.outgoing.send({ kind: 'close', code, reason })
    this.cancelTimeout = this.clock.after(this.closeTimeoutMs, () => this.cut())
  }

  cut(): void {
    if (this.state === 'closed') return
    const isEarly = this.state === 'connecting'
    this.state = 'closing'
    this.cancelTimeout?.()
    this.incoming.close()
    this.outgoing.send({ kind: 'cut' })
    this.clock.after(0, () => (isEarly ? this.fail('closed before the connection was established') : this.end(ABNORMAL_CLOSURE, '')))
  }

  pause(): void {
    this.incoming.pause()
  }

  resume(): void {
    this.incoming.resume()
  }

  protected abstract onMessage(data: Buffer, isBinary: boolean): void
  protected abstract onPong(): void
  protected abstract onError(message: string): void
  protected abstract onEnd(code: number, reason: string): void

  /** The connection failed in a way that has no close code. */
  protected fail(message: string): void {
    this.onError(message)
    this.end(ABNORMAL_CLOSURE, '')
  }

  protected end(code: number, reason: string): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.cancelTimeout?.()
    this.incoming.close()
    this.onEnd(code, reason)
  }
}

class ClientEnd extends End implements Pipe {
  constructor(
    clock: Clock,
    incoming: Lane,
    outgoing: Lane,
    private readonly handlers: SocketHandlers,
  ) {
    super(clock, incoming, outgoing, CLIENT_CLOSE_TIMEOUT_MS)
  }

  /** Throws until it is open. */
  send(data: string | Uint8Array): void {
    if (this.state === 'connecting') throw new Error('the pipe is not open yet')
    if (this.state !== 'open') return
    const isBinary = typeof data !== 'string'
    this.outgoing.send({ kind: 'message', data: isBinary ? Buffer.from(data) : Buffer.from(data, 'utf8'), isBinary })
  }

  override receive(parcel: Parcel): void {
    if (parcel.kind === 'open') {
      this.state = 'open'
      this.handlers.onOpen()
    } else if (parcel.kind === 'refusal') {
      this.fail(`connection refused: ${parcel.message}`)
    } else {
      super.receive(parcel)
    }
  }

  override close(code: number, reason: string): void {
    if (this.state === 'connecting') this.cut()
    else super.close(code, reason)
  }

  protected override onMessage(data: Buffer, isBinary: boolean): void {
    this.handlers.onMessage(isBinary ? data : data.toString('utf8'))
  }

  protected override onPong(): void {}

  protected override onError(message: string): void {
    this.handlers.onError(message)
  }

  protected override onEnd(code: number, reason: string): void {
    this.handlers.onClose(code, reason)
  }
}

class GatewayEnd extends End implements Transport {
  private handlers: TransportHandlers | undefined

  constructor(clock: Clock, incoming: Lane, outgoing: Lane) {
    super(clock, incoming, outgoing, GATEWAY_CLOSE_TIMEOUT_MS)
  }

  get isOpen(): boolean {
    return this.state === 'open'
  }

  get bufferedBytes(): number {
    return this.outgoing.bytes
  }

  listen(handlers: TransportHandlers): void {
    this.handlers = handlers
    this.state = 'open'
  }

  send(text: string, onSent: () => void): void {
    if (this.isOpen) this.outgoing.send({ kind: 'message', data: Buffer.from(text, 'utf8'), isBinary: false, onRead: onSent })
  }

  ping(): void {
    if (this.isOpen) this.outgoing.send({ kind: 'ping' })
  }

  terminate(): void {
    this.cut()
  }

  override receive(parcel: Parcel): void {
    if (parcel.kind === 'message' && parcel.data.length > FRAME_MAX_BYTES) {
      this.onError('Max payload size exceeded')
      return this.close(TOO_BIG, '')
    }
    this.handlers?.onBytes(bytesOf(parcel))
    super.receive(parcel)
  }

  protected override onMessage(data: Buffer, isBinary: boolean): void {
    this.handlers?.onMessage(data, isBinary)
  }

  protected override onPong(): void {
    this.handlers?.onSign()
  }

  protected override onError(message: string): void {
    this.handlers?.onError(new Error(message))
  }

  protected override onEnd(): void {
    this.handlers?.onClose()
  }
}

/** The size of a parcel as a client's WebSocket frame, so that it costs the gateway's budgets as much. */
function bytesOf(parcel: Parcel): number {
  if (parcel.kind === 'cut') return 0
  const length = parcel.kind === 'message' ? parcel.data.length : 0
  return length + (length < 126 ? 6 : length < 65_536 ? 8 : 14)
}
