import { clock, type Cancel } from '@/src/chat/time/clock'
import { GET_MEMBERS_RATE } from '@/src/chat/rtm-limits'
import { isRtmError } from '../errors'

/** Two of the five getMembers that are allowed in this time are ours; the rest are for the app. */
const INTERVAL_MS = GET_MEMBERS_RATE.perMs / 2

/**
 * The member count of a channel from a list of its members, for rtm.miniapp.js, which never tells it. Asks again after each
 * join and leave, several at once where they come fast. Beyond 200 members the SDK lists 200, and so many are counted.
 */
export class MemberCount {
  private told: number | undefined
  private cancelAsk: Cancel | undefined
  private askedAt = -Infinity
  private membership = 0

  /**
   * @param getMembers rejects with an RtmError when it cannot tell
   * @param tell is called when the count is known, and when it changes
   */
  constructor(
    private readonly getMembers: () => Promise<readonly string[]>,
    private readonly tell: (count: number) => void,
  ) {}

  /** One's own join, or a reconnect: the count is told even where it is what it was before. */
  start(): void {
    this.stop()
    this.refresh()
  }

  /** Somebody came or went. */
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
      // the count is still owed, unless there is no channel to count any more
      if (membership === this.membership && !isOut(error)) this.refresh()
    }
  }
}

function isOut(error: unknown): boolean {
  return isRtmError(error) && (error.reason === 'not-in-channel' || error.reason === 'not-logged-in')
}
