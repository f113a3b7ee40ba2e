// Two quick taps: WeChat passes both to the program, before the program has handled the first.
import { beforeEach, expect, test } from 'vitest'
import { startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { backToList, CHANNEL, CONVERSATIONS, idle, logIn, LOGIN, ME, open, sayTo, startChat, THREAD } from './people'

const NEW_CHAT = 'src/pages/new-chat/new-chat'
const STORAGE = 'src/pages/storage/storage'
const { phone } = useNetwork(startInNode)
let a: MiniProgram

beforeEach(async () => {
  a = await phone()
  await logIn(a, 'alice')
})

async function twice(testId: string, where?: Parameters<MiniProgram['tap']>[1]): Promise<string[]> {
  await a.waitForCount(testId, 1, where)
  await Promise.all([a.tap(testId, where), a.tap(testId, where)])
  await idle(a)
  return a.routes()
}

test('two taps open one page, whatever the way to it', async () => {
  await sayTo(a, 'peer', 'bob', 'hello')
  expect(await twice('new-chat')).toEqual([CONVERSATIONS, NEW_CHAT])
  await a.tap('new-chat-kind', { kind: 'channel' })
  await a.type('new-chat-id', 'general')
  expect(await twice('new-chat-submit')).toEqual([CONVERSATIONS, THREAD])
  expect(await twice('channel-info')).toEqual([CONVERSATIONS, THREAD, CHANNEL])
  await a.back()
  expect(await twice('nav-back')).toEqual([CONVERSATIONS])
  expect(await twice('conversation-row', { id: 'peer:bob' })).toEqual([CONVERSATIONS, THREAD])
  await backToList(a)
  // Once more, and another one: neither was dropped.
  expect(await twice('conversation-row', { id: 'peer:bob' })).toEqual([CONVERSATIONS, THREAD])
  await backToList(a)
  await open(a, 'channel:general')
  expect(await a.text('thread-title')).toBe('general')
  await backToList(a)
  await a.switchTab(ME)
  expect(await twice('me-storage')).toEqual([ME, STORAGE])
})

test('taps on two rows open the one that was tapped first', async () => {
  await sayTo(a, 'peer', 'bob', 'hello')
  await sayTo(a, 'peer', 'carol', 'hello')
  await a.waitForCount('conversation-row', 2)
  await Promise.all([a.tap('conversation-row', { id: 'peer:bob' }), a.tap('conversation-row', { id: 'peer:carol' })])
  await idle(a)
  expect(await a.routes()).toEqual([CONVERSATIONS, THREAD])
  expect(await a.text('thread-title')).toBe('bob')
})

test('a tap that is reported only once another page is open does nothing', async () => {
  await sayTo(a, 'peer', 'bob', 'hello')
  await sayTo(a, 'channel', 'general', 'hello')
  type Place = readonly [testId: string, id?: string]
  const whereOf = ([, id]: Place) => (id === undefined ? undefined : { id })
  const opensOne = async (first: Place, late: Place) => {
    const before = await a.routes()
    const opens = async () => {
      await a.tap(first[0], whereOf(first))
      await idle(a)
    }
    await a.tapAfter(opens, late[0], whereOf(late))
    await idle(a)
    expect((await a.routes()).slice(0, -1)).toEqual(before)
    return a.route()
  }
  expect(await opensOne(['conversation-row', 'peer:bob'], ['conversation-row', 'channel:general'])).toBe(THREAD)
  expect(await a.text('thread-title')).toBe('bob')
  await backToList(a)
  expect(await opensOne(['conversation-row', 'peer:bob'], ['new-chat'])).toBe(THREAD)
  await backToList(a)
  expect(await opensOne(['new-chat'], ['conversation-row', 'peer:bob'])).toBe(NEW_CHAT)
  await a.back()
  await open(a, 'channel:general')
  expect(await opensOne(['channel-info'], ['nav-back'])).toBe(CHANNEL)
  await a.back()
  await backToList(a)
  // Back in front, the page can be tapped as before.
  await open(a, 'peer:bob')
  expect(await a.text('thread-title')).toBe('bob')
})

test('two taps send one message, and ask one question', async () => {
  await startChat(a, 'channel', 'general')
  await a.type('composer-input', 'once')
  await twice('composer-send')
  expect((await a.all('message-text')).map(({ text }) => text)).toEqual(['once'])
  await a.tap('channel-info')
  await twice('channel-leave')
  expect(await a.dialogs()).toHaveLength(1)
  await a.answer('cancel')
  await idle(a)
  await a.tap('channel-leave')
  await idle(a)
  expect(await a.dialogs()).toHaveLength(2)
  await a.answer('confirm')
  await a.waitForCount('channel-join', 1)
  await twice('channel-join')
  await a.back()
  await backToList(a)
  await a.switchTab(ME)
  expect(await twice('me-logout')).toEqual([LOGIN])
  await a.type('login-uid', 'carol')
  expect(await twice('login-submit')).toEqual([CONVERSATIONS])
})
