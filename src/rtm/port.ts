/**
 * The port: RTM 1.x as this client uses it, in the types of agora-rtm-sdk 1.5.1 (enums as string unions).
 * Three adapters stand behind it (agora-mini, agora-web, local); tests/contract holds them to one behaviour.
 *
 * Where the SDKs differ the port is one way: only `createInstance` and `createChannel` throw, every other failure is a
 * rejection with an RtmError; no promise stays unsettled; a channel message without a join is code 5 everywhere.
 */

import type { ConnectionChangeReason, ConnectionState } from '@/src/chat/session/session'

export type { ConnectionChangeReason, ConnectionState }

export type PeerOnlineState = 'ONLINE' | 'UNREACHABLE' | 'OFFLINE'

export interface RtmTextMessage {
  text: string
  messageType?: 'TEXT'
  rawMessage?: never
  description?: never
}
/** Only agora-web sends and receives these. */
export interface RtmRawMessage {
  rawMessage: Uint8Array
  description?: string
  messageType?: 'RAW'
  text?: never
}
export type RtmMessage = RtmTextMessage | RtmRawMessage

export interface ReceivedMessageProperties {
  /** Server time in ms; for display, not for order. NaN where the service told none. */
  serverReceivedTs: number
  isOfflineMessage?: boolean
  isHistoricalMessage?: boolean
}

export interface SendMessageOptions {
  /** Keep the message for a peer who is not there: at most 200 per receiver, for 7 days. Ignored where `capabilities.offlineMessages` is false. */
  enableOfflineMessaging?: boolean
}

export interface PeerMessageSendResult {
  hasPeerReceived: boolean
}

export interface AttributesMap {
  [key: string]: string
}
export interface ChannelAttributes {
  [key: string]: { value: string; lastUpdateUserId: string; lastUpdateTs: number }
}
export interface ChannelAttributeOptions {
  enableNotificationToChannelMembers?: boolean
}

/**
 * A listener may return a promise: the local adapter acknowledges a peer message to the gateway only when all listeners
 * have resolved, and leaves it unacknowledged, to be delivered again, when one rejects or answers `false`, for "not kept".
 * The Agora adapters cannot wait.
 */
export interface RtmClientEvents {
  ConnectionStateChanged: (newState: ConnectionState, reason: ConnectionChangeReason) => void
  MessageFromPeer: (message: RtmMessage, peerId: string, messageProps: ReceivedMessageProperties) => void | Promise<void | boolean>
  TokenExpired: () => void
  /** 30 s before the token runs out. */
  TokenPrivilegeWillExpire: () => void
  PeersOnlineStatusChanged: (status: { [peerId: string]: PeerOnlineState }) => void
}

export interface RtmChannelEvents {
  ChannelMessage: (message: RtmMessage, memberId: string, messageProps: ReceivedMessageProperties) => void | Promise<void | boolean>
  /** Never for oneself. */
  MemberJoined: (memberId: string) => void
  /** Never for oneself. */
  MemberLeft: (memberId: string) => void
  /** Also right after one's own join. agora-mini derives it from getMembers and the two events above. */
  MemberCountUpdated: (memberCount: number) => void
  AttributesUpdated: (attributes: ChannelAttributes) => void
}

export type EventTable<Events> = { [Name in keyof Events]: (...args: never[]) => unknown }

/** Node's EventEmitter, as far as the SDKs offer it. A listener that throws does not keep the others from being called. */
export interface RtmEmitter<Events extends EventTable<Events>> {
  on<Name extends keyof Events>(event: Name, listener: Events[Name]): this
  once<Name extends keyof Events>(event: Name, listener: Events[Name]): this
  off<Name extends keyof Events>(event: Name, listener: Events[Name]): this
  removeAllListeners(event?: keyof Events): this
  listenerCount(event: keyof Events): number
}

export interface RtmChannel extends RtmEmitter<RtmChannelEvents> {
  readonly channelId: string
  join(): Promise<void>
  leave(): Promise<void>
  sendMessage(message: RtmMessage): Promise<void>
  /** At most 512 user ids, oneself included. */
  getMembers(): Promise<string[]>
}

export interface RtmClient extends RtmEmitter<RtmClientEvents> {
  /** Resolves after CONNECTED / LOGIN_SUCCESS. An empty token counts as none. */
  login(options: { uid: string; token?: string }): Promise<void>
  logout(): Promise<void>
  renewToken(token: string): Promise<void>
  sendMessageToPeer(message: RtmMessage, peerId: string, options?: SendMessageOptions): Promise<PeerMessageSendResult>
  /** Throws RtmError (operation `createChannel`, code 1) for an id that breaks the rules. */
  createChannel(channelId: string): RtmChannel

  setLocalUserAttributes(attributes: AttributesMap): Promise<void>
  addOrUpdateLocalUserAttributes(attributes: AttributesMap): Promise<void>
  deleteLocalUserAttributesByKeys(keys: string[]): Promise<void>
  clearLocalUserAttributes(): Promise<void>
  getUserAttributes(uid: string): Promise<AttributesMap>
  getUserAttributesByKeys(uid: string, keys: string[]): Promise<AttributesMap>

  setChannelAttributes(channelId: string, attributes: AttributesMap, options?: ChannelAttributeOptions): Promise<void>
  addOrUpdateChannelAttributes(channelId: string, attributes: AttributesMap, options?: ChannelAttributeOptions): Promise<void>
  deleteChannelAttributesByKeys(channelId: string, keys: string[], options?: ChannelAttributeOptions): Promise<void>
  clearChannelAttributes(channelId: string, options?: ChannelAttributeOptions): Promise<void>
  getChannelAttributes(channelId: string): Promise<ChannelAttributes>
  getChannelAttributesByKeys(channelId: string, keys: string[]): Promise<ChannelAttributes>

  /** 1 to 256 ids. */
  queryPeersOnlineStatus(peerIds: string[]): Promise<{ [peerId: string]: boolean }>
  subscribePeersOnlineStatus(peerIds: string[]): Promise<void>
  unsubscribePeersOnlineStatus(peerIds: string[]): Promise<void>
  queryPeersBySubscriptionOption(option: 'ONLINE_STATUS'): Promise<string[]>
  /** At most 32 ids. */
  getChannelMemberCount(channelIds: string[]): Promise<{ [channelId: string]: number }>

  /**
   * The app came back to the front or the network returned: look at the connection at once instead of waiting for the next
   * ping or retry. Resolves to whether the service was heard on the connection that there was. Absent where the backend does not let
   * itself be asked.
   */
  checkConnection?(): Promise<boolean>
}

/** What a backend has. What it lacks rejects with an RtmError of the name RtmUnsupportedError. */
export interface RtmCapabilities {
  /** queryPeersOnlineStatus, subscriptions, PeersOnlineStatusChanged. */
  readonly presence: boolean
  /** getChannelMemberCount. */
  readonly memberCount: boolean
  readonly userAttributes: boolean
  readonly channelAttributes: boolean
  /** enableOfflineMessaging: the service still keeps messages for who is not there. Agora has retired it. */
  readonly offlineMessages: boolean
  /** `hasPeerReceived` tells that the receiver's listeners have kept the message, not only that it arrived. */
  readonly durableAcknowledgement: boolean
  /** RtmRawMessage. */
  readonly rawMessages: boolean
  /** The tokens it takes: 006 (AccessToken), 007 (AccessToken2). */
  readonly tokens: readonly ('006' | '007')[]
}

export type RtmBackendName = 'local' | 'agora-mini' | 'agora-web'

/** One backend: what the SDK's module object is. */
export interface Rtm {
  readonly name: RtmBackendName
  readonly capabilities: RtmCapabilities
  /**
   * Throws RtmError (operation `createInstance`, code 1) unless appId is 32 letters and digits. `heardTime` is called with what the service's
   * clock says now, ms since 1970, right before CONNECTED of a new session; only the local gateway tells it. `silentSince` is called right before
   * RECONNECTING with when the service was last heard, ms since 1970 by `chat/time/time`; only the local adapter knows.
   */
  createInstance(appId: string, heardTime?: (time: number) => void, silentSince?: (time: number) => void): RtmClient
}
