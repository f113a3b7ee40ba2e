import { expect, it, onTestFinished } from 'vitest'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { RtmMessage } from '@/src/rtm/port'
import { connectSocket } from '../support/connect-socket'
import { ADAPTERS } from './adapters'
import { createWebSdkDouble } from './doubles/agora-web-sdk'
import { Harness, until } from './harness'
import { contractSuite } from './suite'

contractSuite('agora-web', ADAPTERS['agora-web'])

it('gives the raw messages of another program as such', async () => {
  const harness = await Harness.start(ADAPTERS['agora-web'])
  onTestFinished(() => harness.close())
  const bob = await harness.loggedIn('bob')
  const got: RtmMessage[] = []
  bob.client.on('MessageFromPeer', (message) => void got.push(message))
  const { channel } = await harness.room(bob, 'room')
  channel.on('ChannelMessage', (message) => void got.push(message))
  const other = createWebSdkDouble({ url: harness.gateway.url, connectSocket }).createInstance(LOCAL_APP_ID)
  await other.login({ uid: 'other' })
  const there = other.createChannel('room')
  await there.join()
  const raw = { rawMessage: Uint8Array.of(1, 2, 255), description: 'three bytes' }
  await other.sendMessageToPeer(raw, 'bob')
  await there.sendMessage(raw)
  await until(() => got.length > 1)
  expect(got).toEqual(Array(2).fill({ rawMessage: raw.rawMessage, messageType: 'RAW' }))
  await other.logout()
})
