/** How many sockets the gateway keeps open: in all, from one address, and without a login. */
import { isLoopbackAddress } from './origin'

export interface ConnectionLimits {
  /** Sockets in all, WebSockets or not. Further ones are closed at once. */
  readonly sockets: number
  /** Sockets from one address. Loopback is exempt: behind a proxy on this machine all clients share its address. */
  readonly socketsPerAddress: number
  /** WebSockets that have not logged in, in all. Further ones are refused with 503. */
  readonly strangers: number
  /** The same from one address, loopback exempt. Further ones are refused with 429. */
  readonly strangersPerAddress: number
}

/** An office behind one address fits, also when all of its clients come back at the same time. */
export const DEFAULT_LIMITS: ConnectionLimits = { sockets: 10_000, socketsPerAddress: 2_000, strangers: 1_000, strangersPerAddress: 200 }

export class Door {
  private readonly sockets = new Tally()
  private readonly strangers = new Tally()

  constructor(private readonly limits: ConnectionLimits) {}

  /** Counts a socket of `address`. Returns what to call when it closes, or undefined: the address has too many. */
  enter(address: string): (() => void) | undefined {
    if (!isLoopbackAddress(address) && this.sockets.of(address) >= this.limits.socketsPerAddress) return undefined
    return this.sockets.add(address)
  }

  /** The HTTP status with which one more WebSocket of `address` is refused, or undefined. */
  refusal(address: string): string | undefined {
    if (!isLoopbackAddress(address) && this.strangers.of(address) >= this.limits.strangersPerAddress) return '429 Too Many Requests'
    return this.strangers.total >= this.limits.strangers ? '503 Service Unavailable' : undefined
  }

  /** Counts a WebSocket of `address`. Returns what to call when it logs in or closes; calling it again does nothing. */
  addStranger(address: string): () => void {
    return this.strangers.add(address)
  }
}

class Tally {
  total = 0
  private readonly counts = new Map<string, number>()

  of(key: string): number {
    return this.counts.get(key) ?? 0
  }

  /** Counts one more. The returned function takes it back, once. */
  add(key: string): () => void {
    this.change(key, 1)
    let isCounted = true
    return () => {
      if (isCounted) this.change(key, -1)
      isCounted = false
    }
  }

  private change(key: string, by: number): void {
    this.total += by
    const count = this.of(key) + by
    if (count > 0) this.counts.set(key, count)
    else this.counts.delete(key)
  }
}
