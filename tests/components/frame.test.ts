/** What surrounds every page: the banner, the bar, the avatar. And that a hidden page stays idle. */
import { flushPromises } from '@vue/test-utils'
import { nextTick } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import AppAvatar from '@/src/ui/account/AppAvatar.vue'
import ThreadHeader from '@/src/ui/thread/ThreadHeader.vue'
import ChannelPage from '@/src/pages/channel/channel.vue'
import ConversationsPage from '@/src/pages/conversations/conversations.vue'
import MePage from '@/src/pages/me/me.vue'
import NewChatPage from '@/src/pages/new-chat/new-chat.vue'
import ThreadPage from '@/src/pages/thread/thread.vue'
import { encodeId } from '@/src/platform/pages'
import type { Session } from '@/src/chat/session/session'
import type { LocalClient } from '@/src/rtm/local/client'
import { openPage, Page } from '../support/page'
import { openThread } from '../support/thread'
import { conversation, eventually, texts, useWorld } from '../support/world'

const world = useWorld()
afterEach(() => vi.restoreAllMocks())

describe('the banner', () => {
  const who = { uid: 'alice', token: undefined }
  const stopped = { phase: 'stopped', attempt: 9, who } as const
  const states: [what: string, (before: Session) => Session, zh: string, en: string, tone: string | undefined][] = [
    ['a login under way', () => ({ phase: 'fetching', attempt: 9, who, tries: 0, accepted: true }), '连接中…', 'Connecting…', undefined],
    ['a lost connection', (before) => ({ ...before, phase: 'reconnecting' }) as Session, '连接已断开，正在重新连接…', 'Connection lost, reconnecting…', undefined],
    ['a login elsewhere', () => ({ ...stopped, why: 'kicked' }), '已在其他设备登录在这里重新登录', 'Logged in on another deviceLog in here again', 'is-danger'],
    ['a ban', () => ({ ...stopped, why: 'banned' }), '这个账号已被服务器禁止登录', 'The server has banned this account', 'is-danger'],
    ['a token that ran out', () => ({ ...stopped, why: 'token-expired' }), '登录已过期重新登录', 'The login has expiredLog in again', 'is-danger'],
  ]

  it.each(states)('says %s', async (_what, state, zh, en, tone) => {
    for (const [language, text] of [['zh_CN', zh], ['en', en]] as const) {
      world.phone.language = language
      const chat = await world.signedIn('alice')
      const page = await openPage(world, MePage)
      expect(page.has('connection-banner')).toBe(false)
      const before = chat.session
      chat.session = state(before)
      await nextTick()
      expect(page.text('connection-banner')).toBe(text)
      if (tone) expect(page.get('connection-banner').classes()).toContain(tone)
      chat.session = before
      await nextTick()
      expect(page.has('connection-banner')).toBe(false)
      page.close()
    }
  })

  it('says that there is no network, and disappears when it is back', async () => {
    await world.signedIn('alice')
    const page = await openPage(world, MePage)
    world.phone.hasNetwork(false)
    world.gateway.cut('alice')
    await eventually(() => expect(page.text('connection-banner')).toBe('网络已断开，恢复后自动重连'))
    expect(page.get('connection-banner').classes()).toContain('is-warning')
    world.phone.hasNetwork(true)
    await eventually(() => expect(page.has('connection-banner')).toBe(false))
  })

  it('is on every page while there is no connection', async () => {
    const chat = await world.signedIn('alice')
    await chat.startConversation('channel', 'general')
    const query = { id: encodeId('channel:general') }
    const pages: Page[] = []
    for (const component of [ConversationsPage, ThreadPage, ChannelPage, NewChatPage, MePage]) pages.push(await openPage(world, component, { query }))
    expect(pages.map((page) => page.has('connection-banner'))).toEqual(pages.map(() => false))
    world.gateway.kick('alice', 'BANNED_BY_SERVER')
    await eventually(() => expect(pages.map((page) => page.has('connection-banner'))).toEqual(pages.map(() => true)))
  })

  it('after a login elsewhere logs in again at a tap, and then the other device shows it', async () => {
    await world.signedIn('alice')
    const page = await openPage(world, MePage)
    const elsewhere = await world.friend('alice')
    const told: string[] = []
    elsewhere.client.on('ConnectionStateChanged', (_state, reason) => void told.push(reason))
    await eventually(() => expect(page.text('connection-banner')).toContain('已在其他设备登录'))
    await page.tap('connection-banner')
    await eventually(() => expect(page.has('connection-banner')).toBe(false))
    await eventually(() => expect(told).toEqual(['REMOTE_LOGIN']))
  })

  it('does nothing at a tap after a ban', async () => {
    const chat = await world.signedIn('alice')
    const page = await openPage(world, MePage)
    world.gateway.kick('alice', 'BANNED_BY_SERVER')
    await eventually(() => expect(page.has('connection-banner')).toBe(true))
    await page.tap('connection-banner')
    expect(chat.connection).toEqual({ state: 'ABORTED', reason: 'BANNED_BY_SERVER' })
    expect(chat.phase).toBe('signed-in')
  })

  it('leads to the login page after an expired login', async () => {
    const chat = await world.signedIn('alice')
    const page = await openPage(world, MePage)
    void (chat.client as LocalClient).emit('ConnectionStateChanged', 'ABORTED', 'TOKEN_EXPIRED')
    await nextTick()
    expect(page.text('connection-banner')).toContain('登录已过期')
    await page.tap('connection-banner')
    await eventually(() => expect(world.phone.visit).toBe('reLaunch /src/pages/login/login'))
    expect(chat.phase).toBe('signed-out')
  })

  it('has a line of its own while the disk rejects writes, until it accepts them again', async () => {
    const chat = await world.signedIn('alice')
    const page = await openPage(world, ConversationsPage)
    world.phone.disk.fault = () => ({ failure: { errMsg: 'fail exceed storage max size 10Mb' } })
    await chat.startConversation('peer', 'bob')
    await eventually(() => expect(page.text('storage-notice')).toBe('存储空间已满，新消息没有存到本机去清理'))
    expect(page.has('connection-banner')).toBe(false)
    world.phone.disk.fault = () => undefined
    await chat.startConversation('peer', 'carol')
    await eventually(() => expect(page.has('storage-notice')).toBe(false))
  })
})

describe('the bar', () => {
  it('is under the status bar and beside the capsule', async () => {
    await world.signedIn('alice')
    const page = new Page(world, ThreadHeader, { conversation: 'peer:bob' })
    expect(page.text('thread-title')).toBe('bob')
    expect(page.has('thread-detail')).toBe(false)
    expect(page.wrapper.get('.nav').attributes('style')).toMatch(/padding-top: 20px; padding-right: 94px/)
  })

  it('goes back to the page below, or to the list if there is none', async () => {
    await world.signedIn('alice')
    const page = new Page(world, ThreadHeader, { conversation: 'peer:bob' })
    await page.tap('nav-back')
    expect(world.phone.visit).toBe('switchTab /src/pages/conversations/conversations')
    world.phone.pages = 2
    await page.tap('nav-back')
    expect(world.phone.visit).toBe('navigateBack')
  })

  it('of a thread leads to a channel’s page from its title too, and nowhere from a peer’s', async () => {
    await world.signedIn('alice')
    const peer = new Page(world, ThreadHeader, { conversation: 'peer:bob' })
    await peer.wrapper.get('.nav__middle').trigger('tap')
    expect(world.phone.visits).toEqual([])
    const channel = new Page(world, ThreadHeader, { conversation: 'channel:general' })
    await channel.wrapper.get('.nav__middle').trigger('tap')
    expect(world.phone.visits).toEqual([`navigateTo /src/pages/channel/channel?id=${encodeId('channel:general')}`])
  })
})

describe('an avatar', () => {
  it('is the first letter in a colour that is the same each time', async () => {
    world.start()
    const of = (id: string) => new Page(world, AppAvatar, { id }).wrapper.get('.avatar')
    expect(of('alice').text()).toBe('A')
    expect(of('alice').classes()).toEqual(of('alice').classes())
    expect(new Set(['alice', 'bob', 'carol', 'dave', 'erin', 'frank'].map((id) => of(id).classes().join(' '))).size).toBeGreaterThan(2)
    expect(of('alice').attributes('aria-hidden')).toBe('true')
    expect(of(' ').text()).toBe('?')
  })
})

describe('a hidden page', () => {
  it('of the list renders nothing while messages arrive, and once when it is shown again', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(1)), conversation('peer:carol', texts(1)))
    const chat = await world.signedIn('alice')
    const page = await openPage(world, ConversationsPage)
    const bob = await world.friend('bob')
    await page.hide()
    const drawn = () => ['ConversationList', 'ConversationRow'].map((name) => page.rendersOf(name))
    const [list = 0, rows = 0] = drawn()
    const badge = world.phone.badge
    for (let i = 0; i < 5; i++) await bob.says(`news ${i}`, 'alice')
    await eventually(() => expect(chat.account!.conversations.unread.value).toBe(5))
    await flushPromises()
    expect(drawn()).toEqual([list, rows])
    expect(world.phone.badge).toBe(badge)
    await page.show()
    await flushPromises()
    // The row that changed, and the list only if that moved.
    expect(page.rendersOf('ConversationRow')).toBe(rows + 1)
    expect(page.rendersOf('ConversationList')).toBeLessThanOrEqual(list + 1)
    expect(page.texts('conversation-preview')).toContain('news 4')
    expect(world.phone.badge).toBe('5')
  })

  it('of a thread renders and reads nothing until it is shown again', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(1)))
    const chat = await world.signedIn('alice')
    const page = await openThread(world, 'peer:bob')
    const bob = await world.friend('bob')
    await page.hide()
    const drawn = () => ['MessageChunk', 'MessageList', 'ThreadHeader', 'ConnectionBanner', 'ChannelNotice'].map((name) => page.rendersOf(name))
    const before = drawn()
    for (let i = 0; i < 3; i++) await bob.says(`news ${i}`, 'alice')
    void (chat.client as LocalClient).emit('ConnectionStateChanged', 'RECONNECTING', 'INTERRUPTED')
    await eventually(() => expect(chat.account!.conversations.unread.value).toBe(3))
    await flushPromises()
    expect(drawn()).toEqual(before)
    expect(page.texts('message-text')).toEqual(['text 0'])
    expect(page.has('connection-banner')).toBe(false)
    await page.show()
    await flushPromises()
    expect(page.texts('message-text')).toEqual(['text 0', 'news 0', 'news 1', 'news 2'])
    expect(page.rendersOf('MessageChunk')).toBe(before[0]! + 1)
    expect(page.has('connection-banner')).toBe(true)
    await eventually(() => expect(chat.account!.conversations.unread.value).toBe(0))
  })

  it('is not rendered for a message of another conversation, and neither is a visible one', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(1)))
    await world.signedIn('alice')
    const page = await openThread(world, 'peer:bob')
    const carol = await world.friend('carol')
    const before = ['MessageChunk', 'MessageList', 'ThreadHeader', 'MessageComposer'].map((name) => page.rendersOf(name))
    await carol.says('hello', 'alice')
    await flushPromises()
    expect(['MessageChunk', 'MessageList', 'ThreadHeader', 'MessageComposer'].map((name) => page.rendersOf(name))).toEqual(before)
  })
})
