import { isValidId } from '@/src/chat/rtm-limits'
import { checkAppId, checkChannelId, checkCredentials, textOf } from '../checks'
import { Emitter } from '../emitter'
import { rtmError, unsupported } from '../error-name'
import { notLoggedIn, type RtmOperation } from '../errors'
import type {
  ConnectionChangeReason,
  ConnectionState,
  PeerMessageSendResult,
  PeerOnlineState,
  RtmChannel,
  RtmClient,
  RtmClientEvents,
  RtmTextMessage,
} from '../port'
import { callSdk } from './call'
import { AgoraChannel } from './channel'
import { fromSdkError } from './error'
import { receivedMessage, receivedProperties } from './received'
import type { SdkClient, SdkModule } from './sdk'

/** Silences the SDK's console: failures reach the app as rejections. */
const SILENT = { enableLogUpload: false, logFilter: { error: false, warn: false, info: false, track: false, debug: false } }

/** The differences between the two SDKs. */
export interface SdkFeatures {
  /** Whether the SDK has subscribePeersOnlineStatus. */
  readonly presence: boolean
  /** Whether the adapter has to emit MemberCountUpdated. */
  readonly countsMembers: boolean
}

/** createInstance of the port over one of the SDKs. */
export function createAgoraClient(sdk: SdkModule, features: SdkFeatures, appId: string): RtmClient {
  checkAppId(appId)
  try {
    return new AgoraClient(sdk.createInstance(appId, SILENT), features)
  } catch (error) {
    throw fromSdkError('createInstance', error)
  }
}

/** Adapts a client of one of Agora's SDKs to the port. */
class AgoraClient extends Emitter<RtmClientEvents> implements RtmClient {
  private state: ConnectionState = 'DISCONNECTED'
  /** The joined channels. */
  private readonly joined = new Set<AgoraChannel>()

  constructor(
    private readonly sdk: SdkClient,
    private readonly features: SdkFeatures,
  ) {
    super()
    sdk.on('ConnectionStateChanged', (state, reason) => this.stateChanged(state as ConnectionState, reason as ConnectionChangeReason))
    sdk.on('MessageFromPeer', (message, peerId, properties) => {
      void this.emit('MessageFromPeer', receivedMessage(message), String(peerId), receivedProperties(properties))
    })
    sdk.on('TokenExpired', () => void this.emit('TokenExpired'))
    sdk.on('TokenPrivilegeWillExpire', () => void this.emit('TokenPrivilegeWillExpire'))
    sdk.on('PeersOnlineStatusChanged', (status) => void this.emit('PeersOnlineStatusChanged', status as Record<string, PeerOnlineState>))
  }

  async login({ uid, token }: { uid: string; token?: string }): Promise<void> {
    checkCredentials(uid, token)
    await callSdk('login', () => this.sdk.login({ uid, token: token || undefined }))
  }

  async logout(): Promise<void> {
    await callSdk('logout', () => this.sdk.logout())
  }

  async renewToken(token: string): Promise<void> {
    if (typeof token !== 'string' || token === '') throw rtmError('renewToken', 'INVALID_ARGUMENT')
    // rtm.miniapp.js would never settle in ABORTED.
    this.requireLogin('renewToken')
    await callSdk('renewToken', () => this.sdk.renewToken(token))
  }

  async sendMessageToPeer(message: RtmTextMessage, peerId: string): Promise<PeerMessageSendResult> {
    textOf(message, 'peerMessage')
    this.requireLogin('peerMessage')
    if (!isValidId(peerId)) throw rtmError('peerMessage', 'INVALID_USERID')
    const result = await callSdk('peerMessage', () => this.sdk.sendMessageToPeer(message, peerId))
    return { hasPeerReceived: (result as Partial<PeerMessageSendResult> | undefined)?.hasPeerReceived === true }
  }

  createChannel(channelId: string): RtmChannel {
    checkChannelId(channelId)
    try {
      const options = { countsMembers: this.features.countsMembers, isLoggedIn: () => this.isLoggedIn, joined: this.joined }
      return new AgoraChannel(channelId, this.sdk.createChannel(channelId), options)
    } catch (error) {
      throw fromSdkError('createChannel', error)
    }
  }

  /** The SDK accepts ids with tabs and line breaks, which RTM's rules forbid. */
  async subscribePeersOnlineStatus(peerIds: string[]): Promise<void> {
    const operation = 'peerSubscription'
    if (!this.features.presence || !this.sdk.subscribePeersOnlineStatus) throw unsupported(operation)
    if (this.isLoggedIn && Array.isArray(peerIds) && !peerIds.every(isValidId)) throw rtmError(operation, 'INVALID_ARGUMENT')
    await callSdk(operation, () => this.sdk.subscribePeersOnlineStatus?.(peerIds))
  }

  // -------------------------------------------------------------------------------------------

  private get isLoggedIn(): boolean {
    return this.state === 'CONNECTED' || this.state === 'RECONNECTING'
  }

  private requireLogin(operation: RtmOperation): void {
    if (!this.isLoggedIn) throw notLoggedIn(operation)
  }

  private stateChanged(state: ConnectionState, reason: ConnectionChangeReason): void {
    const wasReconnecting = this.state === 'RECONNECTING'
    this.state = state
    void this.emit('ConnectionStateChanged', state, reason)
    for (const channel of [...this.joined]) {
      if (wasReconnecting && state === 'CONNECTED') channel.reconnected()
      else if (!this.isLoggedIn) channel.sessionEnded()
    }
  }
}
