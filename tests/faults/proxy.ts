/**
 * The network between one client and the gateway: a proxy of WebSockets that parses frames, and of HTTP (http-links.ts). It delays and duplicates them in both directions, and cuts
 * connections. Within a connection frames stay in order, as in TCP; only copies arrive late. Faults that no network has, and for which the protocol closes a
 * connection, are left out: a second `login`.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { HttpLinks, type HttpExchange } from './http-links'
import type { Noise } from './plan'
import type { Random } from './random'
import type { Span } from './window'

type Frame = Readonly<Record<string, unknown>> & { readonly t: string }

export interface FrameWatch {
  /** A frame entered the proxy. */
  up(frame: Frame): void
  down(frame: Frame): void
  /** An answer to a request over HTTP reached the client. */
  http(exchange: HttpExchange): void
}

const SILENT: Noise = { delayedShare: 0, delayMs: 0, stalledShare: 0, stallMs: 0, doubledShare: 0, lateCopyMs: 0, brokenShare: 0 }
/** Closed without a handshake: no code is sent. */
const NO_CLOSE_FRAME: readonly number[] = [1005, 1006]

export class Proxy {
  /** The number of connections ended by a fault. */
  cuts = 0
  doubled = 0
  /** When the client was in the channel over a working connection. */
  readonly joined: { from: number; to: number }[] = []
  private readonly links = new Set<Link>()
  readonly http: HttpLinks
  private isBlocked = false

  private constructor(
    private readonly listener: Server,
    private readonly server: WebSocketServer,
    private readonly target: () => string,
    private noise: Noise,
    private readonly random: Random,
    private readonly watch: FrameWatch,
  ) {
    const origin = () => this.target().replace(/^ws/, 'http')
    this.http = new HttpLinks(origin, () => ({ brokenShare: this.noise.brokenShare, delay: () => this.delay() }), random, (exchange) => watch.http(exchange))
    listener.on('request', (request, response) => {
      if (this.isBlocked) request.socket.destroy()
      else void this.http.forward(request, response)
    })
    server.on('connection', (client, request) => {
      client.on('error', () => undefined)
      if (this.isBlocked) return client.terminate()
      const link = new Link(client, new URL(request.url ?? '', this.target()).href, this)
      this.links.add(link)
    })
  }

  static async start(target: () => string, noise: Noise, random: Random, watch: FrameWatch): Promise<Proxy> {
    const listener = createServer()
    const server = new WebSocketServer({ server: listener, perMessageDeflate: false })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    return new Proxy(listener, server, target, noise, random, watch)
  }

  /** host:port */
  get address(): string {
    return `127.0.0.1:${(this.listener.address() as AddressInfo).port}`
  }

  /** Returns whether there was a connection to cut. */
  cut(how: 'both-ends' | 'client-first' | 'silence', ms: number): boolean {
    const links = [...this.links].filter(({ isOpen }) => isOpen)
    for (const link of links) link.cut(how, ms)
    this.http.cut()
    this.cuts += links.length
    return links.length > 0
  }

  /** While blocked it accepts no connection. */
  block(isBlocked: boolean): void {
    this.isBlocked = isBlocked
  }

  /** From now on the network has no faults. */
  calm(): void {
    this.noise = SILENT
  }

  async close(): Promise<void> {
    for (const link of this.links) link.end()
    this.http.cut()
    this.server.close()
    const closed = once(this.listener, 'close')
    this.listener.close()
    this.listener.closeAllConnections()
    await closed
  }

  // ------------------------------------------------------------------------------------------- for the links

  seen(direction: 'up' | 'down', frame: Frame): void {
    this.watch[direction](frame)
  }

  ended(link: Link): void {
    this.links.delete(link)
  }

  delay(): number {
    const { delayedShare, delayMs, stalledShare, stallMs } = this.noise
    const lot = this.random()
    if (lot < stalledShare) return this.random() * stallMs
    return lot < stalledShare + delayedShare ? this.random() * delayMs : 0
  }

  /** How much later a copy of the frame arrives. Undefined: no copy. */
  copy(frame: Frame): number | undefined {
    if (frame.t === 'login' || this.random() >= this.noise.doubledShare) return undefined
    this.doubled++
    return this.random() < 0.5 ? 0 : this.random() * this.noise.lateCopyMs
  }
}

/** One connection of the client, and the one to the gateway behind it. */
class Link {
  isOpen = true
  private readonly upstream: WebSocket
  private readonly up: Lane
  private readonly down: Lane
  /** The requests whose answer means that the client is in the channel, by id. */
  private readonly joins = new Set<number>()
  private span: { from: number; to: number } | undefined

  constructor(
    private readonly client: WebSocket,
    url: string,
    private readonly proxy: Proxy,
  ) {
    this.upstream = new WebSocket(url, { perMessageDeflate: false })
    this.up = new Lane(proxy, (text) => this.upstream.send(text))
    this.down = new Lane(proxy, (text, frame) => {
      client.send(text)
      this.delivered(frame)
    })
    this.up.pause()
    this.upstream.on('open', () => this.up.resume())
    this.upstream.on('error', () => undefined)
    client.on('message', (data: Buffer) => this.take('up', data.toString('utf8')))
    this.upstream.on('message', (data: Buffer) => this.take('down', data.toString('utf8')))
    client.on('close', (code) => this.closed(code, this.up, this.upstream))
    this.upstream.on('close', (code, reason) => this.closed(code, this.down, client, reason.toString('utf8')))
  }

  cut(how: 'both-ends' | 'client-first' | 'silence', ms: number): void {
    this.silence()
    if (how === 'both-ends') return this.end()
    if (how === 'client-first') this.client.terminate()
    else this.client.pause()
    // Not even a pong passes.
    this.upstream.pause()
    setTimeout(() => this.end(), ms)
  }

  end(): void {
    this.silence()
    this.client.terminate()
    this.upstream.terminate()
    this.proxy.ended(this)
  }

  /** Nothing passes any more, and messages on their way are lost. */
  private silence(): void {
    this.isOpen = false
    this.up.stop()
    this.down.stop()
    if (this.span && this.span.to === Number.POSITIVE_INFINITY) this.span.to = Date.now()
  }

  /** One end has closed. Its earlier messages still reach the other end, unless it broke off. */
  private closed(code: number, lane: Lane, other: WebSocket, reason = ''): void {
    if (!this.isOpen) return
    if (NO_CLOSE_FRAME.includes(code)) return this.end()
    lane.drained(() => {
      other.close(code, reason)
      this.silence()
      this.proxy.ended(this)
    })
  }

  private take(direction: 'up' | 'down', text: string): void {
    if (!this.isOpen) return
    const frame = JSON.parse(text) as Frame
    this.proxy.seen(direction, frame)
    if (direction === 'up' && (frame.t === 'join' || frame.t === 'login')) this.joins.add(Number(frame['id']))
    this[direction].send(text, frame)
  }

  /** The client has received a frame that says it is in its channel now. */
  private delivered(frame: Frame): void {
    if (this.span || frame.t !== 'ok' || !this.joins.has(Number(frame['id']))) return
    const isLogin = frame['resumed'] !== undefined
    if (isLogin && !(frame['channels'] as unknown[]).length) return
    this.span = { from: Date.now(), to: Number.POSITIVE_INFINITY }
    this.proxy.joined.push(this.span)
  }
}

/** One direction of a connection. */
class Lane {
  private readonly queue: { readonly due: number; readonly text: string; readonly frame: Frame; readonly late?: number }[] = []
  private readonly copies = new Set<NodeJS.Timeout>()
  private timer: NodeJS.Timeout | undefined
  private lastDue = 0
  private isPaused = false
  private isStopped = false
  private whenEmpty: (() => void) | undefined

  constructor(
    private readonly proxy: Proxy,
    private readonly forward: (text: string, frame: Frame) => void,
  ) {}

  send(text: string, frame: Frame): void {
    const now = Date.now()
    this.lastDue = Math.max(this.lastDue, now + this.proxy.delay())
    const late = this.proxy.copy(frame)
    this.queue.push({ due: this.lastDue, text, frame, ...(late !== undefined && late > 0 && { late }) })
    if (late === 0) this.queue.push({ due: this.lastDue, text, frame })
    this.pump()
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
    this.pump()
  }

  stop(): void {
    this.isStopped = true
    clearTimeout(this.timer)
    for (const copy of this.copies) clearTimeout(copy)
  }

  /** Calls back when all frames are delivered. Copies still on their way are dropped. */
  drained(done: () => void): void {
    this.whenEmpty = done
    this.pump()
  }

  private copyLater(ms: number, text: string, frame: Frame): void {
    const copy = setTimeout(() => {
      this.copies.delete(copy)
      if (!this.isStopped && !this.isPaused) this.forward(text, frame)
    }, ms)
    this.copies.add(copy)
  }

  private pump(): void {
    clearTimeout(this.timer)
    if (this.isPaused || this.isStopped) return
    for (let next = this.queue[0]; next && next.due <= Date.now(); next = this.queue[0]) {
      this.queue.shift()
      this.forward(next.text, next.frame)
      // Only now: timers are too coarse to keep a copy behind its original.
      if (next.late !== undefined) this.copyLater(next.late, next.text, next.frame)
    }
    const next = this.queue[0]
    if (next) this.timer = setTimeout(() => this.pump(), next.due - Date.now())
    else this.whenEmpty?.()
  }
}

export type { Frame, Span }
