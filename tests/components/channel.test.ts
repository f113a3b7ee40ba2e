/** A channel: its page, and what its thread shows when the user is not in it. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import ChannelPage from '@/src/pages/channel/channel.vue'
import { encodeId } from '@/src/platform/pages'
import { LocalChannel } from '@/src/rtm/local/channel'
import { LocalClient } from '@/src/rtm/local/client'
import { errorOfCode } from '@/src/rtm/error-name'
import { openPage } from '../support/page'
import { openThread } from '../support/thread'
import { conversation, eventually, texts, useWorld } from '../support/world'

const world = useWorld()
afterEach(() => vi.restoreAllMocks())

async function joined(name = 'general') {
  const chat = await world.signedIn('alice')
  await chat.startConversation('channel', name)
  await eventually(() => expect(chat.channelView(name).value.state).toBe('joined'))
  return chat
}

const pageOf = (name = 'general') => openPage(world, ChannelPage, { query: { id: encodeId(`channel:${name}`) } })

describe('the page about a channel', () => {
  it('shows the members, the user first, and their number, and follows joins and leaves', async () => {
    const bob = await world.friend('bob')
    await bob.joins('general')
    await joined()
    const page = await pageOf()
    expect(page.text('channel-title')).toBe('general')
    const members = () => page.all('channel-member').map((member) => member.attributes('data-id'))
    await eventually(() => expect(members()).toEqual(['alice', 'bob']))
    expect(page.all('channel-member').map((member) => member.get('.name').text())).toEqual(['我', 'bob'])
    await eventually(() => expect(page.text('channel-member-count')).toBe('2 位成员'))
    await (await world.friend('Bob')).joins('general')
    await eventually(() => expect(members()).toEqual(['alice', 'Bob', 'bob']))
    await bob.channels.get('general')!.leave()
    await eventually(() => expect(members()).toEqual(['alice', 'Bob']))
    await eventually(() => expect(page.text('channel-member-count')).toBe('2 位成员'))
  })

  it('asks before it leaves, and lets the user join again afterwards', async () => {
    const chat = await joined()
    const page = await pageOf()
    world.phone.saysYes = false
    await page.tap('channel-leave')
    expect(world.phone.questions).toEqual([{ title: '退出 general？', content: '退出后不再收到这个频道的消息，已有的记录会保留。', confirmText: '退出' }])
    expect(world.gateway.stats().channels).toBe(1)
    world.phone.saysYes = true
    await page.tap('channel-leave')
    await eventually(() => expect(page.has('channel-join')).toBe(true))
    await eventually(() => expect(world.gateway.stats().channels).toBe(0))
    expect(page.has('channel-leave')).toBe(false)
    expect(page.has('channel-member')).toBe(false)
    expect(page.wrapper.text()).toContain('你已退出这个频道')
    expect(chat.account!.conversations.get('channel:general')).toMatchObject({ left: true })
    await page.tap('channel-join')
    await eventually(() => expect(page.has('channel-leave')).toBe(true))
    await eventually(() => expect(world.gateway.stats().channels).toBe(1))
    await eventually(() => expect(page.all('channel-member')).toHaveLength(1))
    expect(chat.account!.conversations.get('channel:general')).toMatchObject({ left: false })
  })

  it.each(['__proto__', '..', '100%', 'a:b'])('opens for the id %s', async (name) => {
    await joined(name)
    const page = await pageOf(name)
    expect(page.text('channel-title')).toBe(name)
    await eventually(() => expect(page.all('channel-member')).toHaveLength(1))
  })

  it('speaks English', async () => {
    world.phone.language = 'en'
    await joined()
    const page = await pageOf()
    expect(world.phone.title).toBe('Channel')
    expect(page.text('channel-leave')).toBe('Leave channel')
    await eventually(() => expect(page.text('channel-member-count')).toBe('Members: 1'))
  })

  it('is for channels only', async () => {
    await joined()
    const page = await openPage(world, ChannelPage, { query: { id: encodeId('peer:bob') } })
    expect(world.phone.visit).toBe('switchTab /src/pages/conversations/conversations')
    expect(page.has('channel-title')).toBe(false)
  })
})

describe('the thread of a channel that the user is not in', () => {
  it('says that the user has left, and joins at a tap', async () => {
    await world.remembers('alice', conversation('channel:general', texts(3), { left: true }))
    const chat = await world.signedIn('alice')
    const page = await openThread(world, 'channel:general')
    expect(page.text('channel-notice')).toBe('你已退出这个频道，加入后才能收发消息')
    expect(page.texts('message-text')).toHaveLength(3)
    expect(chat.channelView('general').value.state).toBe('left')
    await page.tap('channel-join')
    await eventually(() => expect(page.has('channel-notice')).toBe(false))
    const bob = await world.friend('bob')
    await bob.joins('general')
    await bob.saysIn('general', 'welcome back')
    await eventually(() => expect(page.texts('message-text').at(-1)).toBe('welcome back'))
  })

  it('allows no message before the channel is joined', async () => {
    await world.remembers('alice', conversation('channel:general', [], { left: true }))
    await world.signedIn('alice')
    const page = await openThread(world, 'channel:general')
    await page.type('composer-input', 'anyone?')
    expect(page.get('composer-send').classes()).not.toContain('is-on')
    await page.tap('composer-send')
    expect(page.has('message-row')).toBe(false)
    expect(page.field('composer-input').text).toBe('anyone?')
    await page.tap('channel-join')
    await eventually(() => expect(page.get('composer-send').classes()).toContain('is-on'))
    await page.tap('composer-send')
    await eventually(() => expect(page.text('message-status')).toBe('已发送'))
  })

  it('shows a message that failed, which can be sent again once the channel is joined', async () => {
    await world.remembers('alice', conversation('channel:general', [], { left: true }))
    const chat = await world.signedIn('alice')
    const page = await openThread(world, 'channel:general')
    await chat.account!.own.send('channel:general', { kind: 'text', text: 'anyone?' })
    await eventually(() => expect(page.text('message-status')).toContain('你不在这个频道里'))
    await page.tap('channel-join')
    await eventually(() => expect(page.has('channel-notice')).toBe(false))
    await page.tap('message-retry')
    await eventually(() => expect(page.text('message-status')).toBe('已发送'))
  })

  it.each([
    [2, '没能加入频道：服务器拒绝了'],
    [5, '没能加入频道：同时最多加入 20 个频道，请先退出一个'],
    [42, '没能加入频道：服务器没有接受（错误码 42）'],
  ])('says why a join failed with code %i', async (code, sentence) => {
    vi.spyOn(LocalChannel.prototype, 'join').mockRejectedValueOnce(errorOfCode('join', code, 'refused'))
    const chat = await world.signedIn('alice')
    await chat.startConversation('channel', 'general')
    const page = await openThread(world, 'channel:general')
    await eventually(() => expect(page.text('channel-notice')).toBe(sentence))
    await page.tap('channel-join')
    await eventually(() => expect(page.has('channel-notice')).toBe(false))
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
  })

  it('says that a channel is suspended, until it is joined again', async () => {
    const chat = await joined('first')
    const page = await openThread(world, 'channel:first')
    expect(page.has('channel-notice')).toBe(false)
    for (let i = 0; i < 20; i++) await chat.startConversation('channel', `more${i}`)
    await eventually(() => expect(page.text('channel-notice')).toBe('同时在线的频道已达上限，这个频道暂停接收'))
    await page.tap('channel-join')
    await eventually(() => expect(page.has('channel-notice')).toBe(false))
    await eventually(() => expect(world.gateway.stats().channels).toBe(20))
  })

  it('does not say so while the app is still connecting', async () => {
    await world.remembers('alice', conversation('channel:general', texts(1)))
    await world.signedIn('alice')
    const chat = await world.restart()
    vi.spyOn(LocalClient.prototype, 'login').mockReturnValue(new Promise(() => undefined))
    await chat.restore()
    expect(chat.connection.state).not.toBe('CONNECTED')
    const page = await openThread(world, 'channel:general')
    expect(page.has('channel-notice')).toBe(false)
  })

  it('shows nothing in the thread of a peer', async () => {
    const chat = await world.signedIn('alice')
    await chat.startConversation('peer', 'bob')
    const page = await openThread(world, 'peer:bob')
    expect(page.has('channel-notice')).toBe(false)
    expect(page.has('channel-join')).toBe(false)
  })
})
