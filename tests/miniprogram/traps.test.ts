// Faults of a compiled mini program that cause no error. Each of these has happened once.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { filesUnder } from '../../simulator/compile/build-files'
import { startInNode } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { backToList, CONVERSATIONS, hears, idle, logIn, ME, open, say, startChat, THREAD } from './people'
import { tokenOf } from '../support/tokens'

const DIST = 'dist/build/mp-weixin'
const CERTIFICATE = '0123456789abcdef0123456789abcdef'
const network = useNetwork(startInNode)
const { phone } = network

test('a changed status is visible', async () => {
  const a = await phone()
  await logIn(a, 'alice')
  await startChat(a, 'peer', 'bob')
  await say(a, '在吗')
  await a.waitFor('the status to be sent', async () => (await a.element('message-status')).className.includes('is-sent'))
  expect(await a.text('message-status')).toBe('对方尚未收到')
  const b = await phone()
  await logIn(b, 'bob')
  await a.waitFor('the status to be delivered', async () => (await a.element('message-status')).className.includes('is-delivered'))
  await open(b, 'peer:alice')
  await hears(b, '在吗')
  expect(await b.count('message-row')).toBe(1)
})

test('two sends in a row leave the composer empty', async () => {
  const a = await phone()
  await logIn(a, 'alice')
  await startChat(a, 'channel', 'general')
  for (const text of ['第一条', '第二条']) {
    await a.type('composer-input', text)
    await a.tap('composer-send')
    await hears(a, text)
    await a.waitFor('an empty composer', async () => (await a.element('composer-input')).value === '')
  }
  expect((await a.element('composer-send')).className).not.toContain('is-on')
})

test('the keyboard’s send key sends', async () => {
  const a = await phone()
  await logIn(a, 'alice')
  await startChat(a, 'channel', 'general')
  await a.type('composer-input', '用键盘发送')
  await a.confirm('composer-input')
  await hears(a, '用键盘发送')
})

test('a token of more than 140 characters logs in', async () => {
  await network.startGateway({ certificate: CERTIFICATE })
  const token = tokenOf('007', 'alice', { certificate: CERTIFICATE, now: network.clock.now(), lifeS: 36_000 }).padEnd(200, ' ')
  expect(token.length).toBeGreaterThanOrEqual(200)
  const a = await phone()
  await a.waitForCount('login-token', 1)
  await a.type('login-uid', 'alice')
  await a.tap('login-submit')
  await a.waitForText('login-error', /需要 Token/)
  await logIn(a, 'alice', token)
})

test.each(['100%', '..', '__proto__', 'constructor', 'a:b', 'a b?c=d&e', 'Alice'])('the user id %s opens its thread', async (uid) => {
  const [a, b] = [await phone(), await phone()]
  await logIn(a, 'alice')
  await logIn(b, uid)
  await startChat(a, 'peer', uid)
  expect(await a.text('thread-title')).toBe(uid)
  await say(a, '你好')
  await a.waitForText('message-status', '已送达')
  await startChat(b, 'peer', 'alice')
  await hears(b, '你好')
  await say(b, '你也好')
  await hears(a, '你也好')
  await a.restart()
  await a.waitForRoute(CONVERSATIONS)
  await open(a, `peer:${uid}`)
  await hears(a, '你也好')
  expect(await a.count('message-row')).toBe(2)
})

test('a local build has nothing of the SDK, though its file was there', () => {
  for (const file of filesUnder(DIST).filter((name) => name.endsWith('.js'))) {
    expect(readFileSync(`${DIST}/${file}`, 'utf8'), file).not.toMatch(/RtmInvalidStatusError: The client is not logged in|createMiniSdkDouble|miniapp\.agoraio\.cn/)
  }
})

test('tab pages stay alive, and a hidden page sends nothing until it is shown', async () => {
  const [a, b] = [await phone(), await phone()]
  await logIn(a, 'alice')
  await logIn(b, 'bob')
  await startChat(a, 'peer', 'carol')
  await say(a, '给 Carol')
  await startChat(b, 'peer', 'alice')
  await a.waitForText('message-status', /./)
  await a.resetStats()
  await say(b, '给 Alice')
  await b.waitForText('message-status', '已送达')
  await idle(a)
  expect((await a.stats()).log).toEqual([])

  await backToList(a)
  await a.waitForText('conversation-preview', '给 Alice')
  expect(await a.text('conversation-unread')).toBe('1')
  await a.tap('conversation-filter', { kind: 'peer' })
  const isChosen = async () => (await a.element('conversation-filter', { kind: 'peer' })).className.includes('is-on')
  await a.waitFor('the filter', isChosen)
  await a.switchTab(ME)
  await a.waitForCount('me-uid', 1)
  await a.resetStats()
  await say(b, '再说一句')
  await b.waitFor('both delivered', async () => (await b.all('message-status')).every((status) => status.text === '已送达'))
  await idle(a)
  expect((await a.stats()).log).toEqual([])
  await a.switchTab(CONVERSATIONS)
  await a.waitForText('conversation-preview', '再说一句')
  expect(await isChosen()).toBe(true)
  expect((await a.stats()).calls).toBeLessThanOrEqual(2)
  await open(a, 'peer:bob')
  expect(await a.route()).toBe(THREAD)
})

test('a token that expires while the connection is lost leads back to the login, with a sentence and nothing lost', async () => {
  await network.startGateway({ certificate: CERTIFICATE })
  const token = (kind: '006' | '007') => tokenOf(kind, 'alice', { certificate: CERTIFICATE, now: network.clock.now(), lifeS: 600 })
  const a = await phone()
  // AccessToken (006): it is checked only when the client logs in again.
  await logIn(a, 'alice', token('006'))
  await startChat(a, 'peer', 'bob')
  await a.setNetwork(false)
  await a.type('composer-input', '过期前写的')
  await a.tap('composer-send')
  await hears(a, '过期前写的')
  // Past the token and the session's grace.
  await a.elapse(601_000)
  await a.setNetwork(true)
  await a.waitForText('connection-banner', /登录已过期/)
  await a.tap('connection-banner')
  await a.waitForText('login-error', /Token 已过期/)
  await logIn(a, 'alice', token('007'))
  await open(a, 'peer:bob')
  await a.waitForText('message-status', '对方尚未收到')
  expect((await a.element('message-status')).className).toContain('is-sent')
})
