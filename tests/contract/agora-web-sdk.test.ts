// @vitest-environment happy-dom
/** Compares the double of agora-rtm-sdk with the SDK itself, in everything that the SDK decides without a network. */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createAgoraWebRtm, type AgoraWebSdk } from '@/src/rtm/agora-web'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { RtmChannel, RtmClient, RtmMessage } from '@/src/rtm/port'
import { createWebSdkDouble } from './doubles/agora-web-sdk'

const large = (bytes: number) => 'x'.repeat(bytes)
const keys = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 'v']))

const CALLS: Record<string, (client: RtmClient, channel: RtmChannel) => unknown> = {
  'a user id that is empty': (client) => client.login({ uid: '' }),
  'a user id of 65 characters': (client) => client.login({ uid: large(65) }),
  'a token that is a number': (client) => client.login({ uid: 'a', token: 3 as unknown as string }),
  logout: (client) => client.logout(),
  'renewToken without a token': (client) => client.renewToken(''),
  renewToken: (client) => client.renewToken('t'),
  'a peer message that is none': (client) => client.sendMessageToPeer({} as RtmMessage, ''),
  'a peer message that is a list': (client) => client.sendMessageToPeer([] as unknown as RtmMessage, 'a'),
  'a peer message': (client) => client.sendMessageToPeer({ text: 'a' }, ''),
  'a raw peer message': (client) => client.sendMessageToPeer({ rawMessage: Uint8Array.of(1), messageType: 'RAW' }, 'a'),
  'a channel id that is empty': (client) => client.createChannel(''),
  'a channel id that is no string': (client) => client.createChannel(7 as unknown as string),
  join: (_, channel) => channel.join(),
  leave: (_, channel) => channel.leave(),
  'a channel message': (_, channel) => channel.sendMessage({ text: 'a' }),
  'a channel message that is none': (_, channel) => channel.sendMessage({} as RtmMessage),
  getMembers: (_, channel) => channel.getMembers(),
  'no attributes': (client) => client.setLocalUserAttributes({}),
  'attributes that are a list': (client) => client.setLocalUserAttributes([] as unknown as Record<string, string>),
  'an attribute that is empty': (client) => client.setLocalUserAttributes({ a: '' }),
  'an attribute without a key': (client) => client.setLocalUserAttributes({ '': 'a' }),
  'a key of 33 bytes': (client) => client.setLocalUserAttributes({ [large(33)]: 'a' }),
  'a value of 8193 bytes': (client) => client.setLocalUserAttributes({ a: large(8_193) }),
  '33 attributes': (client) => client.setLocalUserAttributes(keys(33)),
  'attributes over 16 KB': (client) => client.setLocalUserAttributes({ a: large(8_192), b: large(8_192) }),
  'an attribute': (client) => client.addOrUpdateLocalUserAttributes({ a: 'b' }),
  'no keys': (client) => client.deleteLocalUserAttributesByKeys([]),
  'the attributes of nobody': (client) => client.getUserAttributes(''),
  'a channel attribute': (client) => client.setChannelAttributes('a', { a: 'b' }),
  'no channel attributes': (client) => client.setChannelAttributes('a', {}),
  'a query for nobody': (client) => client.queryPeersOnlineStatus([]),
  'a subscription to 513': (client) => client.subscribePeersOnlineStatus(Object.keys(keys(513))),
  'the subscriptions': (client) => client.queryPeersBySubscriptionOption('ONLINE_STATUS'),
  'the counts of 33 channels': (client) => client.getChannelMemberCount(Object.keys(keys(33))),
}

async function result(rtm: AgoraWebSdk, call: (client: RtmClient, channel: RtmChannel) => unknown): Promise<string> {
  const client = createAgoraWebRtm(rtm).createInstance(LOCAL_APP_ID)
  const channel = client.createChannel('room')
  let how = 'throws'
  try {
    const promise = call(client, channel)
    how = 'rejects'
    await promise
    return 'succeeds'
  } catch (error) {
    const { operation, code } = error as { operation: string; code: number }
    return `${how} ${operation} ${code}`
  }
}

describe('the double of agora-rtm-sdk', () => {
  let sdk: AgoraWebSdk
  const double = createWebSdkDouble({
    url: 'ws://127.0.0.1:9/rtm',
    connectSocket: () => {
      throw new Error('nobody should get as far as the network')
    },
  })
  beforeAll(async () => {
    // The SDK starts a worker to upload its log. There is none here, and no network either.
    vi.stubGlobal('Worker', class { postMessage() {} })
    sdk = (await import('agora-rtm-sdk')).default
  })

  it.each(Object.keys(CALLS))('behaves as the SDK: %s', async (name) => {
    const call = CALLS[name]!
    const expected = await result(sdk, call)
    expect(expected).toMatch(/^(throws|rejects) /)
    expect(await result(double, call)).toBe(expected)
  })
})
