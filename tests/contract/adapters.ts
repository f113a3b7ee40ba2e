import { createAgoraMiniRtm } from '@/src/rtm/agora-mini'
import { createAgoraWebRtm } from '@/src/rtm/agora-web'
import { createLocalRtm } from '@/src/rtm/local'
import type { Rtm } from '@/src/rtm/port'
import { connectSocket } from '../support/connect-socket'
import { createMiniSdkDouble } from './doubles/agora-mini-sdk'
import { createWebSdkDouble } from './doubles/agora-web-sdk'

/** Each adapter over a gateway: the local one directly, the Agora ones through the doubles of their SDKs. */
export const ADAPTERS: { readonly [Name in Rtm['name']]: (gatewayUrl: string) => Rtm } = {
  local: (url) => createLocalRtm({ url, connectSocket }),
  'agora-mini': (url) => createAgoraMiniRtm(createMiniSdkDouble({ url, connectSocket })),
  'agora-web': (url) => createAgoraWebRtm(createWebSdkDouble({ url, connectSocket })),
}
