/** The absences of each joined channel. RTM delivers the messages of the last seconds again; older ones are lost. */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { CHANNEL_REDELIVERY } from '@/src/chat/rtm-limits'
import { time } from '@/src/chat/time/time'

/** How often the time of the working connection is noted, ms. */
const ALIVE_EVERY_MS = 20_000

export class Absences {
  /** The unreachable channels, each with the start of its absence, ms since 1970. */
  private readonly since = new Map<string, number>()
  /** When the connection last worked, ms since 1970. */
  private aliveAt = 0
  private cancelNote: Cancel | undefined

  /** @param over called when a channel is reachable after an absence longer than RTM redelivers: its start and end, ms since 1970 */
  constructor(private readonly over: (channelId: string, from: number, to: number) => void) {}

  /** The connection works. */
  connected(): void {
    this.cancelNote?.()
    this.aliveAt = time.now()
    this.cancelNote = clock.after(ALIVE_EVERY_MS, () => this.connected())
  }

  /**
   * The connection is lost, and with it the reachable channels.
   * @param heardAt when the service was last heard, ms since 1970, if known
   */
  disconnected(channelIds: readonly string[], heardAt?: number): void {
    this.cancelNote?.()
    const since = heardAt === undefined ? this.aliveUntil() : Math.min(time.now(), heardAt)
    for (const channelId of channelIds) this.begin(channelId, since)
  }

  /** A channel is unreachable. If it was already, its absence keeps its start. */
  begin(channelId: string, since = time.now()): void {
    if (!this.since.has(channelId)) this.since.set(channelId, since)
  }

  /** A channel is reachable again. */
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

  /** Another user logs in. */
  clear(): void {
    this.since.clear()
  }

  /** A program that the system suspended notices a lost connection only when it resumes. */
  private aliveUntil(): number {
    const now = time.now()
    return now - this.aliveAt > 2 * ALIVE_EVERY_MS ? Math.min(now, this.aliveAt) : now
  }
}
