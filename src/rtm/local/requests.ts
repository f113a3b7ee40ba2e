import { clock, type Cancel } from '@/src/chat/time/clock'
import { errorOfCode, failureError, rtmError, timeoutError } from '../error-name'
import { notLoggedIn, type RtmError, type RtmOperation } from '../errors'
import { decodeAnswer } from './decode'
import type { ErrFrame, OkFrame, RequestFrame, Requests } from './frames'

/** The requests of the protocol that this adapter makes. */
export type UsedRequest = 'logout' | 'renew' | 'peer' | 'join' | 'leave' | 'send' | 'members' | 'subscribe'

const OPERATIONS: { readonly [N in UsedRequest]: RtmOperation } = {
  logout: 'logout',
  renew: 'renewToken',
  peer: 'peerMessage',
  join: 'join',
  leave: 'leave',
  send: 'channelMessage',
  members: 'getMembers',
  subscribe: 'peerSubscription',
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
  readonly frame: RequestFrame<UsedRequest>
  readonly options: RequestOptions
  /** Written to a connection at least once: from then on nobody but the gateway knows its outcome. */
  written: boolean
  cancelExpiry: Cancel | undefined
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
  /** Of these, what is not written, in the same order. */
  private waiting = new Set<Pending>()

  constructor(private readonly timeoutMs: number) {}

  nextId(): number {
    return ++this.lastId
  }

  /** Queues a request; `flush` writes it, or `wait` has it wait. The promise settles by an answer, a time-out, or one of the methods below. */
  add<N extends UsedRequest>(name: N, ask: Requests[N]['ask'], options: RequestOptions = {}): Promise<Requests[N]['answer']> {
    const operation = OPERATIONS[name]
    const frame = { ...ask, t: name, id: this.nextId() } as unknown as RequestFrame<UsedRequest>
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        frame,
        options,
        written: false,
        cancelExpiry: undefined,
        answer: (ok) => {
          this.drop(pending)
          const answer = decodeAnswer(name, ok)
          if (answer) resolve(answer)
          else reject(failureError(operation, 'the answer of the gateway cannot be read'))
        },
        fail: (error) => {
          this.drop(pending)
          reject(error)
        },
      }
      this.pending.set(frame.id, pending)
      this.waiting.add(pending)
    })
  }

  /** Writes what was not written yet and may be. */
  flush(write: (frame: RequestFrame<UsedRequest>) => void): void {
    const ready = [...this.waiting].filter(({ options }) => !options.hold?.())
    for (const pending of ready.some(isFirst) ? [...ready.filter(isFirst), ...ready.filter((other) => !isFirst(other))] : ready) {
      try {
        pending.options.admit?.()
      } catch (error) {
        pending.fail(error as RtmError)
        continue
      }
      pending.written = true
      this.waiting.delete(pending)
      pending.cancelExpiry?.()
      pending.cancelExpiry = this.expire(pending, pending.options.timeoutMs ?? this.timeoutMs)
      write(pending.frame)
    }
    if (this.waiting.size > 0) this.wait()
  }

  /** What is not written waits from now on, but not for ever. */
  wait(): void {
    for (const pending of this.waiting) {
      const { queueTimeoutMs, timeoutMs } = pending.options
      pending.cancelExpiry ??= this.expire(pending, queueTimeoutMs ?? timeoutMs ?? this.timeoutMs)
    }
  }

  /** The session goes on over a new connection: what has no answer goes again. */
  resend(write: (frame: RequestFrame<UsedRequest>) => void): void {
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
    this.waiting = new Set([...this.pending.values()].filter(({ written }) => !written))
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
  failNamed(name: UsedRequest, error: RtmError): boolean {
    const named = [...this.pending.values()].filter((pending) => pending.frame.t === name)
    for (const pending of named) pending.fail(error)
    return named.length > 0
  }

  private expire(pending: Pending, ms: number): Cancel {
    return clock.after(ms, () => pending.fail(timeoutError(OPERATIONS[pending.frame.t])))
  }

  private drop(pending: Pending): void {
    pending.cancelExpiry?.()
    this.waiting.delete(pending)
    this.pending.delete(pending.frame.id)
  }
}

function isFirst({ options }: Pending): boolean {
  return options.first === true
}

function isMessage(frame: RequestFrame<UsedRequest>): boolean {
  return frame.t === 'peer' || frame.t === 'send'
}

function unknownOutcome(frame: RequestFrame<UsedRequest>): RtmError {
  return timeoutError(OPERATIONS[frame.t])
}
