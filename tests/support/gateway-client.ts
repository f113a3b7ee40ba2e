/** A client of the gateway that sends and receives frames, for tests: it records frames, and waits for one by condition. */
import { WebSocket } from 'ws'
import { LOCAL_APP_ID, PROTOCOL_VERSION, type RequestName, type Requests, type ServerFrame } from '@/src/rtm/local/frames'

/** A frame from the gateway, loosely typed for tests. */
export type Frame = { t: string } & Record<string, any>
type Ask = { [N in RequestName]: { t: N } & Requests[N]['ask'] }[RequestName]

interface Waiter {
  readonly matches: (frame: Frame) => boolean
  readonly resolve: (frame: Frame) => void
}

export interface LoginOptions {
  appId?: string
  token?: string
  v?: number
  resume?: { secret: string; channels: [string, number][] }
}

const WAIT_MS = 10_000
/** Ids ascend within a session, over all of its connections. */
let lastId = 0

export class GatewayClient {
  /** All received frames, in order. */
  readonly frames: Frame[] = []
  /** Whether peer messages are acknowledged on arrival. */
  acknowledges = true
  secret = ''
  private readonly unread: Frame[] = []
  private readonly waiters = new Set<Waiter>()
  private readonly closing: Promise<number>

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data, isBinary) => {
      if (isBinary) throw new Error('the gateway sent a binary frame')
      this.onFrame(JSON.parse(data.toString()) as ServerFrame)
    })
    ws.on('error', () => undefined)
    this.closing = new Promise((resolve) => ws.once('close', resolve))
  }

  /** @param target an address, or a socket that is connecting */
  static async connect(target: string | WebSocket, headers: Record<string, string> = {}): Promise<GatewayClient> {
    const ws = typeof target === 'string' ? new WebSocket(target, { headers }) : target
    const client = new GatewayClient(ws)
    await new Promise<void>((resolve, reject) => ws.once('open', resolve).once('error', reject))
    return client
  }

  /** Connects and logs in. */
  static async login(target: string | WebSocket, uid: string, options: LoginOptions = {}): Promise<GatewayClient> {
    const client = await GatewayClient.connect(target)
    const answer = await client.login(uid, options)
    if (answer.t !== 'ok') throw new Error(`login of ${uid} refused: ${JSON.stringify(answer)}`)
    return client
  }

  async login(uid: string, { appId = LOCAL_APP_ID, token, v = PROTOCOL_VERSION, resume }: LoginOptions = {}): Promise<Frame> {
    const id = ++lastId
    this.raw({ t: 'login', id, v, appId, uid, token, resume })
    const answer = await this.answer(id)
    if (answer.t === 'ok') this.secret = answer.secret
    return answer
  }

  /** Sends a request and waits for its `ok` or `err`. */
  ask(request: Ask, id = ++lastId): Promise<Frame> {
    this.raw({ ...request, id })
    return this.answer(id)
  }

  /** Sends anything: an object as JSON, text and bytes as they are. */
  raw(what: object | string | Buffer): void {
    this.ws.send(typeof what === 'string' || Buffer.isBuffer(what) ? what : JSON.stringify(what))
  }

  answer(id: number): Promise<Frame> {
    return this.next((frame) => (frame.t === 'ok' || frame.t === 'err') && frame.id === id)
  }

  /** The next frame that was not waited for yet: of a type, or one that matches. */
  next(wanted: string | ((frame: Frame) => boolean)): Promise<Frame> {
    const matches = typeof wanted === 'string' ? (frame: Frame) => frame.t === wanted : wanted
    const index = this.unread.findIndex(matches)
    if (index >= 0) return Promise.resolve(this.unread.splice(index, 1)[0]!)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited in vain for ${wanted}; got ${JSON.stringify(this.frames.slice(-10))}`)), WAIT_MS)
      const waiter: Waiter = {
        matches,
        resolve: (frame) => {
          clearTimeout(timer)
          this.waiters.delete(waiter)
          resolve(frame)
        },
      }
      this.waiters.add(waiter)
    })
  }

  /** The received frames of one type. */
  all(t: string): Frame[] {
    return this.frames.filter((frame) => frame.t === t)
  }

  /** Resolves when everything the gateway has sent before has arrived. */
  async settled(): Promise<void> {
    this.raw({ t: 'ping' })
    await this.next('pong')
  }

  /** The close code, once the connection is closed. */
  closed(): Promise<number> {
    return this.closing
  }

  /** Drops the connection, as a lost network does. */
  async drop(): Promise<void> {
    const gone = this.closed()
    this.ws.terminate()
    await gone
  }

  async logout(): Promise<void> {
    await this.ask({ t: 'logout' })
    await this.closed()
  }

  private onFrame(frame: Frame): void {
    this.frames.push(frame)
    if (frame.t === 'peer' && this.acknowledges) this.raw({ t: 'ack', mid: frame.mid })
    for (const waiter of this.waiters) if (waiter.matches(frame)) return waiter.resolve(frame)
    this.unread.push(frame)
  }
}
