import { clock, pause } from '@/src/chat/time/clock'
import { isValidId, LOGIN_INTERVAL_MS, MESSAGE_MAX_BYTES, RateWindow, SEND_RATE, SUBSCRIBED_PEERS_MAX, utf8Length } from '@/src/chat/rtm-limits'
import { checkChannelId, checkCredentials, textOf } from '../checks'
import { Emitter } from '../emitter'
import { rtmError } from '../error-name'
import { RtmError } from '../errors'
import type { ConnectionChangeReason, ConnectionState, FileServer, PeerMessageSendResult, RtmChannel, RtmClient, RtmClientEvents, RtmTextMessage, SendMessageOptions } from '../port'
import { LocalChannel, type ChannelHost } from './channel'
import type { UsedFrame } from './decode'
import type { LoginAnswer, Pair, PeerFrame } from './frames'
import { LocalFileServer } from './file-server'
import { Inbox } from './redelivery'
import { Link, type LinkOptions, type LinkOwner } from './link'

/** RTM 1.x over the local gateway. Checks are in the order of RTM 1.x. The first that fails decides. */
export class LocalClient extends Emitter<RtmClientEvents> implements RtmClient, LinkOwner, ChannelHost {
  readonly link: Link
  readonly timing: LinkOptions['timing']
  readonly channels = new Map<string, LocalChannel>()
  private readonly fileServer: LocalFileServer
  private readonly appId: string
  private readonly sent = new RateWindow(SEND_RATE)
  private lastLoginAt = -Infinity
  private inbox = this.newInbox()
  /** Bumped with each session, so that work for an old one stops. */
  private session = 0
  /** The state that a new session must restore. */
  private subscribed = new Set<string>()

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
    this.fileServer = new LocalFileServer(options.url, () => this.link.request('fileBearer', 'bearer', {}))
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

  async sendMessageToPeer(message: RtmTextMessage, peerId: string, options: SendMessageOptions = {}): Promise<PeerMessageSendResult> {
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

  get files(): FileServer | undefined {
    return this.fileServer.isThere ? this.fileServer : undefined
  }

  createChannel(channelId: string): RtmChannel {
    checkChannelId(channelId)
    return new LocalChannel(channelId, this)
  }

  async subscribePeersOnlineStatus(peerIds: string[]): Promise<void> {
    const operation = 'peerSubscription'
    this.link.requireLogin(operation)
    if (!Array.isArray(peerIds) || peerIds.length === 0 || !peerIds.every(isValidId)) throw rtmError(operation, 'INVALID_ARGUMENT')
    if (new Set([...this.subscribed, ...peerIds]).size > SUBSCRIBED_PEERS_MAX) throw rtmError(operation, 'OVERFLOW')
    await this.link.request(operation, 'subscribe', { uids: peerIds })
    for (const id of peerIds) this.subscribed.add(id)
  }

  // ------------------------------------------------------------------------------------------- events of the link

  stateChanged(state: ConnectionState, reason: ConnectionChangeReason): void {
    void this.emit('ConnectionStateChanged', state, reason)
  }

  tokenExpired(): void {
    void this.emit('TokenExpired')
  }

  received(frame: UsedFrame): void {
    switch (frame.t) {
      case 'peer':
        return void this.receivePeer(frame)
      case 'msg':
      case 'joined':
      case 'left':
      case 'count':
        return this.channels.get(frame.ch)?.receive(frame)
      case 'status':
        // Creates an own property for any id, even `__proto__`.
        return void this.emit('PeersOnlineStatusChanged', Object.fromEntries(frame.peers))
      case 'expiring':
        return void this.emit('TokenPrivilegeWillExpire')
    }
  }

  joinedChannels(): Pair<number>[] {
    return [...this.channels.values()].flatMap(({ channelId, resumePoint }) => (resumePoint === undefined ? [] : [[channelId, resumePoint] as const]))
  }

  sessionStarted({ resumed, channels, ts, files }: LoginAnswer): void {
    this.fileServer.take(files)
    const kept = new Set(channels)
    for (const [id, channel] of this.channels) if (!kept.has(id)) channel.restore()
    if (resumed) return
    if (ts !== undefined) this.heardTime(ts)
    const session = ++this.session
    const isWanted = () => this.session === session
    this.inbox = this.newInbox()
    const peers = [...this.subscribed]
    if (peers.length > 0) void this.restore(() => this.link.request('peerSubscription', 'subscribe', { uids: peers }, { first: true }), isWanted)
  }

  sessionEnded(): void {
    this.session++
    this.inbox = this.newInbox()
    for (const channel of [...this.channels.values()]) channel.forget()
    this.subscribed = new Set()
  }

  // ------------------------------------------------------------------------------------------- services for the channels

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
      // RTM drops messages to the sender itself, on the receiving side.
      if (from === this.link.uid) return true
      const properties = { serverReceivedTs: ts, isOfflineMessage: off === true, isHistoricalMessage: false }
      return this.emit('MessageFromPeer', { text, messageType: 'TEXT' }, from, properties)
    })
  }

  private newInbox(): Inbox {
    const inbox: Inbox = new Inbox((mid) => {
      // A listener may finish only after its session has ended, and the next session counts from the start.
      if (inbox === this.inbox) this.link.acknowledge(mid)
    })
    return inbox
  }
}
