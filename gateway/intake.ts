/**
 * Reads what comes in over one connection. Before the login it takes a few KB in all. Later it takes a number of bytes per second
 * and then stops reading for a while, so that one connection cannot keep the others waiting: what the client sends waits in the
 * transport, and nothing is lost.
 */
import type { Cancel, Clock } from '../src/chat/time/clock'
import type { Client } from './client'
import type { Dispatch } from './dispatch'
import type { Logger } from './logger'
import type { TransportHandlers } from './transport'

/**
 * All that a connection may send before its login is accepted, in bytes. The largest login has some 6 KB: a token of 4 KB and 20
 * channels of 64 characters to resume.
 */
export const LOGIN_MAX_BYTES = 16 * 1024
/** What a frame costs beside its bytes: 2 MB per second are thus at most 2,048 frames. */
export const FRAME_COST_BYTES = 1024
/** What a connection that was quiet may send at once, in seconds of its budget. */
const BURST_SECONDS = 0.25
/** While it is not read, a connection counts as heard this often. */
const PAUSE_STEP_MS = 100
/** WebSocket's own code for "too big". */
const TOO_BIG = 1009

export interface IntakeOptions {
  readonly dispatch: Dispatch
  /** Infinity: no limit after the login. */
  readonly bytesPerSecond: number
  readonly clock: Clock
  readonly log: Logger
}

export class Intake implements TransportHandlers {
  /** Bytes read beyond what the time since has paid for. */
  private debt = 0
  private paidAt: number
  private receivedBytes = 0
  private cancelPause: Cancel | undefined

  /**
   * @param options of all connections
   * @param onClosed is called when the transport has closed
   */
  constructor(
    private readonly client: Client,
    private readonly options: IntakeOptions,
    private readonly onClosed?: () => void,
  ) {
    this.paidAt = options.clock.elapsed()
  }

  onBytes(count: number): boolean {
    const isLimited = this.options.bytesPerSecond !== Number.POSITIVE_INFINITY
    if (this.client.session && !isLimited) return false
    if (!this.client.session) this.receivedBytes += count
    if (this.receivedBytes > LOGIN_MAX_BYTES) this.refuse()
    else this.spend(count)
    return true
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    this.spend(FRAME_COST_BYTES)
    this.options.dispatch.onMessage(this.client, data, isBinary)
  }

  onSign(): void {
    this.spend(FRAME_COST_BYTES)
    this.client.connection.heard()
  }

  onError(error: Error): void {
    this.options.log.debug('a connection failed', { error })
  }

  onClose(): void {
    this.cancelPause?.()
    this.client.connection.closed()
    this.onClosed?.()
  }

  /** What comes after it is not read any more. */
  private refuse(): void {
    const { connection } = this.client
    connection.close(TOO_BIG, `more than ${LOGIN_MAX_BYTES} bytes before the login`)
    this.cancelPause?.()
    connection.pause()
  }

  private spend(bytes: number): void {
    if (this.options.bytesPerSecond === Number.POSITIVE_INFINITY) return
    const { connection } = this.client
    this.debt += bytes
    // a connection that closes stays as it is: paused, when it was refused
    if (!connection.isOpen || this.cancelPause || this.debt <= this.options.bytesPerSecond * BURST_SECONDS || this.isPaid()) return
    connection.pause()
    this.waitUntilPaid()
  }

  private waitUntilPaid(): void {
    // Its pongs are not read either: that is not its silence.
    this.client.connection.heard()
    const ms = Math.min(PAUSE_STEP_MS, Math.ceil((this.debt / this.options.bytesPerSecond - BURST_SECONDS) * 1_000))
    this.cancelPause = this.options.clock.after(ms, () => {
      this.cancelPause = undefined
      if (!this.isPaid()) return this.waitUntilPaid()
      this.client.connection.heard()
      this.client.connection.resume()
    })
  }

  /** Takes off what the time has paid, and returns whether the connection may be read. */
  private isPaid(): boolean {
    const now = this.options.clock.elapsed()
    this.debt = Math.max(0, this.debt - ((now - this.paidAt) / 1_000) * this.options.bytesPerSecond)
    this.paidAt = now
    return this.debt <= this.options.bytesPerSecond * BURST_SECONDS
  }
}
