/**
 * The port: RTM 1.x as this client uses it, in the types of agora-rtm-sdk 1.5.1 (enums as string unions). It has three adapters (agora-mini, agora-web,
 * local), and tests/contract ensures that they behave alike.
 * Where the SDKs differ the port has one behaviour: only `createInstance` and `createChannel` throw, every other failure is a rejection with an RtmError; no
 * promise stays unsettled; a channel message without a join is `not-in-channel` everywhere. It has the calls that src/ makes; the gateway knows the rest of
 * RTM 1.x too (docs/GATEWAY.md).
 */

import type { PeerAcknowledgement } from '@/src/chat/delivery/outbox-rules'
import type { ConnectionChangeReason, ConnectionState } from '@/src/chat/session/session'

export type { ConnectionChangeReason, ConnectionState, PeerAcknowledgement }

export type PeerOnlineState = 'ONLINE' | 'UNREACHABLE' | 'OFFLINE'

/** An outgoing message. */
export interface RtmTextMessage {
  text: string
  messageType?: 'TEXT'
  rawMessage?: never
}
/** Other programs may send these through agora-web. */
export interface RtmRawMessage {
  rawMessage: Uint8Array
  messageType?: 'RAW'
  text?: never
}
/** An incoming message. */
export type RtmMessage = RtmTextMessage | RtmRawMessage

export interface ReceivedMessageProperties {
  /** Server time in ms, for display, not for order. NaN if the service sent none. */
  serverReceivedTs: number
  isOfflineMessage?: boolean
  isHistoricalMessage?: boolean
}

export interface SendMessageOptions {
  /** Store the message for an offline peer: at most 200 per receiver, for 7 days. Ignored if `capabilities.offlineMessages` is false. */
  enableOfflineMessaging?: boolean
}

export interface PeerMessageSendResult {
  hasPeerReceived: boolean
}

/**
 * A listener may return a promise: the local adapter acknowledges a peer message to the gateway only when all listeners have resolved. If one rejects or
 * resolves to `false`, for "not saved", the message stays unacknowledged and is delivered again. The Agora adapters cannot wait.
 */
export interface RtmClientEvents {
  ConnectionStateChanged: (newState: ConnectionState, reason: ConnectionChangeReason) => void
  MessageFromPeer: (message: RtmMessage, peerId: string, messageProps: ReceivedMessageProperties) => void | Promise<void | boolean>
  TokenExpired: () => void
  /** 30 s before the token expires. */
  TokenPrivilegeWillExpire: () => void
  PeersOnlineStatusChanged: (status: { [peerId: string]: PeerOnlineState }) => void
}

export interface RtmChannelEvents {
  ChannelMessage: (message: RtmMessage, memberId: string, messageProps: ReceivedMessageProperties) => void | Promise<void | boolean>
  /** Never for the user itself. */
  MemberJoined: (memberId: string) => void
  /** Never for the user itself. */
  MemberLeft: (memberId: string) => void
  /** Also right after the user's own join. agora-mini derives it from getMembers and the two events above. */
  MemberCountUpdated: (memberCount: number) => void
}

export type EventTable<Events> = { [Name in keyof Events]: (...args: never[]) => unknown }

/** The part of Node's EventEmitter that is used here. A listener that throws does not stop the others from being called. */
export interface RtmEmitter<Events extends EventTable<Events>> {
  on<Name extends keyof Events>(event: Name, listener: Events[Name]): this
  removeAllListeners(event?: keyof Events): this
}

export interface RtmChannel extends RtmEmitter<RtmChannelEvents> {
  readonly channelId: string
  join(): Promise<void>
  leave(): Promise<void>
  sendMessage(message: RtmTextMessage): Promise<void>
  /** At most 512 user ids, the user's own included. */
  getMembers(): Promise<string[]>
}

/** Stores the files of messages, beside the service (docs/MEDIA.md). */
export interface FileServer {
  /** `https://host:port`, without a slash at the end. A message that names a file by a path means this server. */
  readonly base: string
  /**
   * Lets this user upload. A new one replaces one that expires soon, or that the server `refused`. Undefined if the service gives this user none any more.
   * Rejects with NoBearer.
   */
  bearer(refused?: string): Promise<string | undefined>
}

export interface RtmClient extends RtmEmitter<RtmClientEvents> {
  /** Resolves after CONNECTED / LOGIN_SUCCESS. An empty token counts as none. */
  login(options: { uid: string; token?: string }): Promise<void>
  logout(): Promise<void>
  renewToken(token: string): Promise<void>
  sendMessageToPeer(message: RtmTextMessage, peerId: string, options?: SendMessageOptions): Promise<PeerMessageSendResult>
  /** Throws RtmError (`invalid-channel`) for an id that breaks the rules. */
  createChannel(channelId: string): RtmChannel

  /** At most 512 peers in total. Rejects if `capabilities.presence` is false. */
  subscribePeersOnlineStatus(peerIds: string[]): Promise<void>

  /**
   * The app came back to the front or the network returned: check the connection at once instead of waiting for the next ping or retry. Resolves to whether
   * the service was heard on the existing connection. Absent if the backend cannot check.
   */
  checkConnection?(): Promise<boolean>

  /** Undefined if the service has none, and before the first login. */
  readonly files?: FileServer | undefined
}

/** What a backend can do. Other calls reject with an RtmError of the reason `unsupported`. */
export interface RtmCapabilities {
  /** subscribePeersOnlineStatus, PeersOnlineStatusChanged. */
  readonly presence: boolean
  /** enableOfflineMessaging: the service still stores messages for offline peers. Agora has retired it. */
  readonly offlineMessages: boolean
  readonly peerAcknowledgement: PeerAcknowledgement
  /** The kinds of token it accepts: 006 (AccessToken), 007 (AccessToken2). */
  readonly tokens: readonly ('006' | '007')[]
}

export type RtmBackendName = 'local' | 'agora-mini' | 'agora-web'

/** One backend: the counterpart of the SDK's module object. */
export interface Rtm {
  readonly name: RtmBackendName
  readonly capabilities: RtmCapabilities
  /**
   * Throws RtmError (`invalid-app-id`) unless appId is 32 letters and digits. `heardTime` is called with the service's current time, ms since 1970, right
   * before CONNECTED of a new session; only the local gateway sends it. `silentSince` is called right before RECONNECTING with the time at which the service
   * was last heard, ms since 1970 by `chat/time/time`; only the local adapter knows it.
   */
  createInstance(appId: string, heardTime?: (time: number) => void, silentSince?: (time: number) => void): RtmClient
}
