/**
 * Channels: who is in them, what is said in them, and who is told. Membership stands on the bus; this node holds the
 * members that are connected to it, and sends each what they should hear.
 */
import type { Cancel } from '../src/chat/time/clock'
import {
  CHANNEL_REDELIVERY,
  GET_MEMBERS_RATE,
  JOINED_CHANNELS_MAX,
  JOIN_RATE,
  MEMBERS_MAX,
  MEMBER_COUNT_IDS_MAX,
  MEMBER_COUNT_RATE,
  MEMBER_EVENTS_MAX,
  MESSAGE_MAX_BYTES,
  SEND_RATE,
  isValidId,
  utf8Length,
} from '../src/chat/rtm-limits'
import { CLOSE_CODE, type ChannelFrame, type Pair, type RequestFrame, type ServerFrame } from '../src/rtm/local/frames'
import { CHANNEL_MESSAGE, GET_MEMBERS, JOIN, LEAVE, MEMBER_COUNT, Refusal } from './codes'
import type { Connection } from './connection'
import { inBackground, type Context } from './context'
import { noteJoin, noteLeave } from './memberships'
import type { Outcome } from './requests'
import { Serial } from './serial'
import type { Session } from './session'
import type { ChannelMessage } from './store/port'
import { channelMembers, channelSubject, type ChannelEvent } from './subjects'

/**
 * New messages that wait until older ones have been sent: how many in one channel, and how many bytes of them (as UTF-16, and some
 * for each) in all channels of a session. A connection for which more would wait is closed as too slow.
 */
export const HELD_MAX = { messages: 1_000, bytes: 4 * 1024 * 1024 } as const

const HELD_OVERHEAD_BYTES = 128

/** For `afterSeq`: nothing was missed. */
const NOTHING_MISSED = Number.MAX_SAFE_INTEGER
/** No channel has this count. */
const NOT_TOLD = -1

/** A session in a channel. */
export interface Member {
  readonly session: Session
  /**
   * It is told what is said after this `seq`: the channel's last one when it joined for the first time (0: none is kept), or what
   * the client knew when it joined again after a lost session.
   */
  joinedAt: number
  /** Settles when the join has been carried out, or failed. */
  entered: Promise<void>
  /** How often it was asked for: what the client is told to the last one counts. */
  asked: number
  /** The last count this member was told; undefined until its join is answered. */
  toldCount: number | undefined
  /** New messages that wait until older ones have been sent; undefined: none need to wait. */
  held: Held | undefined
  /** The client has not heard that it is in, and asks again: nothing new comes before what it missed until then. */
  isUnheard: boolean
}

interface Held {
  readonly messages: ChannelMessage[]
  bytes: number
}

/** A channel with members on this node. */
interface LocalChannel {
  readonly id: string
  readonly members: Map<string, Member>
  count: number
  /** When a count was last sent to all (ms of `Clock.elapsed`). */
  announcedAt: number
  cancelTimer: Cancel | undefined
  readonly stopListening: () => void
}

export class Channels {
  private readonly local = new Map<string, LocalChannel>()
  private readonly sending = new Serial()

  constructor(private readonly context: Context) {}

  /** How many channels have members on this node. */
  get size(): number {
    return this.local.size
  }

  async join(session: Session, { ch }: RequestFrame<'join'>): Promise<Outcome> {
    if (!isValidId(ch)) throw new Refusal(JOIN.INVALID_ARGUMENT, 'not a channel id')
    const already = session.channels.get(ch)
    if (already?.isUnheard) return this.joinAgain(session, ch, already)
    if (already) throw new Refusal(JOIN.ALREADY_JOINED, 'already joined')
    if (session.channels.size >= JOINED_CHANNELS_MAX) throw new Refusal(JOIN.EXCEED_LIMIT, `${JOINED_CHANNELS_MAX} channels are joined already`)
    if (!session.rates.takeJoinOf(ch)) throw new Refusal(JOIN.JOIN_SAME_CHANNEL_TOO_OFTEN, 'this channel was joined twice in 5 s')
    if (!session.rates.take('join', JOIN_RATE)) throw new Refusal(JOIN.TOO_OFTEN, 'more than 50 joins in 3 s')

    const seen = session.seen.get(ch)
    const { connection } = session
    const member: Member = { session, joinedAt: seen ?? 0, entered: Promise.resolve(), asked: 1, toldCount: undefined, held: nothingHeld(), isUnheard: false }
    session.channels.set(ch, member)
    const channel = this.open(ch)
    channel.members.set(session.uid, member)
    try {
      member.entered = this.enter(channel, member, seen)
      await member.entered
    } catch (error) {
      if (isMember(ch, member)) await this.giveBack(session, ch, member)
      throw error
    }
    session.seen.delete(ch)
    // Over one connection, and for the first time, all that is new was held.
    const isContinuous = () => seen === undefined && session.connection === connection
    return { answer: { seq: member.joinedAt }, after: () => this.answered(ch, member, 1, isContinuous() ? NOTHING_MISSED : member.joinedAt) }
  }

  /** The client asks once more for a join that it has not heard of. */
  private async joinAgain(session: Session, ch: string, member: Member): Promise<Outcome> {
    this.willHear(member)
    const asked = ++member.asked
    await member.entered
    return { answer: { seq: member.joinedAt }, after: () => this.answered(ch, member, asked, member.joinedAt) }
  }

  /** The join was answered: the member is told of everything from now on, unless its client could not hear that. */
  private answered(ch: string, member: Member, asked: number, afterSeq: number): void {
    const channel = this.local.get(ch)
    if (channel && isMember(ch, member) && !member.isUnheard && member.asked === asked) this.catchUp(channel, member, afterSeq)
  }

  /** The next answer tells the client that it is in: what is said until then comes after that. */
  private willHear(member: Member): void {
    member.isUnheard = false
    member.held = nothingHeld()
  }

  async leave(session: Session, { ch }: RequestFrame<'leave'>): Promise<object> {
    const member = session.channels.get(ch)
    if (!member) throw new Refusal(LEAVE.NOT_IN_CHANNEL, 'not in the channel')
    await this.giveBack(session, ch, member)
    return {}
  }

  /** The member leaves, and wants to hear nothing of what is said until it joins again. */
  private async giveBack(session: Session, ch: string, member: Member): Promise<void> {
    await Promise.all([noteLeave(this.context, session, ch), this.exit(session, ch, member)])
  }

  /** For a session that is over. Its client may still come back as a member. */
  async leaveAll(session: Session): Promise<void> {
    await Promise.all([...session.channels].map(([ch, member]) => this.exit(session, ch, member)))
  }

  async send(session: Session, { ch, text }: RequestFrame<'send'>): Promise<object> {
    if (!session.channels.has(ch)) throw new Refusal(CHANNEL_MESSAGE.NOT_IN_CHANNEL, 'not in the channel')
    if (!session.rates.take('message', SEND_RATE)) throw new Refusal(CHANNEL_MESSAGE.TOO_OFTEN, 'more than 180 messages in 3 s')
    if (utf8Length(text) > MESSAGE_MAX_BYTES) {
      throw new Refusal(CHANNEL_MESSAGE.INVALID_MESSAGE, `the text is longer than ${MESSAGE_MAX_BYTES} bytes`)
    }
    const { bus, store, clock } = this.context
    const message = { from: session.uid, text, ts: clock.now() }
    await this.sending.run(ch, async () => {
      const kept = await store.append(ch, message)
      bus.publish(channelSubject(ch), { kind: 'message', ...kept })
    })
    return {}
  }

  async members(session: Session, { ch }: RequestFrame<'members'>): Promise<{ uids: string[] }> {
    if (!session.channels.has(ch)) throw new Refusal(GET_MEMBERS.NOT_IN_CHANNEL, 'not in the channel')
    if (!session.rates.take('members', GET_MEMBERS_RATE)) throw new Refusal(GET_MEMBERS.TOO_OFTEN, 'more than 5 calls in 2 s')
    const uids = await this.context.bus.listMembers(channelMembers(ch))
    return { uids: uids.length <= MEMBERS_MAX ? uids : sampleWith(session.uid, uids, MEMBERS_MAX) }
  }

  async counts(session: Session, { chs }: RequestFrame<'counts'>): Promise<{ counts: Pair<number>[] }> {
    if (chs.length > MEMBER_COUNT_IDS_MAX) throw new Refusal(MEMBER_COUNT.EXCEED_LIMIT, `more than ${MEMBER_COUNT_IDS_MAX} channels`)
    if (chs.length === 0 || !chs.every(isValidId)) throw new Refusal(MEMBER_COUNT.INVALID_ARGUMENT, 'not a list of channel ids')
    if (!session.rates.take('counts', MEMBER_COUNT_RATE)) throw new Refusal(MEMBER_COUNT.TOO_OFTEN, 'more than 1 call in 1 s')
    const { bus } = this.context
    const counts = [...new Set(chs)].map(async (ch): Promise<Pair<number>> => [ch, await bus.countMembers(channelMembers(ch))])
    return { counts: await Promise.all(counts) }
  }

  /**
   * After a lost connection: sends what the session missed in each of its channels.
   * @param seen the last `seq` the client knows, by channel. What it does not name it has not joined as far as it knows: its
   * join was carried out and not heard of, and it will ask again.
   */
  resume(session: Session, seen: ReadonlyMap<string, number>): void {
    for (const [ch, member] of session.channels) member.isUnheard = !seen.has(ch)
    for (const [ch, afterSeq] of seen) this.catchUpFrom(session, ch, afterSeq)
  }

  /**
   * The client asks again, after a lost connection, for a join that it has not heard of. `isAnswered`: it was just told;
   * otherwise it will be when the join has been carried out.
   */
  repeatJoin(session: Session, ch: string, isAnswered: boolean): void {
    if (isAnswered) return this.catchUpFrom(session, ch, 0)
    const member = session.channels.get(ch)
    // It may be another join than the one that is in.
    if (member && member.toldCount === undefined) this.willHear(member)
  }

  /** Resolves when what was being sent is kept. */
  async close(): Promise<void> {
    for (const channel of this.local.values()) this.shut(channel)
    await this.sending.idle()
  }

  private catchUpFrom(session: Session, ch: string, afterSeq: number): void {
    const channel = this.local.get(ch)
    const member = session.channels.get(ch)
    if (!channel || !member) return
    this.willHear(member)
    this.catchUp(channel, member, Math.max(afterSeq, member.joinedAt))
  }

  private open(ch: string): LocalChannel {
    const existing = this.local.get(ch)
    if (existing) return existing
    const channel: LocalChannel = {
      id: ch,
      members: new Map(),
      count: 0,
      announcedAt: Number.NEGATIVE_INFINITY,
      cancelTimer: undefined,
      stopListening: this.context.bus.listen(channelSubject(ch), (event) => this.onEvent(channel, event)),
    }
    this.local.set(ch, channel)
    return channel
  }

  private shut(channel: LocalChannel): void {
    channel.cancelTimer?.()
    channel.stopListening()
    if (this.local.get(channel.id) === channel) this.local.delete(channel.id)
  }

  /** @param seen what the client had seen when its session was lost; undefined: it joins for the first time. */
  private async enter(channel: LocalChannel, member: Member, seen: number | undefined): Promise<void> {
    const { bus, store } = this.context
    const { session } = member
    // Before anybody can know of the member: what is said from then on is for it too.
    if (seen === undefined) member.joinedAt = await store.lastSeq(channel.id)
    // It has left meanwhile: it was in, and is out again.
    if (!isMember(channel.id, member)) return
    await noteJoin(this.context, session, channel.id, member.joinedAt)
    if (!isMember(channel.id, member)) return
    const { changed, count } = await bus.addMember(channelMembers(channel.id), session.uid, session.owner)
    if (!session.channels.has(channel.id)) return void (await bus.removeMember(channelMembers(channel.id), session.uid, session.owner))
    channel.count = count
    if (changed) bus.publish(channelSubject(channel.id), { kind: 'joined', uid: session.uid, count })
    if (count === 1) this.background('keeping channel attributes', store.expireChannelAttributes(channel.id, undefined))
  }

  private async exit(session: Session, ch: string, member: Member): Promise<void> {
    const { bus, store, timing, clock } = this.context
    this.remove(session, ch, member)
    const { changed, count } = await bus.removeMember(channelMembers(ch), session.uid, session.owner)
    if (changed) bus.publish(channelSubject(ch), { kind: 'left', uid: session.uid, count })
    if (count === 0) this.background('expiring channel attributes', store.expireChannelAttributes(ch, clock.now() + timing.channelAttributesMs))
  }

  private background(what: string, work: Promise<unknown>): void {
    inBackground(this.context.log, what, work)
  }

  private remove(session: Session, ch: string, member: Member): void {
    if (session.channels.get(ch) === member) session.channels.delete(ch)
    const channel = this.local.get(ch)
    if (channel?.members.get(session.uid) !== member) return
    channel.members.delete(session.uid)
    if (channel.members.size === 0) this.shut(channel)
  }

  private onEvent(channel: LocalChannel, event: ChannelEvent): void {
    switch (event.kind) {
      case 'message':
        return this.onMessage(channel, event)
      case 'attributes':
        return toAll(channel, { t: 'attributes', ch: channel.id, attributes: event.attributes })
      case 'joined':
      case 'left':
        channel.count = event.count
        if (event.count <= MEMBER_EVENTS_MAX) toAll(channel, { t: event.kind, ch: channel.id, uid: event.uid }, event.uid)
        this.announceCount(channel)
    }
  }

  private onMessage(channel: LocalChannel, { kind: _kind, ...message }: ChannelEvent & { kind: 'message' }): void {
    let text: string | undefined
    for (const [uid, member] of channel.members) {
      const { connection } = member.session
      if (uid === message.from || !connection || member.isUnheard) continue
      if (!member.held) connection.sendText((text ??= messageText(channel.id, message)))
      else {
        hold(member.held, message)
        if (holdsTooMuch(member)) connection.close(CLOSE_CODE.SLOW, 'reads too slowly')
      }
    }
  }

  /** Tells all members the count, now or as soon as the last time is long enough ago. */
  private announceCount(channel: LocalChannel): void {
    if (channel.cancelTimer) return
    const { clock, timing } = this.context
    const { small, large } = timing.countIntervalMs
    const interval = channel.count > MEMBER_EVENTS_MAX ? large : small
    const wait = channel.announcedAt + interval - clock.elapsed()
    if (wait > 0) {
      channel.cancelTimer = clock.after(wait, () => {
        channel.cancelTimer = undefined
        this.tellCounts(channel)
      })
    } else this.tellCounts(channel)
  }

  private tellCounts(channel: LocalChannel): void {
    for (const member of channel.members.values()) {
      if (member.toldCount !== undefined && tellCount(channel, member)) channel.announcedAt = this.context.clock.elapsed()
    }
  }

  /** Tells the count, then what the member missed, then what came meanwhile. */
  private catchUp(channel: LocalChannel, member: Member, afterSeq: number): void {
    const { connection } = member.session
    member.toldCount = NOT_TOLD
    if (!connection) return
    tellCount(channel, member)
    this.background('redelivery in a channel', this.redeliver(channel.id, member, connection, afterSeq))
  }

  private async redeliver(ch: string, member: Member, connection: Connection, afterSeq: number): Promise<void> {
    const held = member.held ?? nothingHeld()
    member.held = held
    const isCurrent = () => member.held === held && member.session.connection === connection && isMember(ch, member)
    // What came into the channel while the member did was said before, as the answer has it.
    const begin = afterSeq === NOTHING_MISSED ? member.joinedAt : 0
    // What other nodes say may come a little out of order.
    const told = new Set<number>()
    const deliver = async (message: ChannelMessage) => {
      if (message.seq <= begin || told.has(message.seq) || !isCurrent()) return
      told.add(message.seq)
      if (connection.isFull) await new Promise<void>((resolve) => connection.whenDrained(resolve))
      if (isCurrent() && message.from !== member.session.uid) connection.sendText(messageText(ch, message))
    }
    try {
      const oldest = this.context.clock.now() - CHANNEL_REDELIVERY.withinMs
      const missed = afterSeq === NOTHING_MISSED ? [] : await this.context.store.recent(ch, afterSeq)
      for (const message of missed.slice(-CHANNEL_REDELIVERY.count)) if (message.ts >= oldest) await deliver(message)
    } finally {
      for (let message = takeHeld(held); message; message = takeHeld(held)) await deliver(message)
      if (isCurrent()) member.held = undefined
    }
  }
}

/** Whether it has not left meanwhile, nor joined anew. */
function isMember(ch: string, member: Member): boolean {
  return member.session.channels.get(ch) === member
}

function nothingHeld(): Held {
  return { messages: [], bytes: 0 }
}

function hold(held: Held, message: ChannelMessage): void {
  held.messages.push(message)
  held.bytes += heldBytes(message)
}

function takeHeld(held: Held): ChannelMessage | undefined {
  const message = held.messages.shift()
  if (message) held.bytes -= heldBytes(message)
  return message
}

function heldBytes({ text }: ChannelMessage): number {
  return HELD_OVERHEAD_BYTES + 2 * text.length
}

/** Whether too much waits for the client: in this channel, or in all of its channels. */
function holdsTooMuch({ held, session }: Member): boolean {
  if (held && held.messages.length > HELD_MAX.messages) return true
  let bytes = 0
  for (const other of session.channels.values()) bytes += other.held?.bytes ?? 0
  return bytes > HELD_MAX.bytes
}

/** To the members whose join has been answered. */
function toAll(channel: LocalChannel, frame: ServerFrame, except?: string): void {
  const text = JSON.stringify(frame)
  for (const [uid, member] of channel.members) {
    if (uid !== except && member.toldCount !== undefined) member.session.connection?.sendText(text)
  }
}

/** Whether there was something, and somebody, to tell. */
function tellCount(channel: LocalChannel, member: Member): boolean {
  if (!member.session.connection || member.toldCount === channel.count) return false
  member.toldCount = channel.count
  member.session.send({ t: 'count', ch: channel.id, n: channel.count })
  return true
}

function messageText(ch: string, { seq, from, text, ts }: ChannelMessage): string {
  const frame: ChannelFrame = { t: 'msg', ch, seq, from, text, ts }
  return JSON.stringify(frame)
}

/** `size` of `all`, at random, `own` among them. */
function sampleWith(own: string, all: readonly string[], size: number): string[] {
  const others = all.filter((uid) => uid !== own)
  for (let i = 0; i < size - 1; i++) {
    const j = i + Math.floor(Math.random() * (others.length - i))
    const a = others[i]
    const b = others[j]
    if (a === undefined || b === undefined) break
    others[i] = b
    others[j] = a
  }
  return [own, ...others.slice(0, size - 1)]
}
