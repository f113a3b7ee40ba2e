/** wx.connectSocket: WeChat's SocketTask over the host's real sockets. */
import type { SocketSnapshot } from '../drive/driver'
import type { HostParts, Socket } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import type { Suspension } from '../runtime/suspension'
import { asyncApi, WxFailure, type Options } from './callbacks'

/** The maximum number of open sockets. */
const SOCKETS_MAX = 5
/** The close code of a broken connection. */
const ABNORMAL_CLOSURE = 1006

type Listener = (event: Options) => void
type EventName = 'open' | 'message' | 'error' | 'close'

export class Sockets {
  private readonly tasks: SocketTask[] = []
  private online = true

  constructor(
    private readonly problems: Problems,
    private readonly host: HostParts,
    private readonly suspension: Suspension,
  ) {}

  /** Unlike other functions of wx it returns at once, with the task. */
  connect = (options: Options = {}): SocketTask => {
    const open = this.tasks.filter((task) => task.readyState <= SocketTask.OPEN).length
    const task = new SocketTask(String(options['url']), this.problems, this.suspension)
    const connect = asyncApi(this.problems, 'connectSocket', () => {
      if (!/^wss?:\/\//.test(task.url)) throw new WxFailure(`invalid url "${task.url}"`)
      if (open >= SOCKETS_MAX) throw new WxFailure(`exceed max task count ${SOCKETS_MAX}`)
      this.tasks.push(task)
      const protocols = (options['protocols'] ?? []) as string[]
      const header = (options['header'] ?? {}) as Record<string, string>
      if (this.online) task.open((handlers) => this.host.openSocket(task.url, protocols, header, handlers))
      else task.fail('Unable to connect: the network is offline')
    })
    const { success, fail, complete } = options
    void connect({ success, fail, complete: complete ?? (() => undefined) })
    return task
  }

  cut(): void {
    for (const task of this.tasks) task.cut()
  }

  setOnline(online: boolean): void {
    this.online = online
    if (!online) this.cut()
  }

  snapshot(): SocketSnapshot[] {
    return this.tasks.map((task) => task.snapshot())
  }
}

class SocketTask {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readyState: number = SocketTask.CONNECTING
  private socket: Socket | undefined
  private readonly listeners: Record<EventName, Listener[]> = { open: [], message: [], error: [], close: [] }
  private sentMessages = 0
  private receivedMessages = 0
  private wasCut = false

  constructor(
    readonly url: string,
    private readonly problems: Problems,
    private readonly suspension: Suspension,
  ) {}

  onOpen = (listener: Listener) => void this.listeners.open.push(listener)
  onMessage = (listener: Listener) => void this.listeners.message.push(listener)
  onError = (listener: Listener) => void this.listeners.error.push(listener)
  onClose = (listener: Listener) => void this.listeners.close.push(listener)

  send = (options: Options): unknown =>
    asyncApi(this.problems, 'sendSocketMessage', ({ data }) => {
      if (this.readyState !== SocketTask.OPEN || !this.socket) throw new WxFailure('SocketTask.readyState is not OPEN')
      this.socket.send(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
      this.sentMessages++
    })(options)

  close = (options: Options = {}): unknown =>
    asyncApi(this.problems, 'closeSocket', ({ code = 1000, reason = '' }) => {
      if (code !== 1000 && !(typeof code === 'number' && code >= 3000 && code <= 4999)) {
        throw new WxFailure(`The code must be either 1000, or between 3000 and 4999. ${String(code)} is neither.`)
      }
      if (this.readyState >= SocketTask.CLOSING) throw new WxFailure('WebSocket is not connected')
      this.readyState = SocketTask.CLOSING
      if (this.socket) this.socket.close(code as number, String(reason))
      else this.closed(code as number, String(reason))
    })(options)

  open(connect: (handlers: Parameters<HostParts['openSocket']>[3]) => Socket): void {
    if (this.readyState !== SocketTask.CONNECTING) return
    this.socket = connect({
      onOpen: () => {
        if (this.readyState !== SocketTask.CONNECTING) return
        this.readyState = SocketTask.OPEN
        this.emit('open', { header: {} })
      },
      onMessage: (data) => {
        if (this.readyState === SocketTask.CLOSED) return
        this.receivedMessages++
        this.emit('message', { data: typeof data === 'string' ? data : new Uint8Array(data).buffer })
      },
      onError: (message) => this.emit('error', { errMsg: message }),
      onClose: (code, reason) => this.closed(this.wasCut ? ABNORMAL_CLOSURE : code, this.wasCut ? 'abnormal closure' : reason),
    })
  }

  /** The connection was never made. */
  fail(message: string): void {
    setTimeout(() => {
      this.emit('error', { errMsg: message })
      this.closed(ABNORMAL_CLOSURE, message)
    })
  }

  cut(): void {
    if (this.readyState === SocketTask.CLOSED) return
    this.wasCut = true
    this.socket?.cut()
  }

  snapshot(): SocketSnapshot {
    const state = this.readyState === SocketTask.CONNECTING ? 'connecting' : this.readyState === SocketTask.OPEN ? 'open' : 'closed'
    return { url: this.url, state, sentMessages: this.sentMessages, receivedMessages: this.receivedMessages }
  }

  private closed(code: number, reason: string): void {
    if (this.readyState === SocketTask.CLOSED) return
    this.readyState = SocketTask.CLOSED
    this.emit('close', { code, reason })
  }

  private emit(name: EventName, event: Options): void {
    for (const listener of [...this.listeners[name]]) this.suspension.wrap(this.problems.guard(listener))(event)
  }
}
