import { clock, type Cancel } from '@/src/chat/time/clock'
import { errorOfCode, failureError, rtmError, timeoutError } from '../error-name'
import { notLoggedIn, type RtmError, type RtmOperation } from '../errors'
import { decodeAnswer } from './decode'
import type { ErrFrame, OkFrame, RequestFrame, Requests } from './frames'

/** The protocol's requests that this adapter sends. */
export type UsedRequest = 'logout' | 'renew' | 'bearer' | 'peer' | 'join' | 'leave' | 'send' | 'members' | 'subscribe'

const OPERATIONS: { readonly [N in UsedRequest]: RtmOperation } = {
  logout: 'logout',
  renew: 'renewToken',
  bearer: 'fileBearer',
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
  /** How long it may wait to be written. Default: as long as for an answer. */
  readonly queueTimeoutMs?: number
  /** Checked before it is written: while true it stays queued. */
  readonly hold?: () => boolean
  /** Written before all other waiting requests: a request that restores a session goes before those that build on it. */
  readonly first?: boolean
  /** Called right before it is written for the first time. Its exception rejects the request. */
  readonly admit?: () => void
}

interface Pending {
  readonly frame: RequestFrame<UsedRequest>
  readonly options: RequestOptions
  /** Written to a connection at least once: from then on only the gateway knows its result. */
  written: boolean
  cancelExpiry: Cancel | undefined
  readonly answer: (ok: OkFrame) => void
  readonly fail: (error: RtmError) => void
}

/**
 * A client's requests that wait for an answer, or for a connection. They outlive connections: after a resume those without an answer are sent again, with the
 * same ids, by which the gateway recognises the ones it has done already.
 */
export class RequestTable {
  private lastId = 0
  private readonly pending = new Map<number, Pending>()
  /** Those of them that are not written, in the same order. */
  private waiting = new Set<Pending>()

  constructor(private readonly timeoutMs: number) {}

  nextId(): number {
    return ++this.lastId
  }

  /** Queues a request. `flush` writes it, `wait` delays it. The promise settles by an answer, a timeout, or one of the methods below. */
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

  /** Writes the unwritten requests that may be written. */
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

  /** Unwritten requests wait from now on, up to their timeout. */
  wait(): void {
    for (const pending of this.waiting) {
      const { queueTimeoutMs, timeoutMs } = pending.options
      pending.cancelExpiry ??= this.expire(pending, queueTimeoutMs ?? timeoutMs ?? this.timeoutMs)
    }
  }

  /** The session was resumed over a new connection: unanswered requests are sent again. */
  resend(write: (frame: RequestFrame<UsedRequest>) => void): void {
    for (const { written, frame } of this.pending.values()) if (written) write(frame)
  }

  /**
   * A new session does not know the requests of the old one. A written message may or may not have arrived, so it ends as a timeout. All others can be
   * repeated safely and are queued again.
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

  /** The session has ended. */
  endAll(): void {
    for (const pending of [...this.pending.values()]) {
      if (pending.written && isMessage(pending.frame)) pending.fail(unknownOutcome(pending.frame))
      else if (pending.frame.t === 'renew') pending.fail(rtmError('renewToken', 'ABORTED_BY_LOGOUT'))
      else pending.fail(notLoggedIn(OPERATIONS[pending.frame.t]))
    }
  }

  /** Fails the written requests: the gateway could not read one of them. */
  failWritten(): void {
    for (const pending of [...this.pending.values()]) {
      if (pending.written) pending.fail(failureError(OPERATIONS[pending.frame.t], 'the gateway could not read the request'))
    }
  }

  /** Fails the requests of one name. Returns whether there were any. */
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
