/** The list of conversations: its rows, its filters, and the actions of a tap and a long press. */
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import * as rules from '@/src/chat/conversation/order'
import type { Message } from '@/src/chat/message/message'
import ConversationsPage from '@/src/pages/conversations/conversations.vue'
import { encodeId } from '@/src/platform/pages'
import { openPage, type Page } from '../support/page'
import { conversation, eventually, texts, useWorld } from '../support/world'

const world = useWorld()
const DAY = 24 * 3_600_000

async function listOf(uid = 'alice') {
  const chat = await world.signedIn(uid)
  const page = await openPage(world, ConversationsPage)
  return { chat, page }
}

const said = (text: string, from = 'bob', more: Partial<Message> = {}): Message[] => [
  { seq: 0, id: 'm', from, at: Date.now(), body: { kind: 'text', text }, status: from === 'alice' ? 'delivered' : 'received', ...more },
]

describe('an empty list', () => {
  it('says what to do, and leads there', async () => {
    const { page } = await listOf()
    expect(page.wrapper.text()).toContain('还没有会话')
    expect(page.wrapper.text()).toContain('发起单聊，或者加入一个频道')
    await page.wrapper.get('.empty [data-kind="channel"]').trigger('tap')
    expect(world.phone.visit).toBe('navigateTo /src/pages/new-chat/new-chat?kind=channel')
    await page.tap('new-chat')
    expect(world.phone.visit).toBe('navigateTo /src/pages/new-chat/new-chat')
  })

  it('says only that if a filter hides everything', async () => {
    await world.remembers('alice', conversation('peer:bob', []))
    const { page } = await listOf()
    await page.tap('conversation-filter', 'channel')
    expect(page.all('conversation-row')).toHaveLength(0)
    expect(page.wrapper.text()).toContain('这里还没有会话')
    expect(page.wrapper.find('.empty [data-kind]').exists()).toBe(false)
  })

  it('speaks English', async () => {
    world.phone.language = 'en_US'
    const { page } = await listOf()
    expect(page.wrapper.text()).toContain('No chats yet')
    expect(page.texts('conversation-filter')).toEqual(['All', 'People', 'Channels'])
    expect([...world.phone.tabs.values()]).toEqual(['Chats', 'Me'])
    expect(world.phone.title).toBe('Chats')
  })
})

describe('a row', () => {
  it('shows the name, the last line, its time and the unread count, with the newest conversation on top', async () => {
    await world.remembers(
      'alice',
      conversation('peer:bob', said('yesterday', 'bob', { at: Date.now() - DAY })),
      conversation('channel:general', said('first line\nsecond', 'carol', { at: new Date(2020, 0, 5).getTime() }), { unread: 1 }),
      conversation('peer:dave', said('mine', 'alice'), {}),
    )
    const { page } = await listOf()
    expect(page.texts('conversation-title')).toEqual(['dave', 'bob', 'general'])
    expect(page.texts('conversation-preview')).toEqual(['mine', 'yesterday', 'carol: first line second'])
    const [today, yesterday, longAgo] = page.texts('conversation-time')
    expect(today).toMatch(/^\d\d:\d\d$/)
    expect(yesterday).toBe('昨天')
    expect(longAgo).toBe('2020年1月5日')
    expect(page.texts('conversation-unread')).toEqual(['1'])
    expect(page.all('conversation-row').map((row) => row.attributes('data-id'))).toEqual(['peer:dave', 'peer:bob', 'channel:general'])
  })

  it('shows 99+ for more, and the tab shows the sum', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(100), { unread: 99 }), conversation('peer:carol', texts(100), { unread: 100 }))
    const { page } = await listOf()
    expect(page.texts('conversation-unread').sort()).toEqual(['99', '99+'])
    expect(page.all('conversation-unread').map((badge) => badge.attributes('aria-label')).sort()).toEqual(['100 条未读', '99 条未读'])
    expect(world.phone.badge).toBe('99+')
  })

  it.each([
    ['failed', '[发送失败] hello'],
    ['queued', '[等待发送] hello'],
    ['sending', '[发送中] hello'],
    ['ok', 'hello'],
  ] as const)('shows for an own message that is %s: %s', async (status, line) => {
    await world.remembers('alice', conversation('peer:bob', said('hello', 'alice'), { preview: { from: 'alice', kind: 'text', text: 'hello', status } }))
    const { page } = await listOf()
    expect(page.text('conversation-preview')).toBe(line)
  })

  it('names the author in a channel, the user too, and marks a channel that the user has left', async () => {
    await world.remembers(
      'alice',
      conversation('channel:a', said('mine', 'alice')),
      conversation('channel:b', said('theirs', 'bob'), { left: true }),
      conversation('channel:c', [], { left: true }),
    )
    const { page } = await listOf()
    expect(page.texts('conversation-preview').sort()).toEqual(['[已退出]', '[已退出] bob: theirs', '我: mine'])
  })

  it('tells similar ids apart, and accepts unusual ones', async () => {
    const ids = ['alice', 'Alice', '__proto__', '..', 'a:b', '100%', 'constructor', 'alice ', '<b>']
    await world.remembers('me', ...ids.map((id) => conversation(`peer:${id}`, said(`from ${id}`, id))))
    const { page } = await listOf('me')
    const rows = page.all('conversation-row').map((row) => row.attributes('data-id'))
    expect(rows.sort()).toEqual(ids.map((id) => `peer:${id}`).sort())
    expect(page.texts('conversation-title')).toContain('alice␣')
    for (const id of ids) {
      await page.tap('conversation-row', `peer:${id}`)
      expect(world.phone.visit).toBe(`navigateTo /src/pages/thread/thread?id=${encodeId(`peer:${id}`)}`)
    }
  })

  it('moves up, counts and shows the new line when a message arrives, without a render of any other row', async () => {
    await world.remembers('alice', conversation('peer:carol', said('old', 'carol')), conversation('peer:bob', said('older', 'bob', { at: Date.now() - 1_000 })))
    const { page } = await listOf()
    expect(page.texts('conversation-title')).toEqual(['carol', 'bob'])
    const bob = await world.friend('bob')
    await bob.says('<script>alert(1)</script>', 'alice')
    await eventually(() => expect(page.texts('conversation-title')).toEqual(['bob', 'carol']))
    expect(page.texts('conversation-preview')[0]).toBe('<script>alert(1)</script>')
    expect(page.texts('conversation-unread')).toEqual(['1'])
    expect(world.phone.badge).toBe('1')
    expect(page.rendersOf('ConversationList')).toBeLessThanOrEqual(2)
  })
})

describe('a draft', () => {
  it('replaces the last message, marked, and goes when it is sent or deleted', async () => {
    await world.remembers('alice', conversation('peer:bob', said('hello')), conversation('peer:carol', said('hi', 'carol')))
    const { chat, page } = await listOf()
    const preview = () => page.one('conversation-row', 'peer:bob').get('[data-testid="conversation-preview"]')
    expect(page.wrapper.find('.draft').exists()).toBe(false)
    await chat.account!.conversations.drafts.save('peer:bob', 'half a\nsentence')
    await eventually(() => expect(preview().text()).toBe('[草稿] half a sentence'))
    expect(page.wrapper.get('.draft').text()).toBe('[草稿]')
    expect(page.texts('conversation-preview')).toContain('hi')
    await chat.account!.conversations.drafts.save('peer:bob', '')
    await eventually(() => expect(preview().text()).toBe('hello'))
  })

  it('is there after a start, without a read for each of a thousand', async () => {
    await world.remembers('alice', conversation('peer:bob', said('hello')))
    const chat = await world.signedIn()
    await chat.account!.conversations.drafts.save('peer:bob', 'half')
    await world.restart()
    await world.signedIn()
    const page = await openPage(world, ConversationsPage)
    expect(page.text('conversation-preview')).toBe('[草稿] half')
  })

  it('costs a hidden list nothing, and is up to date when the list is shown', async () => {
    await world.remembers('alice', conversation('peer:bob', said('hello')))
    const { chat, page } = await listOf()
    await page.hide()
    await chat.account!.conversations.drafts.save('peer:bob', 'half')
    await flushPromises()
    expect(page.rendersOf('ConversationRow')).toBe(0)
    await page.show()
    expect(page.text('conversation-preview')).toBe('[草稿] half')
    expect(page.rendersOf('ConversationRow')).toBe(1)
  })

  it('is not shown for a channel that the user has left', async () => {
    await world.remembers('alice', conversation('channel:a', said('x'), { left: true, draft: 'half' }))
    const { page } = await listOf()
    expect(page.wrapper.find('.draft').exists()).toBe(false)
  })
})

describe('the filter', () => {
  it('shows peers or channels or both', async () => {
    await world.remembers('alice', conversation('peer:bob', said('x')), conversation('channel:bob', said('x')))
    const { page } = await listOf()
    const ids = () => page.all('conversation-row').map((row) => row.attributes('data-id'))
    await page.tap('conversation-filter', 'peer')
    expect(ids()).toEqual(['peer:bob'])
    expect(page.one('conversation-filter', 'peer').attributes('aria-selected')).toBe('true')
    await page.tap('conversation-filter', 'channel')
    expect(ids()).toEqual(['channel:bob'])
    await page.tap('conversation-filter', 'all')
    expect(ids()).toHaveLength(2)
  })
})

describe('the search field', () => {
  const ids = (page: Page) => page.all('conversation-row').map((row) => row.attributes('data-id'))

  async function crowd() {
    await world.remembers('alice', ...['peer:Bob', 'peer:bobby', 'channel:bob-fans', 'peer:carol'].map((id, i) => conversation(id as ConversationId, said('x', 'x', { at: Date.now() - i * 1_000 }))))
    return listOf()
  }

  it('finds conversations by parts of their names, within the chosen kind', async () => {
    const { page } = await crowd()
    await page.type('conversation-search', ' BOB')
    await eventually(() => expect(ids(page)).toEqual(['peer:Bob', 'peer:bobby', 'channel:bob-fans']))
    await page.tap('conversation-filter', 'channel')
    expect(ids(page)).toEqual(['channel:bob-fans'])
    await page.tap('conversation-filter', 'all')
    await page.type('conversation-search', 'bobb')
    await page.field('conversation-search').confirm()
    expect(ids(page)).toEqual(['peer:bobby'])
  })

  it('says when nothing is found, and is emptied by a button', async () => {
    const { page } = await crowd()
    expect(page.has('conversation-search-clear')).toBe(false)
    await page.type('conversation-search', 'nobody')
    await eventually(() => expect(page.text('conversation-empty')).toBe('没有 ID 含“nobody”的会话'))
    expect(page.wrapper.find('.empty [data-kind]').exists()).toBe(false)
    await page.tap('conversation-search-clear')
    expect(page.field('conversation-search').text).toBe('')
    expect(ids(page)).toHaveLength(4)
    expect(page.has('conversation-search-clear')).toBe(false)
    // Once more with the same text: its last value must not prevent it.
    await page.type('conversation-search', 'nobody')
    await page.tap('conversation-search-clear')
    expect(page.field('conversation-search').text).toBe('')
  })

  it('shows all at once when it is emptied by hand', async () => {
    const { page } = await crowd()
    await page.type('conversation-search', 'carol')
    await eventually(() => expect(ids(page)).toEqual(['peer:carol']))
    await page.type('conversation-search', '')
    expect(ids(page)).toHaveLength(4)
  })

  it('renders the list once for each pause in typing, and not for each key', async () => {
    const { page } = await crowd()
    for (const text of ['c', 'ca', 'car']) await page.type('conversation-search', text)
    expect(page.rendersOf('ConversationList')).toBe(0)
    await eventually(() => expect(ids(page)).toEqual(['peer:carol']))
    expect(page.rendersOf('ConversationList')).toBe(1)
  })

  it('is empty after a new login, and the filter is reset', async () => {
    const { chat, page } = await crowd()
    await page.type('conversation-search', 'carol')
    await page.tap('conversation-filter', 'peer')
    await eventually(() => expect(ids(page)).toEqual(['peer:carol']))
    chat.phase = 'starting'
    await flushPromises()
    chat.phase = 'signed-in'
    await flushPromises()
    expect(ids(page)).toHaveLength(4)
    expect(page.has('conversation-search-clear')).toBe(false)
    expect(page.one('conversation-filter', 'all').classes()).toContain('is-on')
  })

  it('finds later conversations too, and does not search while the page is hidden', async () => {
    const { chat, page } = await crowd()
    await page.type('conversation-search', 'dave')
    await eventually(() => expect(ids(page)).toEqual([]))
    await page.hide()
    const looked = vi.spyOn(rules, 'filtered')
    const dave = await world.friend('dave')
    await dave.says('hi', 'alice')
    await eventually(() => expect(chat.account!.conversations.ref('peer:dave')).toBeDefined())
    await flushPromises()
    expect(looked).not.toHaveBeenCalled()
    await page.show()
    expect(ids(page)).toEqual(['peer:dave'])
    expect(looked).toHaveBeenCalledOnce()
  })
})

/** The items in the menu of a row, from the first. */
const [PIN, MUTE, DELETE] = [0, 1, 2]

describe('a long press', () => {
  it('pins a conversation above the others, unpins it again, and keeps that through a restart', async () => {
    await world.remembers('alice', conversation('peer:bob', said('old', 'bob', { at: Date.now() - DAY })), conversation('peer:carol', said('new', 'carol')))
    const { page } = await listOf()
    world.phone.chooses = PIN
    await page.longPress('conversation-row', 'peer:bob')
    await eventually(() => expect(page.texts('conversation-title')).toEqual(['bob', 'carol']))
    expect(page.one('conversation-row', 'peer:bob').classes()).toContain('is-pinned')
    expect(page.one('conversation-row', 'peer:carol').classes()).not.toContain('is-pinned')
    const carol = await world.friend('carol')
    await carol.says('newer', 'alice')
    await eventually(() => expect(page.texts('conversation-preview')).toEqual(['old', 'newer']))
    page.close()
    await world.restart()
    await world.signedIn()
    const again = await openPage(world, ConversationsPage)
    expect(again.texts('conversation-title')).toEqual(['bob', 'carol'])
    await again.longPress('conversation-row', 'peer:bob')
    await eventually(() => expect(again.texts('conversation-title')).toEqual(['carol', 'bob']))
    expect(world.phone.sheets).toEqual([
      ['置顶', '消息免打扰', '删除'],
      ['取消置顶', '消息免打扰', '删除'],
    ])
  })

  it('mutes a conversation: a dot replaces the number, and the tab leaves it out', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(3), { unread: 3 }), conversation('peer:carol', said('x', 'carol'), { unread: 1 }))
    const { page } = await listOf()
    expect(world.phone.badge).toBe('4')
    world.phone.chooses = MUTE
    await page.longPress('conversation-row', 'peer:bob')
    await eventually(() => expect(world.phone.badge).toBe('1'))
    const dot = page.one('conversation-row', 'peer:bob').get('[data-testid="conversation-unread"]')
    expect([dot.text(), dot.classes().includes('is-dot'), dot.attributes('aria-label')]).toEqual(['', true, '3 条未读'])
    expect(page.get('conversation-muted').attributes('aria-label')).toBe('消息免打扰')
    const bob = await world.friend('bob')
    await bob.says('more', 'alice')
    await eventually(() => expect(page.texts('conversation-preview')).toContain('more'))
    expect(world.phone.badge).toBe('1')
    await page.longPress('conversation-row', 'peer:bob')
    await eventually(() => expect(world.phone.badge).toBe('5'))
    expect(page.has('conversation-muted')).toBe(false)
    expect(page.texts('conversation-unread').sort()).toEqual(['1', '4'])
    expect(world.phone.sheets.at(-1)).toEqual(['置顶', '取消免打扰', '删除'])
  })

  it('deletes a conversation after a confirmation, from the disk too', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(60)), conversation('peer:carol', texts(3)))
    const { page } = await listOf()
    world.phone.chooses = DELETE
    await page.longPress('conversation-row', 'peer:bob')
    await eventually(() => expect(page.texts('conversation-title')).toEqual(['carol']))
    expect(world.phone.sheets).toEqual([['置顶', '消息免打扰', '删除']])
    expect(world.phone.questions).toEqual([{ title: '删除和 bob 的会话？', content: '这台设备上的聊天记录会一并删除，无法恢复。', confirmText: '删除' }])
    const history = await world.history('alice')
    expect((await history.conversations()).map(({ id }) => id)).toEqual(['peer:carol'])
    expect(await history.messages('peer:bob', 0, 100)).toEqual([])
  })

  it('deletes nothing when the user declines, or closes the sheet', async () => {
    await world.remembers('alice', conversation('peer:bob', said('x')))
    const { page } = await listOf()
    world.phone.saysYes = false
    world.phone.chooses = DELETE
    await page.longPress('conversation-row', 'peer:bob')
    world.phone.chooses = undefined
    await page.longPress('conversation-row', 'peer:bob')
    expect(world.phone.questions).toHaveLength(1)
    expect(page.texts('conversation-title')).toEqual(['bob'])
  })

  it('on a channel warns that the user leaves it, and leaves it', async () => {
    const { chat, page } = await listOf()
    await chat.startConversation('channel', 'general')
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    world.phone.chooses = DELETE
    await page.longPress('conversation-row', 'channel:general')
    await eventually(() => expect(page.all('conversation-row')).toHaveLength(0))
    expect(world.phone.questions[0]).toMatchObject({ title: '删除频道 general 的会话？', content: expect.stringContaining('会退出这个频道') })
    await eventually(() => expect(world.gateway.stats().channels).toBe(0))
  })
})

describe('a thousand conversations', () => {
  it('are rendered thirty at a time, wherever the list is scrolled', async () => {
    const all = Array.from({ length: 1_000 }, (_, i) => conversation(`peer:user${i}`, said('x', `user${i}`, { at: Date.now() - i * 1_000 })))
    await world.remembers('alice', ...all)
    const { page } = await listOf()
    expect(page.all('conversation-row')).toHaveLength(30)
    const height = () => page.wrapper.findAll('.scroll > [style]').reduce((sum, spacer) => sum + Number(/height: ?(\d+)px/.exec(spacer.attributes('style')!)![1]), 0)
    expect(height()).toBe(970 * 72)
    for (const top of [20, 500, 970, 999]) {
      page.get('conversation-list').element.dispatchEvent(new CustomEvent('scroll', { detail: { scrollTop: top * 72, scrollHeight: 72_000 } }))
      await flushPromises()
      expect(page.all('conversation-row')).toHaveLength(30)
      expect(height()).toBe(970 * 72)
      // The nine rows on the screen there are rendered.
      for (let i = top; i < Math.min(1_000, top + 9); i++) expect(page.texts('conversation-title')).toContain(`user${i}`)
    }
  })
})

it('leads to the login page while no user is logged in', async () => {
  const chat = world.start()
  const page = await openPage(world, ConversationsPage)
  expect(world.phone.visits).toEqual([])
  await chat.restore()
  await flushPromises()
  expect(world.phone.visit).toBe('reLaunch /src/pages/login/login')
  expect(page.has('conversation-list')).toBe(false)
})
