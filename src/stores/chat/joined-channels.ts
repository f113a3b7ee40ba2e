/**
 * The channels this client is in. RTM forgets them with the session; the person does not: what was joined and not left
 * is joined again. At most JOINED_CHANNELS_MAX at a time: beyond that the one used longest ago is parked, and revived
 * when it is opened.
 */
import { shallowRef, type ShallowRef } from 'vue'
import { clock, pause, type Cancel } from '@/src/chat/time/clock'
import { JOIN_RATE, JOIN_SAME_RATE, JOINED_CHANNELS_MAX, MEMBERS_MAX, RateWindow } from '@/src/chat/rtm-limits'
import { CODES, isRtmError } from '@/src/rtm/errors'
import type { ReceivedMessageProperties, RtmChannel, RtmClient, RtmMessage } from '@/src/rtm/port'
import { Absences } from './absences'

/** `waiting`: wanted, and joined as soon as there is a connection. */
export type ChannelState = 'left' | 'waiting' | 'joining' | 'joined' | 'parked' | 'failed'

/** What the view knows of a channel. */
export interface ChannelView {
  readonly state: ChannelState
  /** The code of a failed join. */
  readonly code?: number
  /** How many are in it, oneself included; 0 until known. */
  readonly count: number
  /** User ids, as far as they were asked for, oneself included; undefined until then. */
  readonly members?: readonly string[] | undefined
}

/** A channel that this client has joined or is joining. */
export interface JoinedChannel {
  readonly channel: RtmChannel
  /** Orders the channels by use; the lowest is parked first. */
  lastUse: number
}

export interface ChannelEvents {
  message(channelId: string, from: string, message: RtmMessage, props: ReceivedMessageProperties): Promise<boolean>
  member(channelId: string, event: 'joined' | 'left', uid: string): void
  /** A join was refused; it is tried again where that may help. */
  failed(channelId: string, code: number): void
  /** A join has succeeded: what waits for this channel can go. */
  joined(channelId: string): void
  /** It is joined again, and what was said from `from` to `to`, ms since 1970, is lost or may be: longer than the service gives again. */
  wasAway?(channelId: string, from: number, to: number): void
}

const OUT: ChannelView = { state: 'left', count: 0 }

/** Join refusals that pass by themselves, with how many ms to wait before the next try. */
const JOIN_RETRY_MS = new Map<number, number>([
  [CODES.join.TOO_OFTEN, 3_000],
  [CODES.join.JOIN_SAME_CHANNEL_TOO_OFTEN, 5_000],
  [CODES.join.TIMEOUT, 3_000],
  [CODES.join.FAILURE, 5_000],
])

export class Channels {
  private readonly views = new Map<string, ShallowRef<ChannelView>>()
  /** By channel, what cancels the next try to join it. */
  private readonly retries = new Map<string, Cancel>()
  private readonly pace = new RateWindow(JOIN_RATE)
  /** By channel. */
  private readonly samePaces = new Map<string, RateWindow>()
  private uses = 0
  private readonly absences: Absences

  /** @param joined the map of joined channels, by id; this class alone changes it */
  constructor(
    readonly joined: Map<string, JoinedChannel>,
    private readonly client: Pick<RtmClient, 'createChannel'>,
    private readonly events: ChannelEvents,
    private readonly connected: () => boolean,
  ) {
    this.absences = new Absences((channelId, from, to) => events.wasAway?.(channelId, from, to))
  }

  /** What the view may follow of a channel, joined or not. */
  view(channelId: string): Readonly<ShallowRef<ChannelView>> {
    return this.slot(channelId)
  }

  /** Joins, or waits for the connection to do so. Rejects with what the view then also shows. */
  async join(channelId: string): Promise<void> {
    this.cancelRetry(channelId)
    const known = this.joined.get(channelId)
    if (known) {
      known.lastUse = ++this.uses
      return
    }
    if (!this.connected()) return this.change(channelId, { state: 'waiting' })
    while (this.joined.size >= JOINED_CHANNELS_MAX) await this.parkOldest()
    // While room was made another call may have joined it.
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
      // Left meanwhile, or the session ended: what is shown is about something newer.
      if (!wasWanted) return
      this.failed(channelId, error)
      throw error
    }
    if (!isWanted()) return leaveQuietly(channel)
    this.change(channelId, { state: 'joined' })
    this.absences.end(channelId)
    this.events.joined(channelId)
  }

  /** The connection is there: what is joined already is within reach again. */
  reached(): void {
    for (const channelId of this.inReach()) this.absences.end(channelId)
    this.absences.connected()
  }

  /**
   * The connection is lost: nothing is heard of what is joined.
   * @param heardAt when the service was last heard, ms since 1970, where that is known
   */
  lost(heardAt?: number): void {
    this.absences.disconnected(this.inReach(), heardAt)
  }

  private inReach(): string[] {
    return [...this.joined.keys()].filter((channelId) => this.slot(channelId).value.state === 'joined')
  }

  /** Another user is logged in from now on. */
  forgetAway(): void {
    this.absences.clear()
  }

  /** Leaves for good. Settles also when the server cannot be told. */
  async leave(channelId: string): Promise<void> {
    this.cancelRetry(channelId)
    const known = this.joined.get(channelId)
    this.slot(channelId).value = OUT
    this.absences.forget(channelId)
    if (!known) return
    this.forget(channelId, known.channel)
    await leaveQuietly(known.channel)
  }

  /** Joins all of `channelIds`, the most important first; what is beyond the limit is parked. */
  joinAll(channelIds: readonly string[]): void {
    channelIds.forEach((channelId, index) => {
      if (this.joined.has(channelId)) return
      if (index < JOINED_CHANNELS_MAX) this.joinLater(channelId, 0)
      else this.change(channelId, { state: 'parked' })
    })
  }

  /** The session is gone: the server has forgotten every channel, and so must we. */
  reset(): void {
    for (const channelId of this.retries.keys()) this.cancelRetry(channelId)
    this.lost()
    for (const [channelId, { channel }] of this.joined) {
      channel.removeAllListeners()
      this.change(channelId, { state: 'waiting', members: undefined, count: 0 })
    }
    this.joined.clear()
  }

  /** After a gap in the connection: who came and went meanwhile is not known, so the members are to be asked for again. */
  forgetMembers(): void {
    for (const channelId of this.joined.keys()) this.change(channelId, { members: undefined })
  }

  /** Somebody else uses the client from now on: nothing is known of any channel. */
  clear(): void {
    this.reset()
    this.views.clear()
    this.samePaces.clear()
  }

  /** Asks the server who is in the channel; the view shows it and follows it from then on. */
  async loadMembers(channelId: string): Promise<void> {
    const known = this.joined.get(channelId)
    if (!known || this.slot(channelId).value.state !== 'joined') return
    const members = await known.channel.getMembers()
    if (this.joined.get(channelId) === known) this.change(channelId, { members, count: Math.max(members.length, this.slot(channelId).value.count) })
  }

  /** Resolves when RTM lets this channel be joined: with `false` when nobody wants it any more by then. */
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
      // Of a channel with more members than these RTM names nobody any more.
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
    this.change(oldest[0], { state: 'parked' })
    if (wasJoined) this.absences.begin(oldest[0])
  }

  private failed(channelId: string, error: unknown): void {
    const code = isRtmError(error) ? error.code : undefined
    if (code === CODES.join.USER_NOT_LOGGED_IN) return this.change(channelId, { state: 'waiting' })
    this.change(channelId, { state: 'failed', code: code ?? CODES.join.FAILURE })
    this.events.failed(channelId, code ?? CODES.join.FAILURE)
    const delay = code === undefined ? undefined : JOIN_RETRY_MS.get(code)
    if (delay !== undefined) this.joinLater(channelId, delay)
  }

  private joinLater(channelId: string, delayMs: number): void {
    this.cancelRetry(channelId)
    const attempt = () => {
      this.retries.delete(channelId)
      // What fails is in the view by then, and tried again if it may pass.
      this.join(channelId).catch((error: unknown) => {
        if (!isRtmError(error)) throw error
      })
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
    let view = this.views.get(channelId)
    if (!view) {
      view = shallowRef(OUT)
      this.views.set(channelId, view)
    }
    return view
  }

  private change(channelId: string, part: Partial<ChannelView>): void {
    const view = this.slot(channelId)
    const { code: _code, ...kept } = view.value
    view.value = part.state === undefined ? { ...view.value, ...part } : { ...kept, ...part }
  }
}

/** Leaves a channel. When the session or the join is gone, the server has already forgotten us. */
async function leaveQuietly(channel: RtmChannel): Promise<void> {
  try {
    await channel.leave()
  } catch (error) {
    if (!isRtmError(error)) throw error
  }
}
