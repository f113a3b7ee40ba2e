/**
 * A client of the gateway with almost no cost of its own, so that the gateway is what is measured: WebSocket frames over a bare socket, written as one buffer
 * per turn of the event loop and read without making strings or objects. Its frames are like any client's: complete, and masked (with zeros, which the
 * gateway unmasks like any other mask).
 */
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { LOCAL_APP_ID, PROTOCOL_VERSION } from '@/src/rtm/local/frames'

const HEADER_END = '\r\n\r\n'
const TEXT_FRAME = 0x81
const MASKED = 0x80

export class LeanClient {
  /** Called with the payload of every text frame. The payload is overwritten later. */
  onFrame: (payload: Buffer) => void = () => undefined
  private rest: Buffer = Buffer.alloc(0)
  private outgoing: Buffer[] = []
  private isOpen = false

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true)
  }

  static async connect(url: string): Promise<LeanClient> {
    const { hostname, port, pathname } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const client = new LeanClient(socket)
    const head = `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Version: 13`
    socket.write(head + HEADER_END)
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('the gateway closed the connection')))
      socket.on('data', (chunk: Buffer) => client.read(chunk, resolve))
    })
    return client
  }

  /** Connects and logs in. */
  static async login(url: string, uid: string): Promise<LeanClient> {
    const client = await LeanClient.connect(url)
    await client.ask({ t: 'login', v: PROTOCOL_VERSION, appId: LOCAL_APP_ID, uid }, 1)
    return client
  }

  /** Sends a request and waits for its answer. Throws if it is not `ok`. Not while `onFrame` is in use. */
  async ask(request: object, id: number): Promise<void> {
    const answered = new Promise<string>((resolve) => {
      const before = this.onFrame
      this.onFrame = (payload) => {
        const text = payload.toString()
        if (!text.includes(`"id":${id}`)) return
        this.onFrame = before
        resolve(text)
      }
    })
    this.send(JSON.stringify({ id, ...request }))
    const answer = await answered
    if (!answer.startsWith('{"t":"ok"')) throw new Error(`the gateway answers ${answer}`)
  }

  /** Sent together with everything else of this turn of the event loop. */
  send(text: string): void {
    const length = Buffer.byteLength(text)
    const start = length < 126 ? 6 : 8
    const frame = Buffer.allocUnsafe(start + length)
    frame[0] = TEXT_FRAME
    if (length < 126) frame[1] = MASKED | length
    else {
      frame[1] = MASKED | 126
      frame.writeUInt16BE(length, 2)
    }
    frame.fill(0, start - 4, start)
    frame.write(text, start)
    if (this.outgoing.length === 0) queueMicrotask(() => this.flush())
    this.outgoing.push(frame)
  }

  close(): void {
    this.socket.destroy()
  }

  private flush(): void {
    const { outgoing } = this
    this.outgoing = []
    this.socket.write(outgoing.length === 1 && outgoing[0] ? outgoing[0] : Buffer.concat(outgoing))
  }

  private read(chunk: Buffer, opened: () => void): void {
    let data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk
    if (!this.isOpen) {
      const end = data.indexOf(HEADER_END)
      if (end >= 0) {
        if (!data.toString('latin1', 0, end).startsWith('HTTP/1.1 101')) throw new Error('the gateway refused the connection')
        this.isOpen = true
        data = data.subarray(end + HEADER_END.length)
        opened()
      }
    }
    this.rest = this.isOpen ? data.subarray(this.readFrames(data)) : data
  }

  /** Returns how many bytes were whole frames. */
  private readFrames(data: Buffer): number {
    let at = 0
    while (data.length - at >= 2) {
      const short = (data[at + 1] ?? 0) & 0x7f
      if (short === 127) throw new Error('a frame larger than any the benchmarks know')
      const start = at + (short === 126 ? 4 : 2)
      if (data.length < start) break
      const end = start + (short === 126 ? data.readUInt16BE(at + 2) : short)
      if (data.length < end) break
      if (data[at] === TEXT_FRAME) this.onFrame(data.subarray(start, end))
      else this.control(data[at] ?? 0, data.subarray(start, end))
      at = end
    }
    return at
  }

  /** Answers pings, or the gateway would consider the client dead. */
  private control(head: number, payload: Buffer): void {
    if (head === 0x88) throw new Error(`the gateway closes: ${payload.subarray(2).toString()}`)
    if (head !== 0x89) return
    const pong = Buffer.alloc(6 + payload.length)
    pong[0] = 0x8a
    pong[1] = MASKED | payload.length
    payload.copy(pong, 6)
    this.socket.write(pong)
  }
}

/** The number after `name`, at the position that it has in every frame of one kind. -1 for another frame. */
export function numberAfter(payload: Buffer, start: Buffer): number {
  if (payload.compare(start, 0, start.length, 0, Math.min(start.length, payload.length)) !== 0) return -1
  let value = 0
  for (let at = start.length; at < payload.length; at++) {
    const digit = (payload[at] ?? 0) - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return value
}
