import { isValidId } from '@/src/chat/rtm-limits'
import { checkAppId, checkChannelId, checkCredentials, isRawMessage, textOf, unsupported } from '../checks'
import { Emitter } from '../emitter'
import { notLoggedIn, rtmError } from '../error-name'
import type { RtmOperation } from '../errors'
import type {
  AttributesMap,
  ChannelAttributeOptions,
  ChannelAttributes,
  ConnectionChangeReason,
  ConnectionState,
  PeerMessageSendResult,
  PeerOnlineState,
  RtmCapabilities,
  RtmChannel,
  RtmClient,
  RtmClientEvents,
  RtmMessage,
} from '../port'
import { callSdk } from './call'
import { AgoraChannel } from './channel'
import { fromSdkError } from './error'
import { receivedMessage, receivedProperties } from './received'
import type { SdkClient, SdkModule } from './sdk'

/** What every failure is, the promises tell; the console is the app's. */
const SILENT = { enableLogUpload: false, logFilter: { error: false, warn: false, info: false, track: false, debug: false } }

/** createInstance of the port over one of the SDKs. */
export function createAgoraClient(sdk: SdkModule, capabilities: RtmCapabilities, appId: string): RtmClient {
  checkAppId(appId)
  try {
    return new AgoraClient(sdk.createInstance(appId, SILENT), capabilities)
  } catch (error) {
    throw fromSdkError('createInstance', error)
  }
}

/** A client of one of Agora's SDKs as the port's. */
class AgoraClient extends Emitter<RtmClientEvents> implements RtmClient {
  private state: ConnectionState = 'DISCONNECTED'
  /** The channels that are joined. */
  private readonly joined = new Set<AgoraChannel>()

  constructor(
    private readonly sdk: SdkClient,
    private readonly capabilities: RtmCapabilities,
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
    // rtm.miniapp.js would never settle in ABORTED
    this.requireLogin('renewToken')
    await callSdk('renewToken', () => this.sdk.renewToken(token))
  }

  async sendMessageToPeer(message: RtmMessage, peerId: string): Promise<PeerMessageSendResult> {
    if (!(this.capabilities.rawMessages && isRawMessage(message))) textOf(message, 'peerMessage')
    this.requireLogin('peerMessage')
    if (!isValidId(peerId)) throw rtmError('peerMessage', 'INVALID_USERID')
    const result = await callSdk('peerMessage', () => this.sdk.sendMessageToPeer(message, peerId))
    return { hasPeerReceived: (result as Partial<PeerMessageSendResult> | undefined)?.hasPeerReceived === true }
  }

  createChannel(channelId: string): RtmChannel {
    checkChannelId(channelId)
    try {
      const { rawMessages, memberCount } = this.capabilities
      const options = { rawMessages, countsMembers: !memberCount, isLoggedIn: () => this.isLoggedIn, joined: this.joined }
      return new AgoraChannel(channelId, this.sdk.createChannel(channelId), options)
    } catch (error) {
      throw fromSdkError('createChannel', error)
    }
  }

  // ------------------------------------------------------------------------------------------- attributes

  async setLocalUserAttributes(attributes: AttributesMap): Promise<void> {
    await this.userAttributes('setLocalUserAttributes', attributes)
  }

  async addOrUpdateLocalUserAttributes(attributes: AttributesMap): Promise<void> {
    await this.userAttributes('addOrUpdateLocalUserAttributes', attributes)
  }

  async deleteLocalUserAttributesByKeys(keys: string[]): Promise<void> {
    await this.userAttributes('deleteLocalUserAttributesByKeys', keys)
  }

  async clearLocalUserAttributes(): Promise<void> {
    await this.userAttributes('clearLocalUserAttributes')
  }

  async getUserAttributes(uid: string): Promise<AttributesMap> {
    return (await this.userAttributes('getUserAttributes', uid)) as AttributesMap
  }

  async getUserAttributesByKeys(uid: string, keys: string[]): Promise<AttributesMap> {
    return (await this.userAttributes('getUserAttributesByKeys', uid, keys)) as AttributesMap
  }

  async setChannelAttributes(channelId: string, attributes: AttributesMap, options?: ChannelAttributeOptions): Promise<void> {
    await this.channelAttributes('setChannelAttributes', channelId, attributes, options)
  }

  async addOrUpdateChannelAttributes(channelId: string, attributes: AttributesMap, options?: ChannelAttributeOptions): Promise<void> {
    await this.channelAttributes('addOrUpdateChannelAttributes', channelId, attributes, options)
  }

  async deleteChannelAttributesByKeys(channelId: string, keys: string[], options?: ChannelAttributeOptions): Promise<void> {
    await this.channelAttributes('deleteChannelAttributesByKeys', channelId, keys, options)
  }

  async clearChannelAttributes(channelId: string, options?: ChannelAttributeOptions): Promise<void> {
    await this.channelAttributes('clearChannelAttributes', channelId, options)
  }

  async getChannelAttributes(channelId: string): Promise<ChannelAttributes> {
    return (await this.channelAttributes('getChannelAttributes', channelId)) as ChannelAttributes
  }

  async getChannelAttributesByKeys(channelId: string, keys: string[]): Promise<ChannelAttributes> {
    return (await this.channelAttributes('getChannelAttributesByKeys', channelId, keys)) as ChannelAttributes
  }

  // ------------------------------------------------------------------------------------------- presence and counts

  async queryPeersOnlineStatus(peerIds: string[]): Promise<{ [peerId: string]: boolean }> {
    return (await this.aboutIds(this.capabilities.presence, 'queryPeersOnlineStatus', 'queryPeersOnlineStatus', peerIds)) as Record<string, boolean>
  }

  async subscribePeersOnlineStatus(peerIds: string[]): Promise<void> {
    await this.aboutIds(this.capabilities.presence, 'peerSubscription', 'subscribePeersOnlineStatus', peerIds)
  }

  async unsubscribePeersOnlineStatus(peerIds: string[]): Promise<void> {
    await this.aboutIds(this.capabilities.presence, 'peerSubscription', 'unsubscribePeersOnlineStatus', peerIds)
  }

  async queryPeersBySubscriptionOption(option: 'ONLINE_STATUS'): Promise<string[]> {
    const name = 'queryPeersBySubscriptionOption'
    return (await this.optional(this.capabilities.presence, name, name, option)) as string[]
  }

  async getChannelMemberCount(channelIds: string[]): Promise<{ [channelId: string]: number }> {
    const name = 'getChannelMemberCount'
    return (await this.aboutIds(this.capabilities.memberCount, name, name, channelIds)) as Record<string, number>
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

  private userAttributes(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.optional(this.capabilities.userAttributes, 'attributes', method, ...args)
  }

  private channelAttributes(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.optional(this.capabilities.channelAttributes, 'attributes', method, ...args)
  }

  /** The SDK takes ids with tabs and line breaks in them; RTM's rules do not. */
  private async aboutIds(
    isSupported: boolean,
    operation: 'queryPeersOnlineStatus' | 'peerSubscription' | 'getChannelMemberCount',
    method: string,
    ids: string[],
  ): Promise<unknown> {
    if (isSupported && this.isLoggedIn && Array.isArray(ids) && !ids.every(isValidId)) throw rtmError(operation, 'INVALID_ARGUMENT')
    return this.optional(isSupported, operation, method, ids)
  }

  /** A method that only one of the SDKs has. */
  private async optional(isSupported: boolean, operation: RtmOperation, method: string, ...args: readonly unknown[]): Promise<unknown> {
    const methods = this.sdk as unknown as Readonly<Record<string, ((...args: readonly unknown[]) => unknown) | undefined>>
    if (!isSupported || typeof methods[method] !== 'function') throw unsupported(operation)
    return callSdk(operation, () => methods[method]?.(...args))
  }
}
