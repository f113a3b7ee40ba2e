import { errorOfCode, failureError, notLoggedIn, rtmError, timeoutError } from '../error-name'
import type { RtmError, RtmOperation } from '../errors'
import { decodeAnswer } from './decode'
import type { ErrFrame, OkFrame, RequestFrame, RequestName, Requests } from './frames'

const OPERATIONS: { readonly [N in RequestName]: RtmOperation } = {
  logout: 'logout',
  renew: 'renewToken',
  peer: 'peerMessage',
  join: 'join',
  leave: 'leave',
  send: 'channelMessage',
  members: 'getMembers',
  counts: 'getChannelMemberCount',
  online: 'queryPeersOnlineStatus',
  subscribe: 'peerSubscription',
  unsubscribe: 'peerSubscription',
  subscribed: 'queryPeersBySubscriptionOption',
  setUser: 'attributes',
  getUser: 'attributes',
  setChannel: 'attributes',
  getChannel: 'attributes',
}

export interface RequestOptions {
  /** How long it may wait for its answer, in ms. */
  readonly timeoutMs?: number
  /** How long it may wait to be written; by default as long as for an answer. */
  readonly queueTimeoutMs?: number
  /** Asked before it is written: while true it stays queued. */
  readonly hold?: () => boolean
  /** Written before all that waits with it: what restores a session goes before what builds on it. */
  readonly first?: boolean
  /** Called right before it is written for the first time; what it throws is the answer. */
  readonly admit?: () => void
}

interface Pending {
  readonly frame: RequestFrame
  readonly options: RequestOptions
  /** Written to a connection at least once: from then on nobody but the gateway knows its outcome. */
  written: boolean
  timer: ReturnType<typeof setTimeout>
  readonly answer: (ok: OkFrame) => void
  readonly fail: (error: RtmError) => void
}

/**
 * The requests of one client that wait for an answer, or for a connection. They outlive connections: a session that goes on
 * gets those without an answer again, under the same ids, by which the gateway knows what it has done already.
 */
export class RequestTable {
  private lastId = 0
  private readonly pending = new Map<number, Pending>()

  constructor(private readonly timeoutMs: number) {}

  nextId(): number {
    return ++this.lastId
  }

  /** Queues a request; `flush` writes it. The promise settles by an answer, a time-out, or one of the methods below. */
  add<N extends RequestName>(name: N, ask: Requests[N]['ask'], options: RequestOptions = {}): Promise<Requests[N]['answer']> {
    const operation = OPERATIONS[name]
    const frame = { ...ask, t: name, id: this.nextId() } as unknown as RequestFrame
    return new Promise((resolve, reject) => {
      const done = () => this.drop(frame.id)
      this.pending.set(frame.id, {
        frame,
        options,
        written: false,
        timer: this.expire(frame, options.queueTimeoutMs ?? options.timeoutMs ?? this.timeoutMs),
        answer: (ok) => {
          done()
          const answer = decodeAnswer(name, ok)
          if (answer) resolve(answer)
          else reject(failureError(operation, 'the answer of the gateway cannot be read'))
        },
        fail: (error) => {
          done()
          reject(error)
        },
      })
    })
  }

  /** Writes what was not written yet and may be. */
  flush(write: (frame: RequestFrame) => void): void {
    const waiting = [...this.pending.values()].filter(({ written, options }) => !written && !options.hold?.())
    for (const pending of [...waiting.filter(isFirst), ...waiting.filter((other) => !isFirst(other))]) {
      try {
        pending.options.admit?.()
      } catch (error) {
        pending.fail(error as RtmError)
        continue
      }
      pending.written = true
      clearTimeout(pending.timer)
      pending.timer = this.expire(pending.frame, pending.options.timeoutMs ?? this.timeoutMs)
      write(pending.frame)
    }
  }

  /** The session goes on over a new connection: what has no answer goes again. */
  resend(write: (frame: RequestFrame) => void): void {
    for (const { written, frame } of this.pending.values()) if (written) write(frame)
  }

  /**
   * A new session knows nothing of the old one. A message that had gone may have arrived or not, so it ends as a time-out;
   * all else may be done twice and is queued again.
   */
  restart(): void {
    for (const pending of [...this.pending.values()]) {
      if (!pending.written) continue
      if (isMessage(pending.frame)) pending.fail(unknownOutcome(pending.frame))
      else pending.written = false
    }
  }

  answer(frame: OkFrame | ErrFrame): void {
    const pending = this.pending.get(frame.id)
    if (!pending?.written) return
    if (frame.t === 'ok') pending.answer(frame)
    else pending.fail(errorOfCode(OPERATIONS[pending.frame.t], frame.code, frame.why))
  }

  /** The session is over. */
  endAll(): void {
    for (const pending of [...this.pending.values()]) {
      if (pending.written && isMessage(pending.frame)) pending.fail(unknownOutcome(pending.frame))
      else if (pending.frame.t === 'renew') pending.fail(rtmError('renewToken', 'ABORTED_BY_LOGOUT'))
      else pending.fail(notLoggedIn(OPERATIONS[pending.frame.t]))
    }
  }

  /** Fails what was written: the gateway refused to read it. */
  failWritten(): void {
    for (const pending of [...this.pending.values()]) {
      if (pending.written) pending.fail(failureError(OPERATIONS[pending.frame.t], 'the gateway could not read the request'))
    }
  }

  /** Fails the requests of one name; whether there were any. */
  failNamed(name: RequestName, error: RtmError): boolean {
    const named = [...this.pending.values()].filter((pending) => pending.frame.t === name)
    for (const pending of named) pending.fail(error)
    return named.length > 0
  }

  private expire(frame: RequestFrame, ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.pending.get(frame.id)?.fail(timeoutError(OPERATIONS[frame.t])), ms)
  }

  private drop(id: number): void {
    clearTimeout(this.pending.get(id)?.timer)
    this.pending.delete(id)
  }
}

function isFirst({ options }: Pending): boolean {
  return options.first === true
}

function isMessage(frame: RequestFrame): boolean {
  return frame.t === 'peer' || frame.t === 'send'
}

function unknownOutcome(frame: RequestFrame): RtmError {
  return timeoutError(OPERATIONS[frame.t])
}
