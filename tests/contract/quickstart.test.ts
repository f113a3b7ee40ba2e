/** The steps of Agora's quick start for mini programs, "发送和接收点对点消息及频道消息", one test each, in the words of a reader's code. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { Rtm, RtmChannel, RtmClient } from '@/src/rtm/port'
import { ADAPTERS } from './adapters'
import { Harness, stepTime, until } from './harness'

describe.each(Object.entries(ADAPTERS))('the quick start, %s', (_name, createRtm) => {
  let harness: Harness
  let AgoraRTM: Rtm
  let client: RtmClient
  let channel: RtmChannel
  let bob: Awaited<ReturnType<Harness['loggedIn']>>
  const states: string[] = []
  const clock = stepTime()
  /** RTM allows one login in half a second. */
  const pause = () => clock.advance(500)

  beforeAll(async () => {
    harness = await Harness.start(createRtm, { clock })
    AgoraRTM = harness.rtm()
    bob = await harness.loggedIn('bob')
  })
  afterAll(async () => {
    await client.logout()
    await harness.close()
  })

  it('初始化客户端对象: createInstance with the App ID', () => {
    client = AgoraRTM.createInstance(LOCAL_APP_ID)
  })

  it('监听连接状态改变: ConnectionStateChanged', () => {
    client.on('ConnectionStateChanged', (newState, reason) => {
      states.push(`on connection state changed to ${newState} reason: ${reason}`)
    })
  })

  it('登录 RTM 系统: login', async () => {
    await client.login({ token: '', uid: 'alice' })
    expect(states).toEqual([
      'on connection state changed to CONNECTING reason: LOGIN',
      'on connection state changed to CONNECTED reason: LOGIN_SUCCESS',
    ])
  })

  it('退出登录之后可以使用其它用户 ID 登录: logout, then login as someone else and back', async () => {
    await client.logout()
    expect(states.at(-1)).toBe('on connection state changed to DISCONNECTED reason: LOGOUT')
    await pause()
    await client.login({ uid: 'amy' })
    await client.logout()
    await pause()
    await client.login({ uid: 'alice' })
  })

  it('发送点对点消息: sendMessageToPeer to a peer who is online', async () => {
    const sendResult = await client.sendMessageToPeer({ text: 'test peer message' }, 'bob')
    expect(sendResult.hasPeerReceived).toBe(true)
    expect(bob.inbox).toMatchObject([{ text: 'test peer message', from: 'alice' }])
  })

  it('服务器已接收、但远端用户不可达: sendMessageToPeer to a peer who is offline', async () => {
    const sendResult = await client.sendMessageToPeer({ text: 'test peer message' }, 'nobody')
    expect(sendResult.hasPeerReceived).toBe(false)
  })

  it('发送失败: sendMessageToPeer rejects', async () => {
    await expect(client.sendMessageToPeer({ text: 'test peer message' }, '<PEER_ID>/')).rejects.toMatchObject({ code: 6 })
  })

  it('接收点对点消息: MessageFromPeer', async () => {
    const received: unknown[] = []
    client.on('MessageFromPeer', ({ text }, peerId) => void received.push({ text, peerId }))
    await bob.client.sendMessageToPeer({ text: 'and back' }, 'alice')
    await until(() => received.length > 0)
    expect(received).toEqual([{ text: 'and back', peerId: 'bob' }])
  })

  it('创建 RTM 频道: createChannel', () => {
    channel = client.createChannel('demo')
    expect(channel.channelId).toBe('demo')
  })

  it('加入 RTM 频道: join', async () => {
    await channel.join()
    expect(await channel.getMembers()).toEqual(['alice'])
  })

  it('发送和接收频道消息: sendMessage and ChannelMessage', async () => {
    const there = await harness.room(bob, 'demo')
    const received: unknown[] = []
    channel.on('ChannelMessage', ({ text }, senderId) => void received.push({ text, senderId }))
    await channel.sendMessage({ text: 'test channel message' })
    await there.channel.sendMessage({ text: 'and back' })
    await until(() => received.length > 0 && there.messages.length > 0)
    expect(there.messages).toMatchObject([{ text: 'test channel message', from: 'alice' }])
    expect(received).toEqual([{ text: 'and back', senderId: 'bob' }])
  })

  it('退出频道之后可以再重新加入频道: leave, then join again', async () => {
    await channel.leave()
    await expect(channel.sendMessage({ text: 'outside' })).rejects.toMatchObject({ code: 5 })
    await channel.join()
    await channel.sendMessage({ text: 'inside' })
  })
})
