/**
 * Which channel messages a member must have. RTM promises no more than this: who is connected gets what is said, and who
 * reconnects within 30 s gets the last 32 messages of that time. A program that was killed has a new session, which gets nothing of
 * before. Judged from when connections stood, never from what arrived.
 */
import { CHANNEL_REDELIVERY } from '../../src/chat/rtm-limits'

/** Times in ms since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** One life of a program, from its start to its kill, with the times in which it was joined to the channel over an open connection. */
export interface ProgramLife extends Span {
  readonly joined: readonly Span[]
}

/** In this time what was said has surely come through the slowest network of the plan, and is written down. */
export const SETTLED_MS = 2_000
/** Clocks of the gateway, the proxy and this process are one; timers are late. */
const MARGIN_MS = 2_000

/**
 * Whether a member must have the message that the gateway took at `at`.
 * @param said when each message of the channel was taken, this one included
 */
export function mustHave(lives: readonly ProgramLife[], at: number, said: readonly number[]): boolean {
  return lives.some((life) => mustHaveIn(life, at, said))
}

function mustHaveIn(life: ProgramLife, at: number, said: readonly number[]): boolean {
  const [first] = life.joined
  if (!first || at < first.from) return false
  /** Everything up to here has surely come. */
  let sure = first.from
  for (const span of life.joined) {
    const caughtUp = Math.max(span.from, at) + SETTLED_MS
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
