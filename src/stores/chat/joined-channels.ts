/**
 * The channels this client is in. RTM forgets them with the session; the user does not, so channels that were joined and not left are joined again. At most
 * JOINED_CHANNELS_MAX at a time: above that the least recently used one is suspended, and joined again when it is opened.
 */
import { shallowRef, type ShallowRef } from 'vue'
import { clock, pause, type Cancel } from '@/src/chat/time/clock'
import { JOIN_RATE, JOIN_SAME_RATE, JOINED_CHANNELS_MAX, MEMBERS_MAX, RateWindow } from '@/src/chat/rtm-limits'
import type { RtmReason } from '@/src/chat/rtm-reason'
import { orElse } from '@/src/chat/util/or-else'
import { getOrSet } from '@/src/chat/util/get-or-set'
import { isRtmError, RtmError } from '@/src/rtm/errors'
import type { ReceivedMessageProperties, RtmChannel, RtmClient, RtmMessage } from '@/src/rtm/port'
import { Absences } from './absences'

/** `waiting`: to be joined as soon as there is a connection. */
export type ChannelState = 'left' | 'waiting' | 'joining' | 'joined' | 'suspended' | 'failed'

/** Why a join failed. `code` is RTM's own, for the details. */
export interface JoinFailure {
  readonly reason: RtmReason
  readonly code?: number
}

/** The state of a channel that the view shows. */
export interface ChannelView {
  readonly state: ChannelState
  /** Why a join failed. */
  readonly failure?: JoinFailure
  /** The number of members, this user included. 0 until known. */
  readonly count: number
  /** The user ids of the members, this user included. Undefined until requested. */
  readonly members?: readonly string[] | undefined
}

/** A channel that this client has joined or is joining. */
export interface JoinedChannel {
  readonly channel: RtmChannel
  /** Orders the channels by use. The lowest is suspended first. */
  lastUse: number
}

export interface ChannelEvents {
  message(channelId: string, from: string, message: RtmMessage, props: ReceivedMessageProperties): Promise<boolean>
  member(channelId: string, event: 'joined' | 'left', uid: string): void
  /** A join failed. It is retried if that may help. */
  failed(channelId: string, refusal: RtmError): void
  /** A join succeeded, so messages waiting for this channel can be sent. */
  joined(channelId: string): void
  /** It is joined again, but messages from `from` to `to`, ms since 1970, are lost or may be: longer than the service redelivers. */
  wasAway?(channelId: string, from: number, to: number): void
}

const OUT: ChannelView = { state: 'left', count: 0 }

/** Temporary join failures, each with the ms to wait before the next try if the failure does not say it. */
const JOIN_RETRY_MS: { readonly [R in RtmReason]?: number } = { timeout: 3_000, failed: 5_000, 'rate-limited': 5_000, 'channel-rate-limited': 5_000 }

export class Channels {
  private readonly views = new Map<string, ShallowRef<ChannelView>>()
  /** By channel, cancels the next try to join it. */
  private readonly retries = new Map<string, Cancel>()
  private readonly pace = new RateWindow(JOIN_RATE)
  /** By channel. */
  private readonly samePaces = new Map<string, RateWindow>()
  private uses = 0
  private readonly absences: Absences

  /** @param joined the map of joined channels, by id; only this class changes it */
  constructor(
    readonly joined: Map<string, JoinedChannel>,
    private readonly client: Pick<RtmClient, 'createChannel'>,
    private readonly events: ChannelEvents,
    private readonly connected: () => boolean,
  ) {
    this.absences = new Absences((channelId, from, to) => events.wasAway?.(channelId, from, to))
  }

  /** The state of a channel for the view, joined or not. */
  view(channelId: string): Readonly<ShallowRef<ChannelView>> {
    return this.slot(channelId)
  }

  /** Joins, or waits for the connection to do so. Rejects with the failure that the view then also shows. */
  async join(channelId: string): Promise<void> {
    this.cancelRetry(channelId)
    const known = this.joined.get(channelId)
    if (known) {
      known.lastUse = ++this.uses
      return
    }
    if (!this.connected()) return this.change(channelId, { state: 'waiting' })
    while (this.joined.size >= JOINED_CHANNELS_MAX) await this.parkOldest()
    // While another channel was suspended, another call may have joined it.
    if (this.joined.has(channelId)) return
    const channel = this.client.createChannel(channelId)
    this.listen(channel)
    this.joined.set(channelId, { channel, lastUse: ++this.uses })
    this.change(channelId, { state: 'joining' })
    const isWanted = () => this.joined.get(channelId)?.channel === channel
    if (!(await this.paced(channelId, isWanted))) return
    try {
      await channel.join()
    } catch (error) {
      const wasWanted = isWanted()
      this.forget(channelId, channel)
      // The user has left it, or the session ended: the view shows something newer.
      if (!wasWanted) return
      this.failed(channelId, error)
      throw error
    }
    if (!isWanted()) return leaveQuietly(channel)
    this.change(channelId, { state: 'joined' })
    this.absences.end(channelId)
    this.events.joined(channelId)
  }

  /** The connection works: joined channels are reachable again. */
  reached(): void {
    for (const channelId of this.inReach()) this.absences.end(channelId)
    this.absences.connected()
  }

  /**
   * The connection is lost: joined channels are unreachable.
   * @param heardAt when the service was last heard, ms since 1970, if known
   */
  lost(heardAt?: number): void {
    this.absences.disconnected(this.inReach(), heardAt)
  }

  private inReach(): string[] {
    return [...this.joined.keys()].filter((channelId) => this.slot(channelId).value.state === 'joined')
  }

  /** Another user logs in. */
  forgetAway(): void {
    this.absences.clear()
  }

  /** Leaves for good. Settles even if the server cannot be reached. */
  async leave(channelId: string): Promise<void> {
    this.cancelRetry(channelId)
    const known = this.joined.get(channelId)
    this.slot(channelId).value = OUT
    this.absences.forget(channelId)
    if (!known) return
    this.forget(channelId, known.channel)
    await leaveQuietly(known.channel)
  }

  /** Joins `channelIds`, the most important first. Those above the limit are suspended. */
  joinAll(channelIds: readonly string[]): void {
    channelIds.forEach((channelId, index) => {
      if (this.joined.has(channelId)) return
      if (index < JOINED_CHANNELS_MAX) this.joinLater(channelId, 0)
      else this.change(channelId, { state: 'suspended' })
    })
  }

  /** The session has ended, and with it the server's channels. */
  reset(): void {
    for (const channelId of this.retries.keys()) this.cancelRetry(channelId)
    this.lost()
    for (const [channelId, { channel }] of this.joined) {
      channel.removeAllListeners()
      this.change(channelId, { state: 'waiting', members: undefined, count: 0 })
    }
    this.joined.clear()
  }

  /** After a gap in the connection: joins and leaves were missed, so the members must be requested again. */
  forgetMembers(): void {
    for (const channelId of this.joined.keys()) this.change(channelId, { members: undefined })
  }

  /** Another user uses the client from now on: forgets all channels. */
  clear(): void {
    this.reset()
    this.views.clear()
    this.samePaces.clear()
  }

  /** Requests the members of a channel. The view shows them and follows changes from then on. */
  async loadMembers(channelId: string): Promise<void> {
    const known = this.joined.get(channelId)
    if (!known || this.slot(channelId).value.state !== 'joined') return
    const members = await known.channel.getMembers()
    if (this.joined.get(channelId) === known) this.change(channelId, { members, count: Math.max(members.length, this.slot(channelId).value.count) })
  }

  /** Resolves when RTM allows a join of this channel: to `false` if the channel is no longer wanted by then. */
  private async paced(channelId: string, isWanted: () => boolean): Promise<boolean> {
    const same = this.samePaces.get(channelId) ?? new RateWindow(JOIN_SAME_RATE)
    this.samePaces.set(channelId, same)
    for (const pace of [same, this.pace]) {
      for (let ms = pace.take(clock.now()); ms > 0; ms = pace.take(clock.now())) {
        await pause(clock, ms)
        if (!isWanted()) return false
      }
    }
    return true
  }

  private listen(channel: RtmChannel): void {
    const id = channel.channelId
    channel.on('ChannelMessage', (message, from, props) => this.events.message(id, from, message, props))
    channel.on('MemberCountUpdated', (count) => this.change(id, { count }))
    channel.on('MemberJoined', (uid) => {
      const { members } = this.slot(id).value
      // Above this number of members RTM stops to name them.
      if (members && members.length < MEMBERS_MAX && !members.includes(uid)) this.change(id, { members: [...members, uid] })
      this.events.member(id, 'joined', uid)
    })
    channel.on('MemberLeft', (uid) => {
      const { members } = this.slot(id).value
      if (members) this.change(id, { members: members.filter((member) => member !== uid) })
      this.events.member(id, 'left', uid)
    })
  }

  private async parkOldest(): Promise<void> {
    const oldest = [...this.joined].reduce((least, entry) => (entry[1].lastUse < least[1].lastUse ? entry : least))
    const wasJoined = this.slot(oldest[0]).value.state === 'joined'
    await this.leave(oldest[0])
    this.change(oldest[0], { state: 'suspended' })
    if (wasJoined) this.absences.begin(oldest[0])
  }

  private failed(channelId: string, error: unknown): void {
    if (!isRtmError(error)) return this.change(channelId, { state: 'failed', failure: { reason: 'failed' } })
    const { reason, code, retryAfterMs = JOIN_RETRY_MS[reason] } = error
    if (reason === 'not-logged-in') return this.change(channelId, { state: 'waiting' })
    this.change(channelId, { state: 'failed', failure: { reason, code } })
    this.events.failed(channelId, error)
    if (retryAfterMs !== undefined) this.joinLater(channelId, retryAfterMs)
  }

  private joinLater(channelId: string, delayMs: number): void {
    this.cancelRetry(channelId)
    const attempt = () => {
      this.retries.delete(channelId)
      // By then the view shows the failure, and a temporary one is retried.
      void orElse(RtmError, () => this.join(channelId), () => undefined)
    }
    if (delayMs === 0) return attempt()
    this.retries.set(channelId, clock.after(delayMs, attempt))
  }

  private cancelRetry(channelId: string): void {
    this.retries.get(channelId)?.()
    this.retries.delete(channelId)
  }

  private forget(channelId: string, channel: RtmChannel): void {
    channel.removeAllListeners()
    if (this.joined.get(channelId)?.channel === channel) this.joined.delete(channelId)
  }

  private slot(channelId: string): ShallowRef<ChannelView> {
    return getOrSet(this.views, channelId, () => shallowRef(OUT))
  }

  private change(channelId: string, part: Partial<ChannelView>): void {
    const view = this.slot(channelId)
    const { failure: _failure, ...kept } = view.value
    view.value = part.state === undefined ? { ...view.value, ...part } : { ...kept, ...part }
  }
}

/** Leaves a channel. If the session or the join has ended, the server has already forgotten it. */
async function leaveQuietly(channel: RtmChannel): Promise<void> {
  await orElse(RtmError, () => channel.leave(), () => undefined)
}
