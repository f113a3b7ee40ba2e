/** Whose presence is followed: asked for together, at the pace RTM allows, and again in each new session. */
import { clock, type Cancel } from '@/src/chat/time/clock'
import { PEER_STATUS_RATE } from '@/src/chat/rtm-limits'
import { CODES, isRtmError } from '@/src/rtm/errors'

export class PeerWatch {
  private readonly subscribed = new Set<string>()
  private readonly wanted = new Set<string>()
  private cancelAsk: Cancel | undefined

  /** @param subscribe asks RTM for the presence of these peers */
  constructor(private readonly subscribe: (uids: string[]) => Promise<void>) {}

  watch(uid: string): void {
    if (this.isWatched(uid)) return
    this.wanted.add(uid)
    this.ask(0)
  }

  isWatched(uid: string): boolean {
    return this.subscribed.has(uid) || this.wanted.has(uid)
  }

  /** There is a connection. `again`: of the same session, whose subscriptions stand. */
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

  /** After `ms`, so that what is wanted in one breath is one request. */
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
      if (error.code === CODES.peerSubscription.TOO_OFTEN) this.ask(PEER_STATUS_RATE.perMs)
      // No room for more: then it is not known whether these are there, and nothing is said of them.
      if (error.code === CODES.peerSubscription.OVERFLOW) for (const uid of uids) this.wanted.delete(uid)
      // Anything else is asked again when there is a connection.
      return
    }
    for (const uid of uids) if (this.wanted.delete(uid)) this.subscribed.add(uid)
  }
}
