/**
 * A double of agora-rtm-sdk 1.5.1. Its sessions are real ones: it uses the local adapter and talks to the local gateway instead of Agora's cloud.
 * tests/contract/agora-web-sdk.test.ts compares it with the SDK as far as that needs no cloud.
 */
import type { AgoraWebSdk } from '@/src/rtm/agora-web'
import { createLocalRtm, type ConnectSocket } from '@/src/rtm/local'
import type { RtmChannel, RtmClient, RtmMessage, RtmRawMessage, RtmTextMessage } from '@/src/rtm/port'
import { SdkEmitter } from './sdk-emitter'
import { SdkError, sdkErrors } from './sdk-error'

const ID = /^[\sA-Za-z0-9!#$%&()+\-:;<=.>?@[\]^_{}|~,]{1,64}$/
const isId = (id: unknown) => typeof id === 'string' && id !== 'null' && ID.test(id)

/** The gateway supports text only: raw messages are sent as text with this prefix. */
const RAW = '\u0001raw:'
type SdkRawMessage = RtmRawMessage & { description?: string }
const toText = (message: RtmTextMessage | SdkRawMessage): RtmTextMessage =>
  message.rawMessage instanceof Uint8Array ? { text: RAW + JSON.stringify([[...message.rawMessage], (message as SdkRawMessage).description ?? '']) } : (message as RtmTextMessage)
const fromText = (message: RtmMessage): RtmTextMessage | SdkRawMessage => {
  if (!message.text?.startsWith(RAW)) return message
  const [bytes, description] = JSON.parse(message.text.slice(RAW.length)) as [number[], string]
  return { rawMessage: Uint8Array.from(bytes), description, messageType: 'RAW' }
}

/** The methods that the SDK and the port have in common. */
const ALIKE = ['renewToken', 'subscribePeersOnlineStatus'] as const

class WebClient extends SdkEmitter {
  constructor(private readonly cloud: RtmClient) {
    super()
    for (const event of ['ConnectionStateChanged', 'TokenExpired', 'TokenPrivilegeWillExpire', 'PeersOnlineStatusChanged'] as const) {
      cloud.on(event, (...args: unknown[]) => void this.emit(event, ...args))
    }
    cloud.on('MessageFromPeer', (message, peerId, { serverReceivedTs }) => {
      this.emit('MessageFromPeer', fromText(message), peerId, { serverReceivedTs })
    })
    for (const name of ALIKE) {
      const method = cloud[name].bind(cloud) as unknown as (...args: unknown[]) => Promise<unknown>
      Object.assign(this, { [name]: (...args: unknown[]) => sdkErrors(method(...args)) })
    }
  }

  async login(options: { uid: string; token?: string }): Promise<void> {
    if (!isId(options.uid)) throw new SdkError('RtmInvalidArgumentError', 3, 'not a valid user id.')
    await sdkErrors(this.cloud.login(options))
  }

  logout(): Promise<void> {
    return sdkErrors(this.cloud.logout())
  }

  sendMessageToPeer(message: RtmTextMessage | SdkRawMessage, peerId: string): Promise<{ hasPeerReceived: boolean }> {
    return sdkErrors(this.cloud.sendMessageToPeer(toText(message), peerId))
  }

  createChannel(channelId: string): WebChannel {
    if (!isId(channelId)) throw new SdkError('RtmInvalidArgumentError', 1, 'The channelId in the arguments is invalid.')
    return new WebChannel(channelId, this.cloud.createChannel(channelId))
  }
}

class WebChannel extends SdkEmitter {
  constructor(
    readonly channelId: string,
    private readonly cloud: RtmChannel,
  ) {
    super()
    for (const event of ['MemberJoined', 'MemberLeft', 'MemberCountUpdated'] as const) {
      cloud.on(event, (...args: unknown[]) => void this.emit(event, ...args))
    }
    cloud.on('ChannelMessage', (message, memberId, { serverReceivedTs }) => {
      this.emit('ChannelMessage', fromText(message), memberId, { serverReceivedTs })
    })
  }

  join(): Promise<void> {
    return sdkErrors(this.cloud.join())
  }

  leave(): Promise<void> {
    return sdkErrors(this.cloud.leave())
  }

  sendMessage(message: RtmTextMessage | SdkRawMessage): Promise<void> {
    return sdkErrors(this.cloud.sendMessage(toText(message)))
  }

  getMembers(): Promise<string[]> {
    return sdkErrors(this.cloud.getMembers())
  }
}

/** The default export of the package, as far as the adapter uses it. */
export function createWebSdkDouble({ url, connectSocket }: { url: string; connectSocket: ConnectSocket }): AgoraWebSdk {
  const createInstance = (appId: string) => {
    if (!/^[0-9A-Za-z]{32}$/.test(appId)) throw new SdkError('RtmInvalidArgumentError', 1, 'The appId in the arguments is invalid.')
    return new WebClient(createLocalRtm({ url, connectSocket }).createInstance(appId))
  }
  return { createInstance: createInstance as unknown as AgoraWebSdk['createInstance'] }
}
