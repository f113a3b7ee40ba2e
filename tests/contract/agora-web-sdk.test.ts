// @vitest-environment happy-dom
/** Compares the double of agora-rtm-sdk with the SDK itself, in everything that the SDK decides without a network. */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createAgoraWebRtm, type AgoraWebSdk } from '@/src/rtm/agora-web'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { RtmChannel, RtmClient, RtmTextMessage } from '@/src/rtm/port'
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
  'a peer message that is none': (client) => client.sendMessageToPeer({} as RtmTextMessage, ''),
  'a peer message that is a list': (client) => client.sendMessageToPeer([] as unknown as RtmTextMessage, 'a'),
  'a peer message': (client) => client.sendMessageToPeer({ text: 'a' }, ''),
  'a channel id that is empty': (client) => client.createChannel(''),
  'a channel id that is no string': (client) => client.createChannel(7 as unknown as string),
  join: (_, channel) => channel.join(),
  leave: (_, channel) => channel.leave(),
  'a channel message': (_, channel) => channel.sendMessage({ text: 'a' }),
  'a channel message that is none': (_, channel) => channel.sendMessage({} as RtmTextMessage),
  getMembers: (_, channel) => channel.getMembers(),
  'a subscription to 513': (client) => client.subscribePeersOnlineStatus(Object.keys(keys(513))),
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
