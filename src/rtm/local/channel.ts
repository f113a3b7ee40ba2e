import { SeenMessages } from '@/src/chat/message/duplicates'
import { GRACE_MS, JOINED_CHANNELS_MAX, MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/rtm-limits'
import type { RtmReason } from '@/src/chat/rtm-reason'
import { textOf } from '../checks'
import { Emitter } from '../emitter'
import { rtmError } from '../error-name'
import { isRtmError } from '../errors'
import type { RtmChannel, RtmChannelEvents, RtmTextMessage } from '../port'
import type { ChannelFrame, CountFrame, MemberFrame } from './frames'
import type { Link } from './link'
import type { LocalTiming } from './timing'

/** The services that the channels of a client share. */
export interface ChannelHost {
  readonly link: Link
  readonly timing: LocalTiming
  /** The channels that are joined or being joined, by id. */
  readonly channels: Map<string, LocalChannel>
  /** Counts one message, or throws TOO_OFTEN. */
  takeSendPlace(operation: 'peerMessage' | 'channelMessage'): void
  /** Repeats `task`, with pauses, until it succeeds or is no longer wanted. */
  restore(task: () => Promise<unknown>, isWanted: () => boolean): Promise<void>
}

/** After these errors another join cannot succeed. */
const FINAL_REFUSALS: readonly RtmReason[] = ['refused', 'invalid-channel', 'too-many-channels']

export class LocalChannel extends Emitter<RtmChannelEvents> implements RtmChannel {
  /** `restoring`: joined for the app, but still joining the channel in a new session. */
  private state: 'out' | 'joining' | 'joined' | 'restoring' = 'out'
  /** Changes when a join is cancelled, so that its answer can be ignored. */
  private membership = 0
  /** The highest `seq` of the last join and of all messages: where to continue after a lost connection. It never goes back. */
  private lastSeq = 0
  /** By their `seq`. A message may arrive twice, or after a later one. */
  private readonly delivered = new SeenMessages()

  constructor(
    readonly channelId: string,
    private readonly host: ChannelHost,
  ) {
    super()
  }

  /** Where to continue after a lost connection. Undefined if not in the channel. */
  get resumePoint(): number | undefined {
    return this.state === 'joined' || this.state === 'restoring' ? this.lastSeq : undefined
  }

  async join(): Promise<void> {
    const { channels } = this.host
    this.host.link.requireLogin('join')
    const joined = channels.get(this.channelId)
    if (joined === this) throw rtmError('join', 'ALREADY_JOINED')
    if (joined) throw rtmError('join', 'ALREADY_JOINED_CHANNEL_OF_SAME_ID')
    if (channels.size >= JOINED_CHANNELS_MAX) throw rtmError('join', 'EXCEED_LIMIT')
    channels.set(this.channelId, this)
    this.state = 'joining'
    const membership = ++this.membership
    try {
      await this.requestJoin()
    } catch (error) {
      if (this.membership === membership) this.forget()
      // The answer is lost or unreadable, so the join may have happened.
      if (isRefusal(error, ['timeout', 'failed'])) this.tellLeave()
      throw error
    }
    if (this.membership !== membership) throw rtmError('join', 'ABORTED_BY_LEAVE')
    this.state = 'joined'
  }

  async leave(): Promise<void> {
    this.host.link.requireLogin('leave')
    if (this.state === 'out') throw rtmError('leave', 'NOT_IN_CHANNEL')
    this.forget()
    this.tellLeave()
  }

  async sendMessage(message: RtmTextMessage): Promise<void> {
    const text = textOf(message, 'channelMessage')
    this.host.link.requireLogin('channelMessage')
    this.requireJoined('channelMessage')
    const { link, timing } = this.host
    const waits = link.state === 'RECONNECTING'
    if (!waits) this.host.takeSendPlace('channelMessage')
    if (utf8Length(text) > MESSAGE_MAX_BYTES) {
      throw rtmError('channelMessage', 'INVALID_MESSAGE', 'RtmLimitExceededError')
    }
    await link.request('channelMessage', 'send', { ch: this.channelId, text }, {
      queueTimeoutMs: timing.reconnectingSendTimeoutMs,
      hold: this.isRestoring,
      admit: () => {
        this.requireJoined('channelMessage')
        if (waits) this.host.takeSendPlace('channelMessage')
      },
    })
  }

  async getMembers(): Promise<string[]> {
    this.host.link.requireLogin('getMembers')
    this.requireJoined('getMembers')
    const { uids } = await this.host.link.request('getMembers', 'members', { ch: this.channelId }, { hold: this.isRestoring })
    return uids
  }

  // ------------------------------------------------------------------------------------------- for the client

  receive(frame: ChannelFrame | MemberFrame | CountFrame): void {
    if (frame.t === 'msg') this.receiveMessage(frame)
    else if (frame.t === 'joined') void this.emit('MemberJoined', frame.uid)
    else if (frame.t === 'left') void this.emit('MemberLeft', frame.uid)
    else if (frame.t === 'count') void this.emit('MemberCountUpdated', frame.n)
  }

  /** The session continues without this channel, or a new one began: joins again. Call it for all channels before anything is sent. */
  restore(): void {
    if (this.state !== 'joined') return
    this.state = 'restoring'
    const membership = this.membership
    const isWanted = () => this.membership === membership
    const rejoin = async () => {
      try {
        await this.requestJoin(true)
      } catch (error) {
        if (!isRefusal(error, FINAL_REFUSALS)) throw error
        if (isWanted()) this.forget()
      }
      if (isWanted()) this.state = 'joined'
      this.host.link.flush()
    }
    void this.host.restore(rejoin, isWanted)
  }

  /** Not in the channel any more. */
  forget(): void {
    this.membership++
    this.state = 'out'
    if (this.host.channels.get(this.channelId) === this) this.host.channels.delete(this.channelId)
  }

  // -------------------------------------------------------------------------------------------

  private readonly isRestoring = () => this.state === 'restoring'

  private async requestJoin(first = false): Promise<void> {
    try {
      const { seq } = await this.host.link.request('join', 'join', { ch: this.channelId }, { first })
      this.lastSeq = Math.max(this.lastSeq, seq)
    } catch (error) {
      // Repeated because the first answer was lost: that is the intended state.
      if (!isRefusal(error, ['already-in-channel'])) throw error
    }
  }

  /** Does not wait. Repeated after a reconnect, for as long as the gateway may still have us as a member. */
  private tellLeave(): void {
    this.host.link.request('leave', 'leave', { ch: this.channelId }, { timeoutMs: GRACE_MS }).catch(() => {
      // Not a member, or no session any more: the user has left either way.
    })
  }

  private receiveMessage({ seq, ts, from, text }: ChannelFrame): void {
    if (!this.delivered.add(String(seq))) return
    this.lastSeq = Math.max(this.lastSeq, seq)
    const properties = { serverReceivedTs: ts, isOfflineMessage: false, isHistoricalMessage: false }
    void this.emit('ChannelMessage', { text, messageType: 'TEXT' }, from, properties)
  }

  private requireJoined(operation: 'channelMessage' | 'getMembers'): void {
    if (this.state !== 'joined' && this.state !== 'restoring') throw rtmError(operation, 'NOT_IN_CHANNEL')
  }
}

function isRefusal(error: unknown, reasons: readonly RtmReason[]): boolean {
  return isRtmError(error) && reasons.includes(error.reason)
}
