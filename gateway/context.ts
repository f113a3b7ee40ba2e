/** What the parts of one gateway have in common. */
import type { Clock } from '../src/chat/time/clock'
import type { FileBearer } from '../src/rtm/local/frames'
import type { Bus } from './bus'
import type { Deadlines } from './deadlines'
import type { Holdings, SessionLimits } from './holdings'
import type { Logger } from './logger'
import type { GatewayTiming } from './options'
import type { SecretSigner } from './secret'
import type { Serial } from './serial'
import type { Store } from './store/port'
import type { Waiting } from './waiting'

export interface Context {
  readonly appId: string
  readonly certificate: string | undefined
  readonly rateLimits: boolean
  readonly clock: Clock
  readonly timing: GatewayTiming
  readonly bus: Bus
  readonly store: Store
  readonly log: Logger
  readonly secrets: SecretSigner
  /** Undefined: there is no file server. */
  readonly issueBearer: ((uid: string) => FileBearer) | undefined
  /** The peer messages in the inboxes of all sessions. */
  readonly waiting: Waiting
  /** The subscriptions and attributes of all sessions. */
  readonly holdings: Holdings
  readonly sessionLimits: SessionLimits
  /** Of acknowledgements: `timing.ackTimeoutMs`. */
  readonly ackDeadlines: Deadlines
  /** Per receiver, one job at a time touches the offline queue: reading it, adding to it, taking out what was acknowledged. */
  readonly queueTurns: Serial
}

/** For work that nobody waits for: its failure is told to the operator. */
export function inBackground(log: Logger, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => log.error(`${what} failed`, { error }))
}
