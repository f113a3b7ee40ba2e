/**
 * Agora's SDK for WeChat mini programs, `rtm.miniapp.js` 1.0.0, which the developer puts at src/lib. It has only what both SDKs have in common, throws where
 * it should reject, hangs where it should fail, and never counts members.
 */
import { createAgoraClient } from './agora/client'
import type { SdkModule } from './agora/sdk'
import type { Rtm, RtmCapabilities, RtmClient } from './port'

const CAPABILITIES: RtmCapabilities = {
  presence: false,
  // The SDK has the option, but the service for it was retired.
  offlineMessages: false,
  peerAcknowledgement: 'delivered',
  tokens: ['006'],
}

/**
 * @param sdk the exports of the file
 * @throws TypeError if it is not such a file
 */
export function createAgoraMiniRtm(sdk: unknown): Rtm {
  if (!isSdk(sdk)) throw new TypeError('src/lib/rtm.miniapp.js is not Agora\'s RTM SDK: it has no createInstance')
  /** One per App ID: the rates are counted per instance, and Agora advises against several in a mini program. */
  const clients = new Map<string, RtmClient>()
  return {
    name: 'agora-mini',
    capabilities: CAPABILITIES,
    createInstance(appId) {
      const client = clients.get(appId) ?? createAgoraClient(sdk, { presence: false, countsMembers: true }, appId)
      clients.set(appId, client)
      return client
    },
  }
}

function isSdk(sdk: unknown): sdk is SdkModule {
  return typeof sdk === 'object' && sdk !== null && 'createInstance' in sdk && typeof sdk.createInstance === 'function'
}
