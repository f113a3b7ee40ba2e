import { clock, pause } from '@/src/chat/time/clock'
import {
  CHANNEL_ATTRIBUTES_MAX_BYTES,
  isValidId,
  LOGIN_INTERVAL_MS,
  MEMBER_COUNT_IDS_MAX,
  MESSAGE_MAX_BYTES,
  QUERY_PEERS_MAX,
  RateWindow,
  SEND_RATE,
  SUBSCRIBED_PEERS_MAX,
  USER_ATTRIBUTES_MAX_BYTES,
  utf8Length,
} from '@/src/chat/rtm-limits'
import { checkChannelId, checkCredentials, textOf } from '../checks'
import { Emitter } from '../emitter'
import { rtmError } from '../error-name'
import { RtmError } from '../errors'
import type {
  AttributesMap,
  ChannelAttributeOptions,
  ChannelAttributes,
  ConnectionChangeReason,
  ConnectionState,
  PeerMessageSendResult,
  RtmChannel,
  RtmClient,
  RtmClientEvents,
  RtmMessage,
  SendMessageOptions,
} from '../port'
import { applyChange, attributeKeys, attributePairs, changesToRestore, type AttributeChange } from './attributes'
import { LocalChannel, type ChannelHost } from './channel'
import type { LoginAnswer, Pair, PeerFrame, ServerFrame } from './frames'
import { Inbox } from './redelivery'
import { Link, type LinkOptions, type LinkOwner } from './link'
import { byId, channelAttributes } from './results'

/**
 * RTM 1.x over the local gateway. Checks come in the order of RTM 1.x; the first that fails decides.
 *
 * Longer than 300 lines: a method for each call of RTM's client.
 */
export class LocalClient extends Emitter<RtmClientEvents> implements RtmClient, LinkOwner, ChannelHost {
  readonly link: Link
  readonly timing: LinkOptions['timing']
  readonly channels = new Map<string, LocalChannel>()
  private readonly appId: string
  private readonly sent = new RateWindow(SEND_RATE)
  private lastLoginAt = -Infinity
  private inbox = this.newInbox()
  /** Counts the sessions, so that work for one stops with it. */
  private session = 0
  /** What a new session must have again. */
  private subscribed = new Set<string>()
  private attributes: ReadonlyMap<string, string> = new Map()

  /**
   * @param heardTime see Rtm.createInstance
   * @param silentSince see Rtm.createInstance
   */
  constructor(
    options: LinkOptions,
    private readonly heardTime: (time: number) => void = () => undefined,
    readonly silentSince: (time: number) => void = () => undefined,
  ) {
    super()
    this.appId = options.appId
    this.timing = options.timing
    this.link = new Link(options, this)
  }

  async login({ uid, token }: { uid: string; token?: string }): Promise<void> {
    checkCredentials(uid, token)
    const now = clock.now()
    if (Math.abs(now - this.lastLoginAt) < LOGIN_INTERVAL_MS) throw rtmError('login', 'TOO_OFTEN')
    if (this.link.state !== 'DISCONNECTED') throw rtmError('login', 'ALREADY_LOGIN')
    this.lastLoginAt = now
    await this.link.start({ uid, token: token && token !== this.appId ? token : undefined })
  }

  logout(): Promise<void> {
    return this.link.stop()
  }

  async renewToken(token: string): Promise<void> {
    if (typeof token !== 'string' || token === '') throw rtmError('renewToken', 'INVALID_ARGUMENT')
    await this.link.renew(token)
  }

  checkConnection(): Promise<boolean> {
    return this.link.check()
  }

  async sendMessageToPeer(message: RtmMessage, peerId: string, options: SendMessageOptions = {}): Promise<PeerMessageSendResult> {
    const text = textOf(message, 'peerMessage')
    this.link.requireLogin('peerMessage')
    const waits = this.link.state === 'RECONNECTING'
    if (!waits) this.takeSendPlace('peerMessage')
    if (!isValidId(peerId)) throw rtmError('peerMessage', 'INVALID_USERID')
    if (utf8Length(text) > MESSAGE_MAX_BYTES) {
      throw rtmError('peerMessage', 'INVALID_MESSAGE', 'RtmLimitExceededError')
    }
    const ask = { to: peerId, text, ...(options.enableOfflineMessaging === true && { offline: true }) }
    const { received } = await this.link.request('peerMessage', 'peer', ask, {
      queueTimeoutMs: this.timing.reconnectingSendTimeoutMs,
      admit: () => waits && this.takeSendPlace('peerMessage'),
    })
    return { hasPeerReceived: received }
  }

  createChannel(channelId: string): RtmChannel {
    checkChannelId(channelId)
    return new LocalChannel(channelId, this)
  }

  // ------------------------------------------------------------------------------------------- attributes

  async setLocalUserAttributes(attributes: AttributesMap): Promise<void> {
    await this.changeOwn({ op: 'set', attributes: attributePairs(attributes, USER_ATTRIBUTES_MAX_BYTES) })
  }

  async addOrUpdateLocalUserAttributes(attributes: AttributesMap): Promise<void> {
    await this.changeOwn({ op: 'add', attributes: attributePairs(attributes, USER_ATTRIBUTES_MAX_BYTES) })
  }

  async deleteLocalUserAttributesByKeys(keys: string[]): Promise<void> {
    await this.changeOwn({ op: 'delete', keys: attributeKeys(keys) })
  }

  async clearLocalUserAttributes(): Promise<void> {
    await this.changeOwn({ op: 'clear' })
  }

  async getUserAttributes(uid: string): Promise<AttributesMap> {
    checkAttributesOf(uid)
    return byId((await this.link.request('attributes', 'getUser', { uid })).attributes)
  }

  async getUserAttributesByKeys(uid: string, keys: string[]): Promise<AttributesMap> {
    checkAttributesOf(uid)
    return byId((await this.link.request('attributes', 'getUser', { uid, keys: attributeKeys(keys) })).attributes)
  }

  async setChannelAttributes(channelId: string, attributes: AttributesMap, options?: ChannelAttributeOptions): Promise<void> {
    checkAttributesOf(channelId)
    await this.changeChannel(channelId, { op: 'set', attributes: attributePairs(attributes, CHANNEL_ATTRIBUTES_MAX_BYTES) }, options)
  }

  async addOrUpdateChannelAttributes(channelId: string, attributes: AttributesMap, options?: ChannelAttributeOptions): Promise<void> {
    checkAttributesOf(channelId)
    await this.changeChannel(channelId, { op: 'add', attributes: attributePairs(attributes, CHANNEL_ATTRIBUTES_MAX_BYTES) }, options)
  }

  async deleteChannelAttributesByKeys(channelId: string, keys: string[], options?: ChannelAttributeOptions): Promise<void> {
    checkAttributesOf(channelId)
    await this.changeChannel(channelId, { op: 'delete', keys: attributeKeys(keys) }, options)
  }

  async clearChannelAttributes(channelId: string, options?: ChannelAttributeOptions): Promise<void> {
    checkAttributesOf(channelId)
    await this.changeChannel(channelId, { op: 'clear' }, options)
  }

  async getChannelAttributes(channelId: string): Promise<ChannelAttributes> {
    checkAttributesOf(channelId)
    return channelAttributes((await this.link.request('attributes', 'getChannel', { ch: channelId })).attributes)
  }

  async getChannelAttributesByKeys(channelId: string, keys: string[]): Promise<ChannelAttributes> {
    checkAttributesOf(channelId)
    return channelAttributes((await this.link.request('attributes', 'getChannel', { ch: channelId, keys: attributeKeys(keys) })).attributes)
  }

  // ------------------------------------------------------------------------------------------- presence and counts

  async queryPeersOnlineStatus(peerIds: string[]): Promise<{ [peerId: string]: boolean }> {
    const operation = 'queryPeersOnlineStatus'
    this.link.requireLogin(operation)
    if (!areIds(peerIds) || peerIds.length > QUERY_PEERS_MAX) throw rtmError(operation, 'INVALID_ARGUMENT')
    return byId((await this.link.request(operation, 'online', { uids: peerIds })).online)
  }

  async subscribePeersOnlineStatus(peerIds: string[]): Promise<void> {
    await this.changeSubscriptions('subscribe', peerIds, () => new Set([...this.subscribed, ...peerIds]))
  }

  async unsubscribePeersOnlineStatus(peerIds: string[]): Promise<void> {
    await this.changeSubscriptions('unsubscribe', peerIds, () => new Set([...this.subscribed].filter((id) => !peerIds.includes(id))))
  }

  async queryPeersBySubscriptionOption(option: 'ONLINE_STATUS'): Promise<string[]> {
    const operation = 'queryPeersBySubscriptionOption'
    this.link.requireLogin(operation)
    if (option !== 'ONLINE_STATUS') throw rtmError(operation, 'FAILURE', 'RtmInvalidArgumentError')
    return (await this.link.request(operation, 'subscribed', {})).uids
  }

  async getChannelMemberCount(channelIds: string[]): Promise<{ [channelId: string]: number }> {
    const operation = 'getChannelMemberCount'
    this.link.requireLogin(operation)
    if (!areIds(channelIds)) throw rtmError(operation, 'INVALID_ARGUMENT')
    if (channelIds.length > MEMBER_COUNT_IDS_MAX) throw rtmError(operation, 'EXCEED_LIMIT', 'RtmInvalidArgumentError')
    return byId((await this.link.request(operation, 'counts', { chs: channelIds })).counts)
  }

  // ------------------------------------------------------------------------------------------- what the link tells

  stateChanged(state: ConnectionState, reason: ConnectionChangeReason): void {
    void this.emit('ConnectionStateChanged', state, reason)
  }

  tokenExpired(): void {
    void this.emit('TokenExpired')
  }

  received(frame: ServerFrame): void {
    switch (frame.t) {
      case 'peer':
        return void this.receivePeer(frame)
      case 'msg':
      case 'joined':
      case 'left':
      case 'count':
      case 'attributes':
        return this.channels.get(frame.ch)?.receive(frame)
      case 'status':
        return void this.emit('PeersOnlineStatusChanged', byId(frame.peers))
      case 'expiring':
        return void this.emit('TokenPrivilegeWillExpire')
    }
  }

  joinedChannels(): Pair<number>[] {
    return [...this.channels.values()].flatMap(({ channelId, resumePoint }) => (resumePoint === undefined ? [] : [[channelId, resumePoint] as const]))
  }

  sessionStarted({ resumed, channels, ts }: LoginAnswer): void {
    const kept = new Set(channels)
    for (const [id, channel] of this.channels) if (!kept.has(id)) channel.restore()
    if (resumed) return
    if (ts !== undefined) this.heardTime(ts)
    const session = ++this.session
    const isWanted = () => this.session === session
    this.inbox = this.newInbox()
    const peers = [...this.subscribed]
    if (peers.length > 0) void this.restore(() => this.link.request('peerSubscription', 'subscribe', { uids: peers }, { first: true }), isWanted)
    for (const change of changesToRestore(this.attributes)) {
      void this.restore(() => this.link.request('attributes', 'setUser', change, { first: true }), isWanted)
    }
  }

  sessionEnded(): void {
    this.session++
    this.inbox = this.newInbox()
    for (const channel of [...this.channels.values()]) channel.forget()
    this.subscribed = new Set()
    this.attributes = new Map()
  }

  // ------------------------------------------------------------------------------------------- what the channels ask

  takeSendPlace(operation: 'peerMessage' | 'channelMessage'): void {
    if (this.sent.take(clock.now()) > 0) throw rtmError(operation, 'TOO_OFTEN')
  }

  async restore(task: () => Promise<unknown>, isWanted: () => boolean): Promise<void> {
    while (isWanted()) {
      try {
        await task()
        return
      } catch (error) {
        if (!(error instanceof RtmError)) throw error
        if (isWanted()) await pause(clock, this.timing.restoreDelayMs)
      }
    }
  }

  // -------------------------------------------------------------------------------------------

  private async receivePeer({ mid, from, text, ts, off }: PeerFrame): Promise<void> {
    await this.inbox.receive(mid, async () => {
      // RTM drops what one sends to oneself, on the receiving side
      if (from === this.link.uid) return true
      const properties = { serverReceivedTs: ts, isOfflineMessage: off === true, isHistoricalMessage: false }
      return this.emit('MessageFromPeer', { text, messageType: 'TEXT' }, from, properties)
    })
  }

  private newInbox(): Inbox {
    const inbox: Inbox = new Inbox((mid) => {
      // a listener may be done only after its session is over, and the next one counts anew
      if (inbox === this.inbox) this.link.acknowledge(mid)
    })
    return inbox
  }

  private async changeSubscriptions(name: 'subscribe' | 'unsubscribe', uids: string[], changed: () => Set<string>): Promise<void> {
    const operation = 'peerSubscription'
    this.link.requireLogin(operation)
    if (!areIds(uids)) throw rtmError(operation, 'INVALID_ARGUMENT')
    if (changed().size > SUBSCRIBED_PEERS_MAX) throw rtmError(operation, 'OVERFLOW')
    await this.link.request(operation, name, { uids })
    this.subscribed = changed()
  }

  private async changeOwn(change: AttributeChange): Promise<void> {
    await this.link.request('attributes', 'setUser', change)
    this.attributes = applyChange(this.attributes, change)
  }

  private async changeChannel(ch: string, change: AttributeChange, options: ChannelAttributeOptions = {}): Promise<void> {
    await this.link.request('attributes', 'setChannel', { ch, notify: options.enableNotificationToChannelMembers === true, ...change })
  }
}

function areIds(ids: unknown): ids is string[] {
  return Array.isArray(ids) && ids.length > 0 && ids.every(isValidId)
}

function checkAttributesOf(id: unknown): void {
  if (!isValidId(id)) throw rtmError('attributes', 'INVALID_ARGUMENT')
}
