// What ends a session and what restores it, on the compiled mini program against the real gateway: the user has to act only where no one else can.
import { describe, expect, test } from 'vitest'
import { startInChromium, startInNode } from '../../simulator/drive/driver'
import { openPipe, type Pipe } from '../../simulator/drive/pipe'
import { useNetwork } from './network'
import { backToList, connected, CONVERSATIONS, hears, idle, logIn, LOGIN, open, say, startChat, texts } from './people'
import { STEPPED } from '../support/gateways'
import { tokenOf } from '../support/tokens'
import { TestClock } from '../support/test-clock'

const CERTIFICATE = 'c0ffee00c0ffee00c0ffee00c0ffee00'
/** WeChat closes the socket of a hidden mini program after this time, ms. */
const HIDDEN_SOCKET_MS = 5_000

describe('in Node', () => {
  const network = useNetwork(startInNode)
  const { phone } = network

  test('a hidden app is back by itself when it is shown, with all missed messages, once each', async () => {
    const [a, b] = [await phone(), await phone()]
    await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
    for (const one of [a, b]) await startChat(one, 'channel', 'general')
    await a.waitForText('thread-detail', '2 位成员')
    await b.raise('AppHide')
    await b.elapse(HIDDEN_SOCKET_MS)
    await b.cutSockets()
    for (const text of ['一', '二', '三']) await say(a, text)
    await b.raise('AppShow')
    await connected(b)
    await hears(b, '三')
    await say(b, '我回来了')
    await hears(a, '我回来了')
    expect(await texts(b)).toEqual(['一', '二', '三', '我回来了'])
  })

  test('the line about an absence shows when the service was last heard, not when the silence was noticed', async () => {
    const pipes = new Set<Pipe>()
    let isSilent = false
    const a = await phone({
      openSocket: (_url, _protocols, _headers, handlers) => {
        const pipe = openPipe(network.gateway, network.clock, handlers)
        pipes.add(pipe)
        if (isSilent) pipe.pause()
        return pipe
      },
    })
    await logIn(a, 'alice')
    await startChat(a, 'channel', 'general')
    // So late in a minute that the silence is noticed in the next one.
    await a.elapse(119_000 - (network.clock.now() % 60_000))
    const at = (ms: number) => new Date(network.clock.now() + ms).toTimeString().slice(0, 5)
    const from = at(0)
    isSilent = true
    for (const pipe of pipes) pipe.pause()
    await a.elapse(50_000)
    expect(await a.count('connection-banner')).toBe(1)
    isSilent = false
    await connected(a)
    await a.waitFor('the line', async () => (await a.tree()).includes(`${from} 到 ${at(0)} 不在线，期间的消息收不到`))
  })

  test('a phone that slept longer than the gateway waits begins a new session, joins its channels again and gets its messages', async () => {
    await network.startGateway({ timing: { graceMs: 500 } })
    const [a, b] = [await phone(), await phone()]
    await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
    await startChat(b, 'channel', 'general')
    await startChat(a, 'channel', 'general')
    await a.waitForText('thread-detail', '2 位成员')
    await b.raise('AppHide')
    await b.setNetwork(false)
    await a.waitForText('thread-detail', '1 位成员')
    await backToList(a)
    await startChat(a, 'peer', 'bob')
    await say(a, '睡着时发的')
    await a.waitForText('message-status', '对方尚未收到')
    await b.raise('AppShow')
    await b.setNetwork(true)
    await connected(b)
    await backToList(b)
    await open(b, 'peer:alice')
    await hears(b, '睡着时发的')
    await a.waitForText('message-status', '已送达')
    await backToList(a)
    await open(a, 'channel:general')
    await a.waitForText('thread-detail', '2 位成员')
    await say(a, '频道也回来了')
    await backToList(b)
    await open(b, 'channel:general')
    await hears(b, '频道也回来了')
  })

  test('a banned account does not retry', async () => {
    const a = await phone()
    await logIn(a, 'alice')
    network.gateway.kick('alice', 'BANNED_BY_SERVER')
    await a.waitForText('connection-banner', '这个账号已被服务器禁止登录')
    const { length } = await a.sockets()
    await a.raise('AppHide')
    await a.raise('AppShow')
    await idle(a)
    expect((await a.sockets()).length).toBe(length)
    expect(await a.route()).toBe(CONVERSATIONS)
  })

  test('above RTM’s limit the least recently used channel is suspended, says so, and is joined again when it is opened', async () => {
    const [a, b] = [await phone(), await phone()]
    await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
    for (let i = 0; i < 21; i++) {
      await startChat(a, 'channel', `room-${i}`)
      await backToList(a)
    }
    await a.waitForText('conversation-preview', /^\[暂停接收\]/, { index: -1 })
    expect(await a.text('conversation-title', { index: -1 })).toBe('room-0')
    expect(network.gateway.stats().channels).toBe(20)
    await open(a, 'channel:room-0')
    await a.waitForText('thread-detail', '1 位成员')
    await startChat(b, 'channel', 'room-0')
    await say(b, '听得到吗')
    await hears(a, '听得到吗')
    await backToList(a)
    await a.waitForText('conversation-row', /\[暂停接收\]/, { id: 'channel:room-1' })
    // A start joins the twenty used last, and the others stay suspended.
    await a.restart()
    await connected(a)
    await a.waitFor('twenty channels', async () => network.gateway.stats().channels === 20)
    await idle(a)
    expect(network.gateway.stats().channels).toBe(20)
  })
})

describe('in Chromium', () => {
  const network = useNetwork(startInChromium)
  const { phone } = network

  test('a banned account says so', async () => {
    const a = await phone()
    await logIn(a, 'alice')
    network.gateway.kick('alice', 'BANNED_BY_SERVER')
    await a.waitForText('connection-banner', '这个账号已被服务器禁止登录')
    await a.screenshot('session-banned')
  })

  test('an expired token leads back to the login page with its sentence, and nothing is lost', async () => {
    const clock = new TestClock(Date.now())
    await network.startGateway({ certificate: CERTIFICATE, clock, timing: STEPPED })
    const token = (lifeS: number) => tokenOf('006', 'alice', { certificate: CERTIFICATE, now: clock.now(), lifeS })
    const a = await phone()
    await logIn(a, 'alice', token(600))
    await startChat(a, 'peer', 'bob')
    await say(a, '先记下')
    await clock.advance(601_000)
    // At run time: RTM checks a 006 token when the connection begins again.
    await a.cutSockets()
    await a.waitForText('connection-banner', /登录已过期/)
    await a.screenshot('session-token-expired')
    // At the next start.
    await a.restart()
    await a.waitForRoute(LOGIN)
    await a.waitForText('login-error', 'Token 已过期。请换一个新的 Token 再登录。')
    await a.screenshot('session-token-expired-login')
    await logIn(a, 'alice', token(600))
    await open(a, 'peer:bob')
    await hears(a, '先记下')
    expect(await texts(a)).toEqual(['先记下'])
  })

  test('a suspended channel says so in the list and in its thread', async () => {
    const a = await phone()
    await logIn(a, 'alice')
    for (let i = 0; i < 21; i++) {
      await startChat(a, 'channel', `room-${i}`)
      await backToList(a)
    }
    await a.scroll('conversation-list', 'bottom')
    await a.waitForText('conversation-row', /\[暂停接收\]/, { id: 'channel:room-0' })
    await a.screenshot('session-parked')
  })
})
