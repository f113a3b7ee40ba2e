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

/** What the channels of a client share. */
export interface ChannelHost {
  readonly link: Link
  readonly timing: LocalTiming
  /** The channels that are joined or being joined, by id. */
  readonly channels: Map<string, LocalChannel>
  /** Counts one message, or throws TOO_OFTEN. */
  takeSendPlace(operation: 'peerMessage' | 'channelMessage'): void
  /** Does `task` again, with pauses, until it succeeds or is not wanted any more. */
  restore(task: () => Promise<unknown>, isWanted: () => boolean): Promise<void>
}

/** Joining anew cannot get better after these. */
const FINAL_REFUSALS: readonly RtmReason[] = ['refused', 'invalid-channel', 'too-many-channels']

export class LocalChannel extends Emitter<RtmChannelEvents> implements RtmChannel {
  /** `restoring`: joined as far as the app knows, and on the way into the channel of a new session. */
  private state: 'out' | 'joining' | 'joined' | 'restoring' = 'out'
  /** Changes when a join is given up, so that its answer finds out. */
  private membership = 0
  /** Of the last join and of all messages the highest: where to go on after a lost connection. The gateway counts up for ever. */
  private lastSeq = 0
  /** By their `seq`. A message may come twice, or after one that was sent later. */
  private readonly delivered = new SeenMessages()

  constructor(
    readonly channelId: string,
    private readonly host: ChannelHost,
  ) {
    super()
  }

  /** Where to go on after a lost connection; undefined when not in the channel. */
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
      // the answer is lost or cannot be read, the gateway may have let us in
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

  /** The session went on without this channel, or a new one began: joins again. To be called for all channels before anything is sent. */
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
      // asked twice because the first answer was lost: that is what was wanted
      if (!isRefusal(error, ['already-in-channel'])) throw error
    }
  }

  /** Does not wait; goes again after a reconnect, for as long as the gateway can still hold us as a member. */
  private tellLeave(): void {
    this.host.link.request('leave', 'leave', { ch: this.channelId }, { timeoutMs: GRACE_MS }).catch(() => {
      // not a member, or no session any more: either way we are out
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
