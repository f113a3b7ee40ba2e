/** When each joined channel was out of reach: RTM gives again what was said in the last seconds, and what is older is lost. */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { CHANNEL_REDELIVERY } from '@/src/chat/rtm-limits'
import { time } from '@/src/chat/time/time'

/** The time at which the connection was there is noted this often, ms. */
const ALIVE_EVERY_MS = 20_000

export class Absences {
  /** By channel out of reach, since when, ms since 1970. */
  private readonly since = new Map<string, number>()
  /** When the connection was last known to be there, ms since 1970. */
  private aliveAt = 0
  private cancelNote: Cancel | undefined

  /** @param over called when a channel is in reach again, after longer than RTM gives again: from when to when it was not, ms since 1970 */
  constructor(private readonly over: (channelId: string, from: number, to: number) => void) {}

  /** The connection is there. */
  connected(): void {
    this.cancelNote?.()
    this.aliveAt = time.now()
    this.cancelNote = clock.after(ALIVE_EVERY_MS, () => this.connected())
  }

  /**
   * The connection is lost, and with it the channels that were in reach.
   * @param heardAt when the service was last heard, ms since 1970, where that is known
   */
  disconnected(channelIds: readonly string[], heardAt?: number): void {
    this.cancelNote?.()
    const since = heardAt === undefined ? this.aliveUntil() : Math.min(time.now(), heardAt)
    for (const channelId of channelIds) this.begin(channelId, since)
  }

  /** A channel is out of reach. One that was out of reach before keeps its time. */
  begin(channelId: string, since = time.now()): void {
    if (!this.since.has(channelId)) this.since.set(channelId, since)
  }

  /** A channel is in reach again. */
  end(channelId: string): void {
    const since = this.since.get(channelId)
    this.since.delete(channelId)
    const now = time.now()
    if (since !== undefined && now - since > CHANNEL_REDELIVERY.withinMs) this.over(channelId, since, now)
  }

  /** The user has left the channel. */
  forget(channelId: string): void {
    this.since.delete(channelId)
  }

  /** Another user is logged in from now on. */
  clear(): void {
    this.since.clear()
  }

  /** A program that the system stopped notices a lost connection only when it goes on. */
  private aliveUntil(): number {
    const now = time.now()
    return now - this.aliveAt > 2 * ALIVE_EVERY_MS ? Math.min(now, this.aliveAt) : now
  }
}
