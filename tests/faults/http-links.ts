/** The network of the fault runs for HTTP, which carries the files: slow, and some requests break off, with a part of their bytes on the other side. */
import { request as ask, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { Transform, type TransformCallback } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random'

/** One request whose answer has reached the client. */
export interface HttpExchange {
  /** What it does: WeChat has no PATCH and sends a POST for it. */
  readonly method: string
  readonly path: string
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  /** Of an answer that is no file. */
  readonly body: string
}

export interface HttpNetwork {
  /** This share of all requests breaks off: half of them on their way there, the others on the way back, when they were performed. */
  readonly brokenShare: number
  /** How long a request waits, ms. */
  delay(): number
}

/** The bytes in a second of an upload: a cut often meets one in the middle. */
const UPLOAD_BYTES_PER_S = 600_000
const PIECE_BYTES = 16 * 1024

export class HttpLinks {
  /** The requests that a fault broke off. */
  broken = 0
  private readonly open = new Set<() => void>()

  /** @param target the gateway's HTTP address */
  constructor(
    private readonly target: () => string,
    private readonly network: () => HttpNetwork,
    private readonly random: Random,
    private readonly onExchange: (exchange: HttpExchange) => void,
  ) {}

  /** Breaks off all requests that are under way. Returns their number. */
  cut(): number {
    const cut = [...this.open]
    for (const end of cut) end()
    this.broken += cut.length
    return cut.length
  }

  async forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { brokenShare, delay } = this.network()
    const breaks = this.random() < brokenShare
    const isOnTheWayBack = this.random() < 0.5
    const share = this.random()
    const headers: OutgoingHttpHeaders = { ...incoming.headers, connection: 'close' }
    incoming.on('error', () => undefined)
    response.on('error', () => undefined)
    await sleep(delay())
    if (response.destroyed) return
    const outgoing = ask(new URL(incoming.url ?? '/', this.target()), { method: incoming.method, headers, agent: false })
    const end = () => {
      this.open.delete(end)
      outgoing.destroy()
      incoming.destroy()
      response.destroy()
    }
    const breakOff = () => {
      this.broken++
      end()
    }
    this.open.add(end)
    outgoing.on('error', end)
    response.on('close', () => {
      this.open.delete(end)
      // The client has stopped the request.
      if (!response.writableFinished) outgoing.destroy()
    })
    outgoing.on('response', (answer) => {
      answer.on('error', end)
      if (breaks && isOnTheWayBack) return breakOff()
      this.answer(incoming, answer, response)
    })
    const length = Number(incoming.headers['content-length'] ?? 0)
    const slow = new SlowPipe()
    slow.on('error', end)
    if (breaks && !isOnTheWayBack) {
      const limit = Math.floor(length * share)
      if (limit === 0) return breakOff()
      slow.onPassed = (bytes) => {
        // The bytes that were written reach the gateway first.
        if (bytes >= limit) setTimeout(breakOff, 20)
      }
    }
    incoming.pipe(slow).pipe(outgoing)
  }

  private answer(incoming: IncomingMessage, answer: IncomingMessage, response: ServerResponse): void {
    const { statusCode: status = 0, headers } = answer
    const path = incoming.url ?? ''
    const parts: Buffer[] = []
    response.writeHead(status, { ...headers, connection: 'close' })
    if (!path.startsWith('/f/')) answer.on('data', (part: Buffer) => parts.push(part))
    response.on('finish', () => {
      const method = String(incoming.headers['x-http-method-override'] ?? incoming.method)
      this.onExchange({ method, path, status, headers, body: Buffer.concat(parts).toString() })
    })
    answer.pipe(response)
  }
}

/** Passes bytes on at the rate of an upload. */
class SlowPipe extends Transform {
  onPassed: (bytes: number) => void = () => undefined
  private passed = 0

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    void this.pass(chunk).then(() => done(), done)
  }

  private async pass(chunk: Buffer): Promise<void> {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES)
      await sleep((piece.length / UPLOAD_BYTES_PER_S) * 1_000)
      if (this.destroyed) return
      this.push(piece)
      this.passed += piece.length
      this.onPassed(this.passed)
    }
  }
}
