/**
 * A double of rtm.miniapp.js 1.0.0: its functions and its peculiarities. Its sessions are real ones: it uses the local adapter and talks to the local gateway
 * instead of Agora's cloud.
 */
import { createLocalRtm, type ConnectSocket } from '@/src/rtm/local'
import type { ConnectionState, RtmChannel, RtmClient, RtmTextMessage } from '@/src/rtm/port'
import { SdkEmitter } from './sdk-emitter'
import { SdkError, sdkErrors } from './sdk-error'

/** The SDK accepts tabs and line breaks. */
const ID = /^[\sA-Za-z0-9!#$%&()+\-:;<=.>?@[\]^_{}|~,]{1,64}$/
const isId = (id: unknown) => typeof id === 'string' && id !== 'null' && ID.test(id)
/** It reads the App ID out of any token at the position where a 006 token has it. */
const isForAppId = (token: string, appId: string) => token.slice(3, 35) === appId
const isMessage = (message: unknown): message is RtmTextMessage => typeof (message as RtmTextMessage | null)?.text === 'string'
const never = () => new Promise<never>(() => {})

class MiniClient extends SdkEmitter {
  connectionState: ConnectionState = 'DISCONNECTED'
  readonly joined = new Map<string, MiniChannel>()

  constructor(
    private readonly appId: string,
    private readonly cloud: RtmClient,
  ) {
    super()
    cloud.on('ConnectionStateChanged', (state, reason) => {
      this.connectionState = state
      if (state === 'ABORTED' || state === 'DISCONNECTED') this.joined.clear()
      // 1.0.0 has no TOKEN_EXPIRED.
      this.emit('ConnectionStateChanged', state, reason === 'TOKEN_EXPIRED' ? 'INTERRUPTED' : reason)
    })
    cloud.on('MessageFromPeer', (message, peerId, properties) => {
      this.emit('MessageFromPeer', message, peerId, { ...properties })
    })
    cloud.on('TokenExpired', () => {
      // Not if the session ended with the token: 1.0.0 does not notice that.
      if (this.connectionState === 'RECONNECTING') this.emit('TokenExpired')
    })
  }

  get isLoggedIn(): boolean {
    return this.connectionState === 'CONNECTED' || this.connectionState === 'RECONNECTING'
  }

  async login({ uid, token }: { uid: string; token?: string }): Promise<void> {
    if (!isId(uid)) throw new SdkError('RtmInvalidArgumentError', 3, 'not a valid user id')
    if (token !== undefined && token !== null && typeof token !== 'string') throw new SdkError('RtmInvalidArgumentError', 3, 'not a valid token')
    if (token && token !== this.appId && !isForAppId(token, this.appId)) {
      throw new SdkError('RtmInvalidArgumentError', 5, 'the token is not of this App ID')
    }
    try {
      await sdkErrors(this.cloud.login({ uid, token }))
    } catch (error) {
      if ((error as SdkError).code === 6) this.emit('TokenExpired')
      throw error
    }
  }

  logout(): Promise<void> {
    return sdkErrors(this.cloud.logout())
  }

  async renewToken(token: string): Promise<void> {
    if (typeof token !== 'string' || token === '') throw new SdkError('RtmInvalidArgumentError', 2, 'not a valid token')
    if (!isForAppId(token, this.appId)) throw new SdkError('RtmInvalidArgumentError', 6, 'the token is not of this App ID')
    if (this.connectionState === 'ABORTED') return never()
    return sdkErrors(this.cloud.renewToken(token))
  }

  sendMessageToPeer(message: RtmTextMessage, peerId: string, options?: object): Promise<{ hasPeerReceived: boolean }> {
    return sdkErrors(this.cloud.sendMessageToPeer(message, peerId, options))
  }

  createChannel(channelId: string): MiniChannel {
    if (!isId(channelId)) throw new SdkError('RtmInvalidArgumentError', 1, 'the channelId is invalid')
    return new MiniChannel(channelId, this, this.cloud.createChannel(channelId))
  }

  setParameters(): void {}
}

class MiniChannel extends SdkEmitter {
  constructor(
    readonly channelId: string,
    private readonly client: MiniClient,
    private readonly cloud: RtmChannel,
  ) {
    super()
    cloud.on('ChannelMessage', (message, memberId, properties) => void this.emit('ChannelMessage', message, memberId, { ...properties }))
    cloud.on('MemberJoined', (memberId) => void this.emit('MemberJoined', memberId))
    cloud.on('MemberLeft', (memberId) => void this.emit('MemberLeft', memberId))
    // MemberCountUpdated is documented, and never sent.
  }

  private get isJoined(): boolean {
    return this.client.joined.get(this.channelId) === this
  }

  /** Not an async function: immediate errors are thrown. */
  join(): Promise<void> {
    const { joined } = this.client
    this.requireLogin()
    if (this.isJoined) throw new SdkError('RtmInvalidStatusError', 6, 'already joined')
    if (joined.has(this.channelId)) throw new SdkError('RtmInvalidStatusError', 202, 'already joined by another object')
    if (joined.size >= 20) throw new SdkError('RtmLimitExceededError', 5, 'no more than 20 channels')
    joined.set(this.channelId, this)
    return sdkErrors(this.cloud.join()).catch((error: unknown) => {
      joined.delete(this.channelId)
      throw error
    })
  }

  async leave(): Promise<void> {
    this.requireLogin()
    if (!this.isJoined) throw new SdkError('RtmInvalidStatusError', 3, 'not joined')
    this.client.joined.delete(this.channelId)
    await sdkErrors(this.cloud.leave())
  }

  sendMessage(message: RtmTextMessage): Promise<void> {
    if (!isMessage(message)) throw new SdkError('RtmInvalidArgumentError', 4, 'not a valid message')
    this.requireLogin()
    // agora-rtm-sdk uses 5.
    if (!this.isJoined) throw new SdkError('RtmInvalidStatusError', 102, 'not joined')
    return sdkErrors(this.cloud.sendMessage(message))
  }

  getMembers(): Promise<string[]> {
    this.requireLogin()
    if (!this.isJoined) throw new SdkError('RtmInvalidStatusError', 5, 'not joined')
    return sdkErrors(this.cloud.getMembers()).then((members) => members.slice(0, 200))
  }

  private requireLogin(): void {
    if (!this.client.isLoggedIn) throw new SdkError('RtmInvalidStatusError', 102, 'not logged in')
  }
}

/** The result of `require('rtm.miniapp.js')`. */
export function createMiniSdkDouble({ url, connectSocket }: { url: string; connectSocket: ConnectSocket }) {
  return {
    VERSION: '1.0.0',
    createInstance(appId: string): MiniClient {
      if (!/^[0-9A-Za-z]{32}$/.test(appId)) throw new SdkError('RtmInvalidArgumentError', 1, 'the appId is invalid')
      return new MiniClient(appId, createLocalRtm({ url, connectSocket }).createInstance(appId))
    },
  }
}
