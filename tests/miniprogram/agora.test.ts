// The compiled mini program with the backend `agora`, over a double of Agora's SDK file that reaches the gateway as its cloud.
import { expect, test } from 'vitest'
import { BUILDS } from '../../scripts/test/builds'
import { startInNode } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { connected, hears, idle, logIn, say, startChat, texts } from './people'

const build = BUILDS.find(({ name }) => name === 'mp-weixin, Agora')!
const missing = BUILDS.find(({ name }) => name === 'mp-weixin, Agora without its SDK')!

const network = useNetwork(startInNode, { appId: build.env.VITE_RTM_APP_ID! })
const { phone } = network

test('logs in, sends and receives, one to one and in a channel', async () => {
  const [a, b] = [await phone({ dist: build.output }), await phone({ dist: build.output })]
  await a.waitForText('login-backend', /声网 RTM/)
  await logIn(a, 'alice')
  await logIn(b, 'bob')
  await startChat(a, 'peer', 'bob')
  await say(a, '经过声网')
  await a.waitForText('message-status', '已送达')
  await startChat(b, 'peer', 'alice')
  await hears(b, '经过声网')
  await say(b, '收到')
  await hears(a, '收到')
  for (const one of [a, b]) {
    await one.back()
    await startChat(one, 'channel', 'general')
  }
  // The mini program SDK never reports the number of members: it is computed from its list and its events.
  await a.waitForText('thread-detail', '2 位成员')
  await say(a, '频道里也行')
  await hears(b, '频道里也行')
  expect(await texts(b)).toEqual(['频道里也行'])
})

test('a peer message leaves the outbox on the receipt, and is not sent again', async () => {
  const sent: string[] = []
  const [a, b] = [await phone({ dist: build.output, ...network.recording(sent) }), await phone({ dist: build.output })]
  await logIn(a, 'carol')
  await logIn(b, 'dave')
  await startChat(a, 'peer', 'dave')
  await say(a, '只来一次')
  await startChat(b, 'peer', 'carol')
  await hears(b, '只来一次')
  await a.waitForText('message-status', '已送达')
  // It is on the disk as well.
  await idle(a)
  await a.restart()
  await a.waitForCount('conversation-row', 1)
  await connected(a)
  await say(b, '确认')
  await a.waitForText('conversation-preview', '确认')
  await idle(a)
  expect(await texts(b)).toEqual(['只来一次', '确认'])
  // A receiver that gets it twice shows it once.
  expect(sent.filter((frame) => frame.includes('只来一次'))).toHaveLength(1)
})

test('a login that the SDK rejects shows its sentence', async () => {
  const a = await phone({ dist: build.output })
  await a.waitForCount('login-uid', 1)
  await a.type('login-uid', 'alice')
  await a.type('login-token', `007${'x'.repeat(120)}`)
  await a.tap('login-submit')
  await a.waitForText('login-error', /Token 无效.*007/)
})

test('without the SDK file the login page says what to do', async () => {
  const a = await phone({ dist: missing.output })
  await a.waitForText('login-sdk-missing', /src\/lib\//)
})
