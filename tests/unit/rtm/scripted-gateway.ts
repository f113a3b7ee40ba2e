import type { ClientFrame, LoginFrame } from '@/src/rtm/local/frames'
import type { ConnectSocket } from '@/src/rtm/local'

type Listeners = { open: () => void; message: (message: { data: unknown }) => void; close: (event: { code?: number }) => void; error: () => void }

/** One connection, with the test as the other end. */
export class ScriptedSocket {
  readonly frames: ClientFrame[] = []
  isClosed = false
  readonly on: Partial<Listeners> = {}

  open(): this {
    this.on.open?.()
    return this
  }

  /** Sends a frame, or anything else. */
  deliver(frame: unknown): void {
    this.on.message?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
  }

  drop(code = 1006): void {
    this.on.close?.({ code })
  }

  /** The client's frames of one kind. */
  sent<T extends ClientFrame['t']>(t: T): Extract<ClientFrame, { t: T }>[] {
    return this.frames.filter((frame): frame is Extract<ClientFrame, { t: T }> => frame.t === t)
  }

  last<T extends ClientFrame['t']>(t: T): Extract<ClientFrame, { t: T }> {
    return this.sent(t).at(-1)!
  }

  get login(): LoginFrame {
    return this.last('login')
  }

  accept(answer: { resumed?: boolean; channels?: string[]; secret?: string } = {}): void {
    this.deliver({ t: 'ok', id: this.login.id, secret: 'secret', resumed: false, channels: [], ...answer })
  }

  refuse(code: number): void {
    this.deliver({ t: 'err', id: this.login.id, code, why: 'no' })
  }

  /** Answers the last request of a kind. */
  ok(t: Exclude<ClientFrame['t'], 'ping' | 'ack'>, answer: object = {}): void {
    this.deliver({ ...answer, t: 'ok', id: this.last(t).id })
  }
}

/** A gateway that follows a script. */
export class ScriptedGateway {
  readonly sockets: ScriptedSocket[] = []

  readonly connectSocket: ConnectSocket = () => {
    const socket = new ScriptedSocket()
    this.sockets.push(socket)
    return {
      onOpen: (listener) => void (socket.on.open = listener),
      onMessage: (listener) => void (socket.on.message = listener),
      onClose: (listener) => void (socket.on.close = listener),
      onError: (listener) => void (socket.on.error = listener),
      send: ({ data }) => void socket.frames.push(JSON.parse(data) as ClientFrame),
      close: () => void (socket.isClosed = true),
    }
  }

  /** The latest connection. */
  get socket(): ScriptedSocket {
    return this.sockets.at(-1)!
  }
}
