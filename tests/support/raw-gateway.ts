/** A gateway that accepts every login and request, and sends any frame of a test: an untrustworthy server. */
import { WebSocketServer, type WebSocket } from 'ws'
import type { AddressInfo } from 'node:net'
import type { Clock } from '@/src/chat/time/clock'
import type { ClientFrame } from '@/src/rtm/local/frames'
import type { Socket, SocketHandlers } from '../../simulator/runtime/types'

/** The fields of its `ok` besides the id, by request. */
const ANSWERS: Readonly<Record<string, object>> = {
  login: { secret: 's', resumed: false, channels: [] },
  peer: { received: true },
  join: { seq: 0 },
  members: { uids: [] },
  subscribed: { uids: [] },
  counts: { counts: [] },
  online: { online: [] },
  getUser: { attributes: [] },
  getChannel: { attributes: [] },
}

type Client = Pick<WebSocket, 'terminate'> & { send(data: string | Buffer): void }

export class RawGateway {
  /** The frames from clients. */
  readonly frames: ClientFrame[] = []
  private readonly sockets = new Set<Client>()

  private constructor(private readonly server?: WebSocketServer) {
    server?.on('connection', (socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => undefined)
      socket.on('message', (data) => this.onFrame(socket, JSON.parse(String(data)) as ClientFrame))
    })
  }

  static async start(): Promise<RawGateway> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await new Promise((resolve) => server.once('listening', resolve))
    return new RawGateway(server)
  }

  /** A gateway that phones reach only by {@link connect}. */
  static inMemory(): RawGateway {
    return new RawGateway()
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server?.address() as AddressInfo).port}/rtm`
  }

  /** Connects a phone without a socket: everything reaches either side as a task of `clock`. */
  connect(clock: Clock, handlers: SocketHandlers): Socket {
    const client: Client = {
      send: (data) => void clock.after(0, () => handlers.onMessage(typeof data === 'string' ? data : new Uint8Array(data))),
      terminate: () => {
        this.sockets.delete(client)
        clock.after(0, () => handlers.onClose(1006, ''))
      },
    }
    clock.after(0, () => {
      this.sockets.add(client)
      handlers.onOpen()
    })
    return {
      send: (data) => void clock.after(0, () => this.onFrame(client, JSON.parse(String(data)) as ClientFrame)),
      close: () => client.terminate(),
      cut: () => client.terminate(),
    }
  }

  /** Sends to all: an object as JSON, text and bytes unchanged. */
  send(what: object | string | Buffer): void {
    for (const socket of this.sockets) socket.send(typeof what === 'string' || Buffer.isBuffer(what) ? what : JSON.stringify(what))
  }

  /** The received frames of one type. */
  sent<T extends ClientFrame['t']>(t: T): Extract<ClientFrame, { t: T }>[] {
    return this.frames.filter((frame): frame is Extract<ClientFrame, { t: T }> => frame.t === t)
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate()
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined))
  }

  private onFrame(socket: Client, frame: ClientFrame): void {
    this.frames.push(frame)
    if (frame.t === 'ping') socket.send('{"t":"pong"}')
    else if ('id' in frame) socket.send(JSON.stringify({ ...ANSWERS[frame.t], t: 'ok', id: frame.id }))
  }
}
