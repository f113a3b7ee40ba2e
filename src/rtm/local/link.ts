import { clock, type Cancel } from '@/src/chat/time/clock'
import { LOGIN_INTERVAL_MS } from '@/src/chat/rtm-limits'
import type { RtmReason } from '@/src/chat/rtm-reason'
import { backoff } from '@/src/chat/util/backoff'
import { errorOfCode, rtmError, timeoutError } from '../error-name'
import { notLoggedIn, type RtmError, type RtmOperation } from '../errors'
import type { ConnectionChangeReason, ConnectionState } from '../port'
import { Connection } from './connection'
import { decodeLoginAnswer, type UsedFrame } from './decode'
import { CLOSE_CODE, PROTOCOL_VERSION, type ClientFrame, type ErrFrame, type LoginAnswer, type LoginFrame, type OkFrame, type Pair, type Requests } from './frames'
import { RequestTable, type RequestOptions, type UsedRequest } from './requests'
import type { ConnectSocket } from './socket'
import type { LocalTiming } from './timing'

export interface Credentials {
  readonly uid: string
  readonly token: string | undefined
}

export interface LinkOptions {
  readonly appId: string
  readonly url: string
  readonly connectSocket: ConnectSocket
  readonly timing: LocalTiming
  /** In [0, 1). */
  readonly random: () => number
}

/** The events of the link for its client, and the state it reads. */
export interface LinkOwner {
  stateChanged(state: ConnectionState, reason: ConnectionChangeReason): void
  /** Called when the connection is lost, before `stateChanged`. The gateway was last heard at `time`, ms since 1970. */
  silentSince(time: number): void
  /** A frame that is not an answer. */
  received(frame: UsedFrame): void
  /** The channels to resume, each with its last known `seq`. */
  joinedChannels(): Pair<number>[]
  /** Logged in, or logged in again. Called right before the state changes. */
  sessionStarted(answer: LoginAnswer): void
  /** The session has ended, so its state must be dropped. Called right before the state changes. */
  sessionEnded(): void
  tokenExpired(): void
}

/** Temporary login errors, besides a rate limit. Any other is final. */
const PASSING: readonly RtmReason[] = ['failed', 'refused', 'timeout']
/** The WebSocket's own code for a frame that was too large. */
const TOO_LARGE = 1009

/**
 * The connection state machine: one session of one user over any number of connections.
 * A login tries to connect repeatedly for 12 s, as the SDKs do. A rejection ends it at once, unless it came too soon after another login. While RECONNECTING
 * it retries without end. If the gateway rejects the login that should resume the session: an expired token is reported by `tokenExpired` and waits for
 * `renew`; a temporary error (rates, a failing gateway) is retried; any other (a token that was never valid, another App ID) is permanent and ends in ABORTED
 * / INTERRUPTED.
 */
export class Link {
  state: ConnectionState = 'DISCONNECTED'
  private credentials: Credentials = { uid: '', token: undefined }
  /** The gateway's data for resuming the session. */
  private secret: string | undefined
  private connection: Connection | undefined
  private attempt = 0
  private attemptedAt = 0
  private connectedAt = 0
  private cancelRetry: Cancel | undefined
  private cancelAttemptLimit: Cancel | undefined
  private cancelLoginLimit: Cancel | undefined
  /** RECONNECTING, with no attempt before `renew`. */
  private awaitsToken = false
  private login: Promise<void> | undefined
  private settleLogin: { readonly resolve: () => void; readonly reject: (error: RtmError) => void } | undefined
  private readonly requests: RequestTable

  constructor(
    private readonly options: LinkOptions,
    private readonly owner: LinkOwner,
  ) {
    this.requests = new RequestTable(options.timing.requestTimeoutMs)
  }

  /** Logged in, though possibly without a connection at the moment. */
  get live(): boolean {
    return this.state === 'CONNECTED' || this.state === 'RECONNECTING'
  }

  get uid(): string {
    return this.credentials.uid
  }

  requireLogin(operation: RtmOperation): void {
    if (!this.live) throw notLoggedIn(operation)
  }

  /** From DISCONNECTED only. */
  start(credentials: Credentials): Promise<void> {
    this.credentials = credentials
    this.login = new Promise((resolve, reject) => (this.settleLogin = { resolve, reject }))
    this.cancelLoginLimit = clock.after(this.options.timing.loginTimeoutMs, () => this.loginFailed('LOGIN_TIMEOUT', timeoutError('login')))
    this.enter('CONNECTING', 'LOGIN')
    this.connect()
    return this.login
  }

  /** Ends the session, or waits for the login in progress and then ends it. */
  async stop(): Promise<void> {
    // The caller of the login gets its error. Here the login only has to end.
    await this.login?.catch(() => {})
    if (this.state === 'DISCONNECTED') throw notLoggedIn('logout')
    const connection = this.state === 'CONNECTED' ? this.connection : undefined
    // Kept from `end`, which would close it before the gateway has received the logout.
    if (connection) this.connection = undefined
    this.end('DISCONNECTED', 'LOGOUT')
    await connection?.finish({ t: 'logout', id: this.requests.nextId() }, this.options.timing.farewellMs)
  }

  /** A request: written now, or when the connection is back. */
  async request<N extends UsedRequest>(operation: RtmOperation, name: N, ask: Requests[N]['ask'], options?: RequestOptions): Promise<Requests[N]['answer']> {
    this.requireLogin(operation)
    const answer = this.requests.add(name, ask, options)
    this.flush()
    return answer
  }

  /** Writes the requests that need not wait any more. */
  flush(): void {
    if (this.state === 'CONNECTED') this.requests.flush(this.writeFrame)
    else this.requests.wait()
  }

  async renew(token: string): Promise<void> {
    const answer = this.request('renewToken', 'renew', { token })
    if (this.state === 'RECONNECTING') {
      this.credentials = { ...this.credentials, token }
      this.retryNow()
    }
    await answer
    this.credentials = { ...this.credentials, token }
  }

  acknowledge(mid: number): void {
    if (this.state === 'CONNECTED') this.write({ t: 'ack', mid })
  }

  /** See RtmClient.checkConnection. */
  async check(): Promise<boolean> {
    if (this.state === 'CONNECTED') return this.connection?.check() ?? false
    if (this.state !== 'RECONNECTING' || this.awaitsToken) return false
    // A new attempt is no better than one that has just begun.
    if (this.connection && clock.now() - this.attemptedAt < 1_000) return false
    this.retryNow()
    return false
  }

  // ------------------------------------------------------------------------------------------- connecting

  private connect(): void {
    this.attemptedAt = clock.now()
    const id = this.requests.nextId()
    const connection: Connection = new Connection(this.options.url, this.options.connectSocket, this.options.timing, {
      open: () => connection.send(this.loginFrame(id)),
      frame: (frame) => {
        if (this.state === 'CONNECTED') this.receive(frame)
        else if (frame.t === 'kick') this.kicked(frame.reason)
        else if ((frame.t === 'ok' || frame.t === 'err') && frame.id === id) this.loginAnswered(frame)
      },
      lost: (code) => this.lost(code),
    })
    this.connection = connection
    this.cancelAttemptLimit = clock.after(this.options.timing.requestTimeoutMs, () => {
      connection.close()
      this.lost()
    })
  }

  private loginFrame(id: number): LoginFrame {
    const { uid, token } = this.credentials
    const resume = this.secret === undefined ? undefined : { secret: this.secret, channels: this.owner.joinedChannels() }
    return { t: 'login', id, v: PROTOCOL_VERSION, appId: this.options.appId, uid, token, resume }
  }

  private loginAnswered(frame: OkFrame | ErrFrame): void {
    if (frame.t === 'err') return this.loginRefused(errorOfCode('login', frame.code, frame.why))
    const answer = decodeLoginAnswer(frame)
    if (!answer) return this.loginRefused(rtmError('login', 'UNKNOWN', undefined, 'the gateway gave an answer that is none'))
    this.cancelAttemptLimit?.()
    this.cancelLoginLimit?.()
    this.secret = answer.secret
    this.connectedAt = clock.now()
    this.connection?.keepAlive()
    if (answer.resumed) this.requests.resend((frame) => this.write(frame))
    else this.requests.restart()
    this.owner.sessionStarted(answer)
    this.state = 'CONNECTED'
    this.flush()
    this.owner.stateChanged('CONNECTED', 'LOGIN_SUCCESS')
    this.settleLogin?.resolve()
  }

  private loginRefused(error: RtmError): void {
    const { reason, retryAfterMs } = error
    if (this.state === 'CONNECTING' && reason !== 'rate-limited') return this.loginFailed('LOGIN_FAILURE', error)
    this.disconnect()
    // A page that was reloaded logs in twice within a moment: only that moment has to pass.
    if (reason === 'rate-limited') return this.retryIn((retryAfterMs ?? LOGIN_INTERVAL_MS) * (1 + this.options.random()))
    const expired = reason === 'token-expired'
    if (expired || reason === 'token-invalid') {
      const renewed = this.requests.failNamed('renew', rtmError('renewToken', expired ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN'))
      this.awaitsToken = expired || renewed || this.awaitsToken
      if (expired && !renewed) return this.owner.tokenExpired()
      if (this.awaitsToken) return
    }
    if (PASSING.includes(reason)) this.retryLater()
    else this.end('ABORTED', 'INTERRUPTED')
  }

  private loginFailed(reason: 'LOGIN_FAILURE' | 'LOGIN_TIMEOUT', error: RtmError): void {
    const settle = this.settleLogin
    this.end('DISCONNECTED', reason)
    settle?.reject(error)
  }

  private lost(code?: number): void {
    const lived = this.state === 'CONNECTED' ? clock.now() - this.connectedAt : 0
    const heardAt = this.connection?.heardAt
    this.disconnect()
    if (code === CLOSE_CODE.SESSION_ENDED && this.live) return this.end('ABORTED', 'INTERRUPTED')
    // Otherwise the same frame would end each new connection.
    if (code === CLOSE_CODE.BAD_FRAME || code === TOO_LARGE) this.requests.failWritten()
    // No quick retries with a gateway that accepts clients and drops them at once.
    if (lived > this.options.timing.backoff.capMs) this.attempt = 0
    this.retryLater()
    if (this.state !== 'CONNECTED') return
    if (heardAt !== undefined) this.owner.silentSince(heardAt)
    this.enter('RECONNECTING', 'INTERRUPTED')
  }

  private retryLater(): void {
    this.retryIn(backoff(this.attempt++, this.options.random, this.options.timing.backoff))
  }

  private retryIn(delay: number): void {
    this.cancelRetry = clock.after(delay, () => this.connect())
  }

  private retryNow(): void {
    this.disconnect()
    this.awaitsToken = false
    this.attempt = 0
    this.connect()
  }

  // ------------------------------------------------------------------------------------------- connected

  private write(frame: ClientFrame): void {
    this.connection?.send(frame)
  }

  private readonly writeFrame = (frame: ClientFrame) => this.write(frame)

  private receive(frame: UsedFrame): void {
    if (frame.t === 'ok' || frame.t === 'err') this.requests.answer(frame)
    else if (frame.t === 'kick') this.kicked(frame.reason)
    else if (frame.t !== 'pong') this.owner.received(frame)
  }

  private kicked(reason: 'REMOTE_LOGIN' | 'BANNED_BY_SERVER' | 'TOKEN_EXPIRED'): void {
    if (this.state === 'CONNECTING') return this.loginRefused(rtmError('login', 'REJECTED', undefined, `refused: ${reason}`))
    this.end('ABORTED', reason)
    if (reason === 'TOKEN_EXPIRED') this.owner.tokenExpired()
  }

  // ------------------------------------------------------------------------------------------- ending

  private end(state: 'DISCONNECTED' | 'ABORTED', reason: ConnectionChangeReason): void {
    this.disconnect()
    this.cancelLoginLimit?.()
    this.secret = undefined
    this.awaitsToken = false
    this.attempt = 0
    this.requests.endAll()
    this.owner.sessionEnded()
    this.enter(state, reason)
  }

  /** Drops the connection, the attempt at one, or the wait for one. */
  private disconnect(): void {
    this.cancelRetry?.()
    this.cancelAttemptLimit?.()
    this.connection?.close()
    this.connection = undefined
  }

  private enter(state: ConnectionState, reason: ConnectionChangeReason): void {
    this.state = state
    this.owner.stateChanged(state, reason)
  }
}
