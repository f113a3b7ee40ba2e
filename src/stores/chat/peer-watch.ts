/** Presence subscriptions: requested together, within RTM's rate, and renewed in each new session. */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { PEER_STATUS_RATE } from '@/src/chat/rtm-limits'
import { isRtmError } from '@/src/rtm/errors'

export class PeerWatch {
  private readonly subscribed = new Set<string>()
  private readonly wanted = new Set<string>()
  private cancelAsk: Cancel | undefined

  /** @param subscribe requests the presence of these peers from RTM */
  constructor(private readonly subscribe: (uids: string[]) => Promise<void>) {}

  watch(uid: string): void {
    if (this.isWatched(uid)) return
    this.wanted.add(uid)
    this.ask(0)
  }

  isWatched(uid: string): boolean {
    return this.subscribed.has(uid) || this.wanted.has(uid)
  }

  /** The connection works. `again`: of the same session, whose subscriptions are still valid. */
  connected(again: boolean): void {
    if (!again) {
      for (const uid of this.subscribed) this.wanted.add(uid)
      this.subscribed.clear()
    }
    this.ask(0)
  }

  clear(): void {
    this.cancelAsk?.()
    this.cancelAsk = undefined
    this.subscribed.clear()
    this.wanted.clear()
  }

  /** After `ms`, so that subscriptions in quick succession are one request. */
  private ask(ms: number): void {
    if (this.wanted.size > 0) this.cancelAsk ??= clock.after(ms, () => void this.send())
  }

  private async send(): Promise<void> {
    this.cancelAsk = undefined
    const uids = [...this.wanted]
    try {
      await this.subscribe(uids)
    } catch (error) {
      if (!isRtmError(error)) throw error
      if (error.reason === 'rate-limited') this.ask(error.retryAfterMs ?? PEER_STATUS_RATE.perMs)
      // The limit is reached: the presence of these is unknown, and the view shows none.
      if (error.reason === 'too-many-peers') for (const uid of uids) this.wanted.delete(uid)
      // After other failures they are requested again with the next connection.
      return
    }
    for (const uid of uids) if (this.wanted.delete(uid)) this.subscribed.add(uid)
  }
}
