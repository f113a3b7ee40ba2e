// The conversation list and the user's page: drafts, pinned and muted conversations, the search, and the theme.
import { describe, expect, test } from 'vitest'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { backToList, connected, CONVERSATIONS, hears, idle, logIn, ME, open, say, sayTo, startChat } from './people'

const LIST = 'src/ui/conversations/ConversationList'
const ROW = 'src/ui/conversations/ConversationRow'
/** The items in the menu of a row, and in that of the themes. */
const [PIN, MUTE] = [0, 1]
const [SYSTEM, , DARK] = [0, 1, 2]

/** Whether the top page has the dark colours. Node has no colours. */
async function isDark(a: MiniProgram): Promise<boolean> {
  const seen = a.page?.evaluate(() => Array.from(document.querySelectorAll('[class*=theme-dark]')).some((root) => root.clientHeight > 0 && getComputedStyle(root).backgroundColor === 'rgb(17, 17, 17)'))
  return (await seen) ?? true
}

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_host, start) => {
  const { phone } = useNetwork(start)

  /** Alice with conversations with bob and carol, and a channel, newest first: general, carol, bob. */
  async function alice(): Promise<MiniProgram> {
    const a = await phone()
    await logIn(a, 'alice')
    await sayTo(a, 'peer', 'bob', '周六去爬山吗？')
    await sayTo(a, 'peer', 'carol', '文档我改好了，你看一下第三节。')
    await sayTo(a, 'channel', 'general', '今天的站会改到下午三点。')
    return a
  }

  const ids = async (a: MiniProgram) => (await a.all('conversation-row')).map(({ dataset }) => dataset['id'])
  const order = (a: MiniProgram, ...expected: string[]) => a.waitFor(`${expected.join(', ')} in the list`, async () => (await ids(a)).join() === expected.join())
  const previews = async (a: MiniProgram) => (await a.all('conversation-preview')).map(({ text }) => text)
  const rowCalls = async (a: MiniProgram) => (await a.stats()).log.filter(({ component }) => component === LIST || component === ROW)

  test('a draft is in the list when the user goes back, costs the list nothing during typing, and survives a kill', async () => {
    const a = await alice()
    await open(a, 'peer:bob')
    await a.type('composer-input', '我先看看')
    await a.type('composer-input', '我先看看天气')
    await a.resetStats()
    await idle(a)
    expect(await rowCalls(a)).toEqual([])
    await backToList(a)
    await a.waitFor('the draft', async () => (await previews(a)).includes('[草稿] 我先看看天气'))
    await a.screenshot('list-draft')
    await a.restart()
    await a.waitForRoute(CONVERSATIONS)
    await a.waitFor('the draft', async () => (await previews(a)).includes('[草稿] 我先看看天气'))
    await connected(a)
    await open(a, 'peer:bob')
    await a.waitFor('the draft', async () => (await a.element('composer-input')).value === '我先看看天气')
    await a.tap('composer-send')
    await hears(a, '我先看看天气')
    await backToList(a)
    await a.waitFor('the message in the place of the draft', async () => {
      const shown = await previews(a)
      return shown[0]?.endsWith('我先看看天气') === true && !shown.join().includes('草稿')
    })
  })

  test('a conversation is pinned and muted by a long press, and stays so', async () => {
    const a = await alice()
    await order(a, 'channel:general', 'peer:carol', 'peer:bob')
    await a.longPress('conversation-row', { id: 'peer:bob' })
    await a.answer(PIN)
    await order(a, 'peer:bob', 'channel:general', 'peer:carol')
    expect((await a.element('conversation-row', { id: 'peer:bob' })).className).toContain('is-pinned')
    await a.longPress('conversation-row', { id: 'channel:general' })
    await a.answer(MUTE)
    await a.waitForCount('conversation-muted', 1)

    const b = await phone()
    await logIn(b, 'bob')
    await startChat(b, 'channel', 'general')
    await say(b, '收到，我准时到。')
    await backToList(b)
    await open(b, 'peer:alice')
    await say(b, '去！几点出发？')
    await a.waitForText('conversation-unread', '1')
    await a.waitForCount('conversation-unread', 2)
    const dot = (await a.all('conversation-unread')).find(({ text }) => text === '')
    expect(dot?.className).toContain('is-dot')
    expect((await a.wxCalls('setTabBarBadge')).at(-1)).toMatchObject({ text: '1' })
    await a.screenshot('list-pinned-muted')
    await a.restart()
    await a.waitForRoute(CONVERSATIONS)
    await order(a, 'peer:bob', 'channel:general', 'peer:carol')
    await a.waitForCount('conversation-muted', 1)
    await connected(a)
  })

  test('the user searches the list, which is sent once for the query, and empties the field', async () => {
    const a = await alice()
    await a.resetStats()
    await a.type('conversation-search', 'car')
    await order(a, 'peer:carol')
    expect((await rowCalls(a)).filter(({ component }) => component === LIST)).toHaveLength(1)
    // The button that empties the field, and the query.
    expect((await a.stats()).log.filter(({ component }) => component === CONVERSATIONS)).toHaveLength(2)
    await a.screenshot('list-search')
    await a.type('conversation-search', 'dave')
    await a.waitForText('conversation-empty', '没有 ID 含“dave”的会话')
    await a.screenshot('list-search-empty')
    await a.tap('conversation-search-clear')
    await order(a, 'channel:general', 'peer:carol', 'peer:bob')
    expect((await a.element('conversation-search')).value).toBe('')
  })

  test('the user chooses the dark theme, which every page and bar takes on and a restart keeps', async () => {
    const a = await alice()
    expect(await a.wxCalls('setNavigationBarColor')).toEqual([])
    await a.switchTab(ME)
    await a.waitForCount('me-theme', 1)
    await a.screenshot('me')
    await a.tap('me-theme')
    await a.answer(DARK)
    await a.waitForText('me-theme', /深色/)
    await a.screenshot('me-dark')
    const bar = { frontColor: '#ffffff', backgroundColor: '#1E1E1E' }
    expect((await a.wxCalls('setNavigationBarColor')).at(-1)).toMatchObject(bar)
    expect((await a.wxCalls('setTabBarStyle')).at(-1)).toMatchObject({ backgroundColor: '#1E1E1E', borderStyle: 'white' })
    await a.switchTab(CONVERSATIONS)
    await a.waitFor('a dark list', () => isDark(a))
    await open(a, 'peer:bob')
    await a.waitFor('a dark thread', () => isDark(a))
    await a.screenshot('thread-dark')
    await a.restart()
    await a.waitForRoute(CONVERSATIONS)
    await a.waitForCount('conversation-row', 3)
    expect(await isDark(a)).toBe(true)
    await a.screenshot('list-dark')
    expect((await a.wxCalls('setNavigationBarColor')).at(-1)).toMatchObject(bar)
    await connected(a)
    await a.switchTab(ME)
    await a.tap('me-theme')
    await a.answer(SYSTEM)
    await a.waitForText('me-theme', /跟随系统/)
    expect((await a.wxCalls('setNavigationBarColor')).at(-1)).toMatchObject({ backgroundColor: '#F7F7F7' })
    await a.tap('me-about')
    await a.waitFor('the licence', async () => String((await a.dialogs()).at(-1)?.options['content']).includes('许可证：MIT'))
    await a.screenshot('about')
    await a.answer('confirm')
  })
})
