/** How many connections the gateway keeps open: in all, from one address, and without a login. */
import { SocketAddress, isIPv6 } from 'node:net'
import { isLoopbackAddress } from './origin'

export interface ConnectionLimits {
  /** Sockets in all, WebSockets or not. Further ones are closed at once. */
  readonly sockets: number
  /** Sockets from one address. Loopback is exempt: behind a proxy on this machine all clients share its address. */
  readonly socketsPerAddress: number
  /** WebSockets that have not logged in, in all. For a further one the oldest of the address with most is closed. */
  readonly strangers: number
  /** The same from one address, loopback exempt. Further ones are refused with 429. */
  readonly strangersPerAddress: number
}

/** An office behind one address fits, also when all of its clients come back at the same time. */
export const DEFAULT_LIMITS: ConnectionLimits = { sockets: 10_000, socketsPerAddress: 2_000, strangers: 1_000, strangersPerAddress: 200 }

/** A connection without a login. */
interface Stranger {
  /** Closes it, and takes it out. */
  makeRoom(): void
}

export class Door {
  private readonly sockets = new Tally<object>()
  private readonly strangers = new Tally<Stranger>()

  constructor(private readonly limits: ConnectionLimits) {}

  /** Counts a new socket; returns false, and does not count it, when there are too many, in all or from its address. */
  enter(socket: object, address: string): boolean {
    if (this.sockets.size >= this.limits.sockets) return false
    const network = networkOf(address)
    if (!isLoopbackAddress(network) && this.sockets.of(network) >= this.limits.socketsPerAddress) return false
    this.sockets.add(socket, network)
    return true
  }

  /** For a socket that has closed. */
  leave(socket: object): void {
    this.sockets.delete(socket)
  }

  /** The HTTP status with which this socket is refused as a WebSocket, or undefined. */
  refusal(socket: object): string | undefined {
    const address = this.sockets.keyOf(socket)
    const isTooMany = !isLoopbackAddress(address) && this.strangers.of(address) >= this.limits.strangersPerAddress
    return isTooMany ? '429 Too Many Requests' : undefined
  }

  /** Counts what has become of a socket, a WebSocket without a login. Who says nothing makes room for who has just come. */
  addStranger(connection: Stranger, socket: object): void {
    if (this.strangers.size >= this.limits.strangers) this.strangers.oldestOfMost()?.makeRoom()
    this.strangers.add(connection, this.sockets.keyOf(socket))
  }

  /** For a connection that has logged in or closed. */
  removeStranger(connection: Stranger): void {
    this.strangers.delete(connection)
  }
}

/** What counts as one address: of IPv6 its first 64 bits, in which one machine may have any number of addresses. */
export function networkOf(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)|%.*$/gi, '')
  if (!isIPv6(bare) || isLoopbackAddress(bare)) return bare
  // Node writes '::' for the groups that are zero
  const [head = '', tail] = new SocketAddress({ address: bare, family: 'ipv6' }).address.split('::')
  const groups = head.split(':').filter(Boolean)
  if (tail !== undefined) groups.push(...Array<string>(8 - groups.length - tail.split(':').filter(Boolean).length).fill('0'))
  return groups.slice(0, 4).join(':')
}

/** How many members each key has. */
class Tally<Member> {
  private readonly keys = new Map<Member, string>()
  private readonly counts = new Map<string, number>()

  get size(): number {
    return this.keys.size
  }

  of(key: string): number {
    return this.counts.get(key) ?? 0
  }

  /** The empty string for what is no member. */
  keyOf(member: Member): string {
    return this.keys.get(member) ?? ''
  }

  /** Of the key with most members the one that was added first. */
  oldestOfMost(): Member | undefined {
    const [greatest] = [...this.counts].sort(([, a], [, b]) => b - a)
    for (const [member, key] of this.keys) if (key === greatest?.[0]) return member
    return undefined
  }

  add(member: Member, key: string): void {
    this.keys.set(member, key)
    this.counts.set(key, this.of(key) + 1)
  }

  /** Does nothing the second time. */
  delete(member: Member): void {
    const key = this.keyOf(member)
    if (!this.keys.delete(member)) return
    const count = this.of(key) - 1
    if (count > 0) this.counts.set(key, count)
    else this.counts.delete(key)
  }
}
