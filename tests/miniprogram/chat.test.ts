// The compiled mini program against the real gateway: the features that the product promises.
import { describe, expect, test } from 'vitest'
import { startGateway } from '../../gateway/server'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { backToList, BUILT_IN_GATEWAY, connected, CHANNEL, CONVERSATIONS, hears, idle, logIn, LOGIN, logOut, open, say, startChat, texts } from './people'

const [alice, bob, carol, room] = ['alice', 'bob', 'carol', 'weekend-trip'] as const

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_host, start) => {
  const { phone } = useNetwork(start)

  test('two users chat one to one', async () => {
    const [a, b] = [await phone(), await phone()]
    await a.waitForRoute(LOGIN)
    await a.screenshot('login')
    await logIn(a, alice)
    await a.screenshot('conversations-empty')
    await logIn(b, bob)
    await startChat(a, 'peer', bob)
    expect(await a.text('thread-title')).toBe(bob)
    await say(a, '你好，Bob！今天的站会改到下午三点，方便吗？')
    await a.waitForText('message-status', '已送达')
    expect((await a.element('message-status')).className).toContain('is-delivered')

    await b.waitForText('conversation-unread', '1')
    expect(await b.text('conversation-title')).toBe(alice)
    await b.screenshot('conversations')
    await open(b, `peer:${alice}`)
    await b.waitForCount('unread-divider', 1)
    await say(b, '方便，三点见。')
    await say(b, '会议室还是老地方？')
    await hears(a, '会议室还是老地方？')
    await say(a, '对，三楼。')
    await hears(b, '对，三楼。')
    expect(await texts(a)).toEqual(await texts(b))
    await a.screenshot('thread-peer')
    await backToList(b)
    await b.waitForText('conversation-preview', '对，三楼。')
    await b.waitForCount('conversation-unread', 0)
  })

  test('three users chat in a channel, one leaves and joins again', async () => {
    const [a, b, c] = [await phone(), await phone(), await phone()]
    await Promise.all([logIn(a, alice), logIn(b, bob), logIn(c, carol)])
    for (const one of [a, b, c]) await startChat(one, 'channel', room)
    for (const one of [a, b, c]) await one.waitForText('thread-detail', '3 位成员')
    await say(a, '大家好')
    await hears(b, '大家好')
    await hears(c, '大家好')
    await say(b, '收到')
    await hears(a, '收到')
    await hears(c, '收到')
    await say(c, '我晚到五分钟，你们先开始')
    await hears(b, '我晚到五分钟，你们先开始')
    await say(b, '好，会议室给你留门。')
    await hears(c, '好，会议室给你留门。')
    await c.screenshot('thread-channel')

    await c.tap('channel-info')
    await c.waitForRoute(CHANNEL)
    await c.waitForCount('channel-member', 3)
    expect(await c.text('channel-member-count')).toBe('3 位成员')
    await c.screenshot('channel')
    await c.tap('channel-leave')
    await c.answer('confirm')
    await c.waitForCount('channel-join', 1)
    await a.waitForText('thread-detail', '2 位成员')
    await say(a, 'Carol 在吗')
    await hears(b, 'Carol 在吗')

    await c.tap('channel-join')
    await c.waitForCount('channel-member', 3)
    await c.back()
    await a.waitForText('thread-detail', '3 位成员')
    await say(a, '欢迎回来')
    await hears(c, '欢迎回来')
    expect(await texts(c)).not.toContain('Carol 在吗')
  })

  test('a user switches between a peer and a channel conversation', async () => {
    const [a, b] = [await phone(), await phone()]
    await Promise.all([logIn(a, alice), logIn(b, bob)])
    for (const one of [a, b]) await startChat(one, 'channel', room)
    await say(a, '频道里的话')
    await backToList(a)
    await startChat(a, 'peer', bob)
    await say(a, '悄悄话')
    await backToList(a)
    await hears(b, '频道里的话')
    await say(b, '频道里的回答')
    await backToList(b)
    await open(b, `peer:${alice}`)
    await hears(b, '悄悄话')
    await say(b, '悄悄的回答')

    await a.waitForCount('conversation-row', 2)
    // Both answers: a late one would put its row where the test taps.
    await a.waitForCount('conversation-unread', 2)
    await open(a, `channel:${room}`)
    await hears(a, '频道里的回答')
    await idle(a)
    expect(await texts(a)).not.toContain('悄悄的回答')
    await backToList(a)
    await open(a, `peer:${bob}`)
    await hears(a, '悄悄的回答')
    expect(await texts(a)).toEqual(['悄悄话', '悄悄的回答'])
    await backToList(a)
    await a.tap('conversation-filter', { kind: 'channel' })
    await a.waitForCount('conversation-row', 1)
    expect(await a.text('conversation-title')).toBe(room)
  })

  test('a login elsewhere logs the user out, who may take over again', async () => {
    const [a, elsewhere] = [await phone(), await phone()]
    await logIn(a, alice)
    await logIn(elsewhere, alice)
    await a.waitForText('connection-banner', /已在其他设备登录/)
    await a.screenshot('kicked')
    await a.tap('connection-banner')
    await connected(a)
    await elsewhere.waitForText('connection-banner', /已在其他设备登录/)
  })

  test('a lost connection is restored, and messages written offline are sent', async () => {
    const [a, b] = [await phone(), await phone()]
    await Promise.all([logIn(a, alice), logIn(b, bob)])
    await startChat(a, 'peer', bob)
    await say(a, '一')
    await open(b, `peer:${alice}`)
    await hears(b, '一')

    await b.setNetwork(false)
    await b.waitForText('connection-banner', /网络已断开/)
    await b.screenshot('offline')
    await say(b, '断网时写的')
    expect((await b.all('message-status')).at(-1)?.className).toMatch(/is-(queued|sending)/)
    await say(a, '你断网了吗')
    await b.setNetwork(true)
    await connected(b)
    await hears(a, '断网时写的')
    await hears(b, '你断网了吗')
    await b.waitForText('message-status', '已送达')
    expect((await texts(b)).sort()).toEqual((await texts(a)).sort())
  })

  test('a restart keeps the user, the conversations and the messages', async () => {
    const [a, b] = [await phone(), await phone()]
    await Promise.all([logIn(a, alice), logIn(b, bob)])
    await startChat(a, 'peer', bob)
    await say(a, '重启前')
    await a.waitForText('message-status', '已送达')
    await a.restart()
    await a.waitForRoute(CONVERSATIONS)
    await connected(a)
    await open(a, `peer:${bob}`)
    await hears(a, '重启前')
    await open(b, `peer:${alice}`)
    await say(b, '重启后')
    await hears(a, '重启后')
    expect(await texts(a)).toEqual(['重启前', '重启后'])
  })

  test('logging out and in as another user shows only that user’s data', async () => {
    const [a, b] = [await phone(), await phone()]
    await Promise.all([logIn(a, alice), logIn(b, bob)])
    await startChat(a, 'peer', bob)
    await say(a, '只给 Alice 看')
    await a.waitForText('message-status', '已送达')
    await backToList(a)
    await logOut(a)
    await logIn(a, carol)
    await a.waitForCount('conversation-list', 1)
    await idle(a)
    expect(await a.count('conversation-row')).toBe(0)
    await logOut(a)
    await logIn(a, alice)
    await open(a, `peer:${bob}`)
    await hears(a, '只给 Alice 看')
    expect(await texts(a)).toEqual(['只给 Alice 看'])
  })
})

test('in Node, over real sockets and in real time, two users chat one to one', async () => {
  const gateway = await startGateway({ port: 0 })
  const phones: MiniProgram[] = []
  const phone = async () => {
    const started = await startInNode({ hosts: { [BUILT_IN_GATEWAY]: new URL(gateway.url).host } })
    phones.push(started)
    return started
  }
  try {
    const [a, b] = [await phone(), await phone()]
    await Promise.all([logIn(a, alice), logIn(b, bob)])
    await startChat(a, 'peer', bob)
    await say(a, '经过真的网络')
    await a.waitForText('message-status', '已送达')
    await open(b, `peer:${alice}`)
    await hears(b, '经过真的网络')
    await b.setNetwork(false)
    await b.waitForText('connection-banner', /网络已断开/)
    await say(b, '断网时写的')
    await b.setNetwork(true)
    await hears(a, '断网时写的')
    await a.restart()
    await connected(a)
    await open(a, `peer:${bob}`)
    await hears(a, '断网时写的')
    expect(await texts(a)).toEqual(['经过真的网络', '断网时写的'])
    expect((await Promise.all(phones.map((one) => one.problems()))).flat()).toEqual([])
  } finally {
    await Promise.all(phones.map((one) => one.close()))
    await gateway.close()
  }
})
