// Agora's quick start for mini programs, step by step, as a user does it: in rich and in plain wire mode.
import { describe, expect, test } from 'vitest'
import { startInNode } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { CHANNEL, hears, logIn, logOut, say, startChat, texts } from './people'

describe.each([
  ['rich', 'dist/build/mp-weixin'],
  ['plain', 'dist/test/mp-weixin-plain'],
])('%s', (wire, dist) => {
  const { phone } = useNetwork(startInNode)
  const uid = (name: string) => `${name}-${wire}`

  test('log in with a user id, log out, log in as another user', async () => {
    const a = await phone({ dist })
    await logIn(a, uid('ann'))
    await logOut(a)
    await logIn(a, uid('ben'))
    await a.switchTab('src/pages/me/me')
    await a.waitForText('me-uid', uid('ben'))
  })

  test('follow every change of the connection', async () => {
    const a = await phone({ dist })
    await logIn(a, uid('ann'))
    await a.switchTab('src/pages/me/me')
    await a.waitForText('me-connection', '已连接')
    await a.setNetwork(false)
    await a.waitForText('me-connection', '正在重连')
    await a.waitForText('connection-banner', /网络已断开/)
    await a.setNetwork(true)
    await a.waitForText('me-connection', '已连接')
    expect(await a.count('connection-banner')).toBe(0)
  })

  test('send a peer message and learn whether the peer has received it', async () => {
    const a = await phone({ dist })
    await logIn(a, uid('ann'))
    await startChat(a, 'peer', uid('ben'))
    await say(a, '你在吗')
    await a.waitFor('hasPeerReceived: false', async () => (await a.element('message-status')).className.includes('is-sent'))
    const b = await phone({ dist })
    await logIn(b, uid('ben'))
    await say(a, '现在呢')
    await a.waitFor('hasPeerReceived: true', async () => ((await a.all('message-status')).at(-1)?.className ?? '').includes('is-delivered'))
  })

  test('receive a peer message and answer it', async () => {
    const [a, b] = [await phone({ dist }), await phone({ dist })]
    await logIn(a, uid('ann'))
    await logIn(b, uid('ben'))
    await startChat(b, 'peer', uid('ann'))
    await startChat(a, 'peer', uid('ben'))
    await say(a, '你好 {"v":1}')
    await hears(b, '你好 {"v":1}')
    await say(b, '你好呀')
    await hears(a, '你好呀')
  })

  test('create a channel, join it, send and receive, leave, join again', async () => {
    const [a, b] = [await phone({ dist }), await phone({ dist })]
    await logIn(a, uid('ann'))
    await logIn(b, uid('ben'))
    for (const one of [a, b]) await startChat(one, 'channel', uid('room'))
    await a.waitForText('thread-detail', '2 位成员')
    await say(a, '频道消息')
    await hears(b, '频道消息')
    await say(b, '收到')
    await hears(a, '收到')

    await b.tap('channel-info')
    await b.waitForRoute(CHANNEL)
    await b.waitForCount('channel-leave', 1)
    await b.tap('channel-leave')
    await b.answer('confirm')
    await b.waitForCount('channel-join', 1)
    await a.waitForText('thread-detail', '1 位成员')
    await b.tap('channel-join')
    await a.waitForText('thread-detail', '2 位成员')
    await b.back()
    await say(a, '又见面了')
    await hears(b, '又见面了')
    expect(await texts(b)).toEqual(['频道消息', '收到', '又见面了'])
  })
})
