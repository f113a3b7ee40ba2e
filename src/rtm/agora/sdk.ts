/**
 * The part of Agora's SDKs that the adapters use, as far as both have it. Its results are `unknown`: one of the two is a file from outside of this project,
 * and neither keeps to its own types everywhere.
 */

export interface SdkEmitter {
  on(event: string, listener: (...args: unknown[]) => void): unknown
}

export interface SdkChannel extends SdkEmitter {
  join(): unknown
  leave(): unknown
  sendMessage(message: unknown): unknown
  getMembers(): unknown
}

export interface SdkClient extends SdkEmitter {
  login(options: { uid: string; token?: string | undefined }): unknown
  logout(): unknown
  renewToken(token: string): unknown
  sendMessageToPeer(message: unknown, peerId: string): unknown
  createChannel(channelId: string): SdkChannel
  /** Only agora-rtm-sdk has it. */
  subscribePeersOnlineStatus?(peerIds: string[]): unknown
}

export interface SdkModule {
  createInstance(appId: string, config?: unknown): SdkClient
}
