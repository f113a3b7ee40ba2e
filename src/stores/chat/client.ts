/** The one RTM client: created once, with its connection state, and its events passed on. */
import { markRaw, shallowRef, type ShallowRef } from 'vue'
import type { Wire } from '@/src/chat/message/envelope'
import { once } from '@/src/chat/util/once'
import { time } from '@/src/chat/time/time'
import { appId, loadRtm } from '@/src/rtm/backend'
import { notLoggedIn } from '@/src/rtm/errors'
import type {
  ConnectionChangeReason,
  ConnectionState,
  PeerMessageSendResult,
  PeerOnlineState,
  ReceivedMessageProperties,
  Rtm,
  RtmBackendName,
  RtmCapabilities,
  RtmClient,
  RtmMessage,
} from '@/src/rtm/port'
import { lookAtDay } from '../today'

export interface Connection {
  readonly state: ConnectionState
  /** Undefined before the first change. */
  readonly reason: ConnectionChangeReason | undefined
}

export interface ClientEvents {
  /** `before`: the connection's previous state. */
  connectionChanged(state: ConnectionState, reason: ConnectionChangeReason, before: ConnectionState): void
  /** Resolves to whether the message was saved. */
  peerMessage(from: string, message: RtmMessage, props: ReceivedMessageProperties): Promise<boolean>
  peerChanged(uid: string, state: PeerOnlineState): void
  tokenExpired(): void
  tokenWillExpire(): void
}

export class Client {
  /** Called once it is created. */
  readonly rtmClient: ShallowRef<RtmClient | undefined> = shallowRef()
  readonly backendName: ShallowRef<RtmBackendName | undefined> = shallowRef()
  readonly connection: ShallowRef<Connection> = shallowRef({ state: 'DISCONNECTED', reason: undefined })
  /** Whether the service was heard on this connection, after the last time the device reported that it has no network. */
  readonly isHeard: ShallowRef<boolean> = shallowRef(false)
  /** When the service was last heard before the connection was lost, ms since 1970, if the backend knows. */
  lastHeard: number | undefined
  private rtm: Rtm | undefined

  constructor(
    private readonly events: ClientEvents,
    private readonly wire: Wire,
  ) {}

  /** Creates the client, once. Rejects with SdkMissingError, SdkUnusableError or RtmError. The next call tries again. */
  readonly open = once(async (): Promise<RtmClient> => {
    const { events } = this
    this.rtm = await loadRtm()
    this.backendName.value = this.rtm.name
    const heardTime = (serverTime: number) => this.heardTime(serverTime)
    const silentSince = (at: number) => {
      this.lastHeard = at
    }
    const opened = markRaw(this.rtm.createInstance(appId, heardTime, silentSince))
    opened.on('ConnectionStateChanged', (state, reason) => this.connectionChanged(state, reason))
    opened.on('MessageFromPeer', (message, from, props) => events.peerMessage(from, message, props))
    opened.on('PeersOnlineStatusChanged', (status) => {
      for (const [uid, state] of Object.entries(status)) events.peerChanged(uid, state)
    })
    opened.on('TokenExpired', () => events.tokenExpired())
    opened.on('TokenPrivilegeWillExpire', () => events.tokenWillExpire())
    this.rtmClient.value = opened
    return opened
  })

  /** The client. Throws before {@link open} has created it. */
  require(): RtmClient {
    const client = this.rtmClient.value
    if (!client) throw new Error('there is no client yet')
    return client
  }

  get capabilities(): RtmCapabilities {
    if (!this.rtm) throw new Error('there is no backend yet')
    return this.rtm.capabilities
  }

  /** Whether the backend knows who is online. False before the client is created. */
  get hasPresence(): boolean {
    return this.rtm?.capabilities.presence === true
  }

  get isConnected(): boolean {
    return this.connection.value.state === 'CONNECTED'
  }

  /** `keep`: the service stores the message for an offline peer, if it can. */
  sendToPeer(peer: string, text: string, keep: boolean): Promise<PeerMessageSendResult> {
    const isStored = keep && this.capabilities.offlineMessages && this.wire === 'rich'
    return this.require().sendMessageToPeer({ text }, peer, isStored ? { enableOfflineMessaging: true } : {})
  }

  /** Rejects with RtmError, also while there is no connection. */
  async subscribePeers(uids: string[]): Promise<void> {
    const client = this.rtmClient.value
    if (!this.isConnected || !client) throw notLoggedIn('peerSubscription')
    await client.subscribePeersOnlineStatus(uids)
  }

  /** A message or event arrived from the service. */
  heard(): void {
    this.isHeard.value = this.isConnected
  }

  /** The service has sent its time, ms since 1970. */
  heardTime(serverTime: number): void {
    if (time.heard(serverTime)) lookAtDay()
  }

  private connectionChanged(state: ConnectionState, reason: ConnectionChangeReason): void {
    const before = this.connection.value.state
    this.connection.value = { state, reason }
    this.isHeard.value = false
    this.events.connectionChanged(state, reason, before)
    this.heard()
  }
}
