/** The faults of one run, and their times: a pure function of the seed. Times are counted in messages, so that a slow machine has the same faults. */
import type { DiskFailure } from './faulty-disk'
import { between, oneOf, randomOf, type Random } from './random'

export const PEOPLE = ['alice', 'bob', 'carol', 'dave'] as const
export type Uid = (typeof PEOPLE)[number]
/** The pairs that chat one to one. */
export const PARTNER: Readonly<Record<Uid, Uid>> = { alice: 'bob', bob: 'alice', carol: 'dave', dave: 'carol' }
/** The channel of all users. */
export const CHANNEL = 'weekend-trip'
/** The share of messages that go to the channel. */
export const CHANNEL_SHARE = 0.25

export type Fault =
  /** Stopped (SIGSTOP) for `frozenMs`, killed (SIGKILL), and a new process on the same port and data folder after `downMs`. */
  | { readonly kind: 'gateway killed'; readonly frozenMs: number; readonly downMs: number }
  /**
   * `both-ends`: closed at once. `client-first`: the gateway notices `ms` later. `silence`: nothing passes for `ms`, then it is closed. Messages on their way
   * are lost each time.
   */
  | { readonly kind: 'socket cut'; readonly who: Uid; readonly how: 'both-ends' | 'client-first' | 'silence'; readonly ms: number }
  /** `torn`: the kill happens in the middle of the next write of a file, with this share of it on the disk. */
  | { readonly kind: 'client killed'; readonly who: Uid; readonly torn: number | undefined; readonly downMs: number }
  /** WeChat closes the socket HIDDEN_SOCKET_MS after the app was hidden. */
  | { readonly kind: 'app hidden'; readonly who: Uid; readonly ms: number }
  /** This share of all writes is refused. Stored data can be read. */
  | { readonly kind: 'disk fails'; readonly who: Uid; readonly how: DiskFailure; readonly share: number; readonly ms: number }

export interface PlannedFault {
  /** The fault happens when this number of messages has been seen on the screens. */
  readonly after: number
  readonly fault: Fault
}

/** What the network does to every frame, all the time. Times in ms, shares of all frames. */
export interface Noise {
  readonly delayedShare: number
  readonly delayMs: number
  /** A few wait longer. */
  readonly stalledShare: number
  readonly stallMs: number
  readonly doubledShare: number
  /** Half of the copies arrive at once, the others up to this much later, behind newer frames. */
  readonly lateCopyMs: number
  /** Of the requests over HTTP, this share breaks off. */
  readonly brokenShare: number
}

export interface Plan {
  readonly seed: number
  readonly messages: number
  readonly faults: readonly PlannedFault[]
  readonly noise: Noise
}

export const HIDDEN_MS = 10_000
export const HIDDEN_SOCKET_MS = 5_000

const NOISE: Noise = { delayedShare: 0.3, delayMs: 120, stalledShare: 0.01, stallMs: 1_200, doubledShare: 0.08, lateCopyMs: 600, brokenShare: 0.06 }

/** The number of faults per 1,000 messages; in a shorter run proportionally fewer, but at least one each. */
const PER_THOUSAND: ReadonlyArray<readonly [times: number, make: (random: Random) => Fault]> = [
  [3, (random) => ({ kind: 'gateway killed', frozenMs: 0, downMs: between(random, 100, 3_000) })],
  [3, (random) => ({ kind: 'gateway killed', frozenMs: between(random, 200, 3_000), downMs: between(random, 100, 1_500) })],
  [12, (random) => ({ kind: 'socket cut', who: oneOf(random, PEOPLE), how: 'both-ends', ms: 0 })],
  [6, (random) => ({ kind: 'socket cut', who: oneOf(random, PEOPLE), how: 'client-first', ms: between(random, 500, 4_000) })],
  [6, (random) => ({ kind: 'socket cut', who: oneOf(random, PEOPLE), how: 'silence', ms: between(random, 1_000, 8_000) })],
  [6, (random) => ({ kind: 'client killed', who: oneOf(random, PEOPLE), torn: undefined, downMs: between(random, 100, 3_000) })],
  [6, (random) => ({ kind: 'client killed', who: oneOf(random, PEOPLE), torn: random(), downMs: between(random, 100, 3_000) })],
  [4, (random) => ({ kind: 'app hidden', who: oneOf(random, PEOPLE), ms: HIDDEN_MS })],
  [3, (random) => ({ kind: 'disk fails', who: oneOf(random, PEOPLE), how: 'full', share: 1, ms: between(random, 1_500, 5_000) })],
  [3, (random) => ({ kind: 'disk fails', who: oneOf(random, PEOPLE), how: 'broken', share: between(random, 0.3, 0.9), ms: between(random, 1_500, 5_000) })],
]
/** From this length on, a run has an absence longer than the gateway's grace of 30 s. */
const LONG_RUN = 800
const LONG_ABSENCE_MS = 33_000
/** Faults happen within this part of a run: there must be messages before the first and after the last. */
const SPREAD = [0.04, 0.9] as const

export function planOf(seed: number, messages: number): Plan {
  const random = randomOf(seed, 'plan')
  const [first, last] = SPREAD
  const faults: PlannedFault[] = PER_THOUSAND.flatMap(([times, make]) =>
    Array.from({ length: Math.max(1, Math.round((times * messages) / 1_000)) }, () => {
      const fault = make(random)
      // A hidden app is hidden for long: early enough to come back while the others still write.
      const end = fault.kind === 'app hidden' ? (first + last) / 2 : last
      return { after: Math.round(between(random, first, end) * messages), fault }
    }),
  )
  if (messages >= LONG_RUN) {
    const fault: Fault = { kind: 'client killed', who: oneOf(random, PEOPLE), torn: undefined, downMs: LONG_ABSENCE_MS }
    faults.push({ after: Math.round(between(random, first, (first + last) / 2) * messages), fault })
  }
  return { seed, messages, faults: faults.sort((a, b) => a.after - b.after), noise: NOISE }
}
