/**
 * Which channel messages a member must have. RTM promises no more than this: a connected client gets the messages, and a client that reconnects within 30 s
 * gets the last 32 messages of that time. A killed program has a new session, which gets no earlier messages. Computed from the times of connections, never
 * from what arrived.
 */
import { CHANNEL_REDELIVERY } from '../../src/chat/rtm-limits'

/** Times in ms since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** One run of a program, from its start to its kill, with the times in which it was joined to the channel over an open connection. */
export interface ProgramLife extends Span {
  readonly joined: readonly Span[]
}

/** Within this time a message has certainly passed the slowest network of the plan, and is saved. */
export const SETTLED_MS = 2_000
/** The gateway, the proxy and this process share one clock. Timers are late. */
const MARGIN_MS = 2_000

/**
 * Whether a member must have the message that the gateway accepted at `at`.
 * @param sentAt when the gateway sent it to the first member: where the machine has much to do, a good while later
 * @param said when each message of the channel was accepted, this one included
 */
export function mustHave(lives: readonly ProgramLife[], { at, sentAt = at }: { readonly at: number; readonly sentAt?: number }, said: readonly number[]): boolean {
  return lives.some((life) => mustHaveIn(life, at, sentAt, said))
}

function mustHaveIn(life: ProgramLife, at: number, sentAt: number, said: readonly number[]): boolean {
  const [first] = life.joined
  if (!first || at < first.from) return false
  /** All messages up to here have certainly arrived. */
  let sure = first.from
  for (const span of life.joined) {
    const caughtUp = Math.max(span.from, sentAt) + SETTLED_MS
    if (span.to < caughtUp) {
      if (span.to - span.from >= SETTLED_MS) sure = Math.max(sure, span.to - SETTLED_MS)
      continue
    }
    if (life.to < caughtUp) return false
    if (span.from <= at) return true
    const missed = said.filter((time) => time > sure && time <= span.from + MARGIN_MS).length
    return span.from - at <= CHANNEL_REDELIVERY.withinMs - MARGIN_MS && missed <= CHANNEL_REDELIVERY.count
  }
  return false
}
