/**
 * Agora's SDK for WeChat mini programs, `rtm.miniapp.js` 1.0.0, which the user puts at src/lib. Beyond what both SDKs have
 * in common it offers nothing, and it throws where it should reject, hangs where it should fail, and never counts members.
 */
import { createAgoraClient } from './agora/client'
import type { SdkModule } from './agora/sdk'
import type { Rtm, RtmCapabilities, RtmClient } from './port'

const CAPABILITIES: RtmCapabilities = {
  presence: false,
  // the SDK has the option, but the service behind it was retired
  offlineMessages: false,
  peerAcknowledgement: 'delivered',
  tokens: ['006'],
}

/**
 * @param sdk what the file exports
 * @throws TypeError when it is not such a file
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
