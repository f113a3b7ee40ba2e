import { clock, type Cancel } from '@/src/chat/time/clock'
import { GET_MEMBERS_RATE } from '@/src/chat/rtm-limits'
import { isRtmError } from '../errors'

/** The number of getMembers calls for this, of the five that are allowed in this time. The rest are for the app. */
const INTERVAL_MS = GET_MEMBERS_RATE.perMs / 2

/**
 * Computes the member count of a channel from a list of its members, for rtm.miniapp.js, which never reports it. Requests the list again after each join and
 * leave, once for several in quick succession. Above 200 members the SDK lists 200, so the count is 200.
 */
export class MemberCount {
  private told: number | undefined
  private cancelAsk: Cancel | undefined
  private askedAt = -Infinity
  private membership = 0

  /**
   * @param getMembers rejects with an RtmError if it fails
   * @param tell is called when the count is known, and when it changes
   */
  constructor(
    private readonly getMembers: () => Promise<readonly string[]>,
    private readonly tell: (count: number) => void,
  ) {}

  /** After the user's own join or a reconnect: reports the count even if it has not changed. */
  start(): void {
    this.stop()
    this.refresh()
  }

  /** A member has joined or left. */
  refresh(): void {
    if (this.cancelAsk) return
    const wait = Math.max(0, this.askedAt + INTERVAL_MS - clock.now())
    this.cancelAsk = clock.after(wait, () => void this.ask(this.membership))
  }

  stop(): void {
    this.membership++
    this.told = undefined
    this.cancelAsk?.()
    this.cancelAsk = undefined
  }

  private async ask(membership: number): Promise<void> {
    this.cancelAsk = undefined
    this.askedAt = clock.now()
    try {
      const { length } = await this.getMembers()
      if (membership === this.membership && length !== this.told) this.tell((this.told = length))
    } catch (error) {
      // The count must still be reported, unless the channel was left.
      if (membership === this.membership && !isOut(error)) this.refresh()
    }
  }
}

function isOut(error: unknown): boolean {
  return isRtmError(error) && (error.reason === 'not-in-channel' || error.reason === 'not-logged-in')
}
