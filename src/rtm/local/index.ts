/** The local backend: RTM 1.x over this project's own gateway, without any account. docs/GATEWAY.md describes the protocol. */
import { checkAppId } from '../checks'
import type { Rtm } from '../port'
import { LocalClient } from './client'
import { uniConnectSocket, type ConnectSocket } from './socket'
import { DEFAULT_TIMING, type LocalTiming } from './timing'

export type { ConnectSocket } from './socket'
export type { LocalTiming } from './timing'

export interface LocalRtmOptions {
  /** The gateway's WebSocket endpoint, `ws://127.0.0.1:7070/rtm`. */
  readonly url: string
  /** Default: uni.connectSocket. */
  readonly connectSocket?: ConnectSocket
  readonly timing?: Partial<LocalTiming>
  /** In [0, 1). Default: Math.random. */
  readonly random?: () => number
}

export function createLocalRtm({ url, connectSocket = uniConnectSocket, timing, random = Math.random }: LocalRtmOptions): Rtm {
  return {
    name: 'local',
    capabilities: { presence: true, offlineMessages: true, peerAcknowledgement: 'durable', tokens: ['006', '007'] },
    createInstance(appId, heardTime, silentSince) {
      checkAppId(appId)
      return new LocalClient({ appId, url, connectSocket, random, timing: { ...DEFAULT_TIMING, ...timing } }, heardTime, silentSince)
    },
  }
}
