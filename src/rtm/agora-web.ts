/** Agora's SDK for browsers, `agora-rtm-sdk` 1.5.1. */
import type AgoraRTM from 'agora-rtm-sdk'
import { createAgoraClient } from './agora/client'
import type { Rtm, RtmCapabilities } from './port'

/** The part of the module that the adapter uses. */
export type AgoraWebSdk = Pick<typeof AgoraRTM, 'createInstance'>

const CAPABILITIES: RtmCapabilities = {
  presence: true,
  offlineMessages: false,
  peerAcknowledgement: 'delivered',
  tokens: ['006', '007'],
}

export function createAgoraWebRtm(sdk: AgoraWebSdk): Rtm {
  return {
    name: 'agora-web',
    capabilities: CAPABILITIES,
    createInstance: (appId) => createAgoraClient(sdk, { presence: true, countsMembers: false }, appId),
  }
}
