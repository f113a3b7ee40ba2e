/** The page about the user. */
import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { version } from '@/package.json'
import ConversationsPage from '@/src/pages/conversations/conversations.vue'
import { locale } from '@/src/locales'
import MePage from '@/src/pages/me/me.vue'
import { errorOfCode } from '@/src/rtm/error-name'
import { LocalClient } from '@/src/rtm/local/client'
import { openPage } from '../support/page'
import { eventually, useWorld } from '../support/world'

const world = useWorld()
afterEach(() => vi.restoreAllMocks())

async function me(uid = 'alice') {
  const chat = await world.signedIn(uid)
  return { chat, page: await openPage(world, MePage) }
}

it('shows the user, the backend and the state of the connection', async () => {
  const { page } = await me()
  expect(page.text('me-uid')).toBe('alice')
  expect(page.wrapper.text()).toContain('本地网关')
  expect(page.text('me-connection')).toBe('已连接')
  expect(world.phone.title).toBe('我')
  await page.wrapper.get('[data-testid="me-connection"]').trigger('tap')
  expect(world.phone.toasts).toEqual([world.gateway.url])
})

it('follows the connection in a word', async () => {
  const { page } = await me()
  world.gateway.cut('alice')
  await eventually(() => expect(page.text('me-connection')).toBe('正在重连'))
  await eventually(() => expect(page.text('me-connection')).toBe('已连接'))
  world.gateway.kick('alice', 'BANNED_BY_SERVER')
  await eventually(() => expect(page.text('me-connection')).toBe('已断开'))
})

it('makes a space at the end of an id visible', async () => {
  expect((await me('alice ')).page.text('me-uid')).toBe('alice␣')
})

it('shows the name that the user has chosen, with the id below it', async () => {
  const { chat, page } = await me()
  expect(page.has('me-name')).toBe(false)
  chat.account!.conversations.people.setOwn({ name: 'Zoe' })
  await flushPromises()
  expect([page.text('me-name'), page.text('me-uid')]).toEqual(['Zoe', 'alice'])
  expect(page.wrapper.get('.avatar').text()).toBe('Z')
})

it.each(['me-read-marks', 'me-typing'])('turns %s off and on with a switch', async (setting) => {
  const { page } = await me()
  const states = () => [page.get(setting).attributes('aria-checked'), page.get(setting).classes().includes('is-on')]
  expect([page.get(setting).attributes('role'), page.get(setting).find('.switch').exists()]).toEqual(['switch', true])
  expect(states()).toEqual(['true', true])
  await page.tap(setting)
  expect(states()).toEqual(['false', false])
  await page.tap(setting)
  expect(states()).toEqual(['true', true])
})

it('switches the language at once, everywhere, and saves it', async () => {
  const { page } = await me()
  expect(page.text('me-logout')).toBe('退出登录')
  world.phone.chooses = 2
  await page.tap('me-language')
  expect(world.phone.sheets).toEqual([['跟随系统', '简体中文', 'English']])
  expect(page.text('me-logout')).toBe('Log out')
  expect(page.text('me-connection')).toBe('Connected')
  expect(world.phone.title).toBe('Me')
  expect([...world.phone.tabs.values()]).toEqual(['Chats', 'Me'])
  page.close()
  await world.restart()
  await world.signedIn('alice')
  const again = await openPage(world, MePage)
  expect(again.text('me-logout')).toBe('Log out')
  world.phone.chooses = 0
  await again.tap('me-language')
  expect(again.text('me-logout')).toBe('退出登录')
  world.phone.chooses = undefined
  await again.tap('me-language')
  expect(again.text('me-logout')).toBe('退出登录')
})

it('lets the user choose the action of the return key, in both languages', async () => {
  const { page } = await me()
  expect(page.text('me-return-key')).toBe('回车键发送')
  world.phone.chooses = 1
  await page.tap('me-return-key')
  expect(world.phone.sheets).toEqual([['发送', '换行']])
  expect(page.text('me-return-key')).toBe('回车键换行')
  locale.value = 'en'
  await page.show()
  expect(page.text('me-return-key')).toBe('Return keyBreaks the line')
  locale.value = 'zh'
  world.phone.chooses = undefined
  await page.tap('me-return-key')
  expect(page.text('me-return-key')).toBe('回车键换行')
})

describe('the theme', () => {
  const LIGHT = { front: '#000000', navigation: '#F7F7F7', tabs: '#F7F7F7', behind: '#EDEDED' }
  const DARK = { front: '#ffffff', navigation: '#1E1E1E', tabs: '#1E1E1E', behind: '#111111' }
  const [SYSTEM, , CHOOSE_DARK] = [0, 1, 2]

  it('is the system’s until another is chosen, which is saved', async () => {
    const { page } = await me()
    expect(page.wrapper.element.className).toBe('')
    expect(world.phone.bars).toEqual({})
    world.phone.chooses = CHOOSE_DARK
    await page.tap('me-theme')
    expect(world.phone.sheets).toEqual([['跟随系统', '浅色', '深色']])
    expect(page.text('me-theme')).toContain('深色')
    expect(page.wrapper.element.className).toBe('theme-dark')
    expect(world.phone.bars).toEqual(DARK)
    page.close()
    world.phone.bars = {}
    await world.restart()
    await world.signedIn('alice')
    const again = await openPage(world, MePage)
    expect(again.wrapper.element.className).toBe('theme-dark')
    expect(world.phone.bars).toEqual(DARK)
  })

  it('follows the system again when that is chosen, the bars too', async () => {
    const { page } = await me()
    for (const choice of [CHOOSE_DARK, SYSTEM]) {
      world.phone.chooses = choice
      await page.tap('me-theme')
    }
    expect(page.wrapper.element.className).toBe('')
    expect(world.phone.bars).toEqual(LIGHT)
    world.phone.becomes('dark')
    await flushPromises()
    expect(world.phone.bars).toEqual(DARK)
    world.phone.chooses = 1
    await page.tap('me-theme')
    world.phone.becomes('light')
    world.phone.becomes('dark')
    await flushPromises()
    expect(world.phone.bars).toEqual(LIGHT)
  })

  it('of a page below changes when that page is shown', async () => {
    const { page } = await me()
    const below = await openPage(world, ConversationsPage)
    await below.hide()
    world.phone.chooses = CHOOSE_DARK
    await page.tap('me-theme')
    expect(below.wrapper.element.className).toBe('page')
    world.phone.bars = {}
    await below.show()
    expect(below.wrapper.element.className).toBe('page theme-dark')
    expect(world.phone.bars).toEqual(DARK)
  })
})

it('shows what this program is', async () => {
  const { page } = await me()
  expect(page.text('me-about')).toContain(version)
  await page.tap('me-about')
  expect(world.phone.questions).toEqual([
    { title: `RTM 聊天 ${version}`, content: `后端：本地网关\n${world.gateway.url}\n许可证：MIT\n使用说明见 README.zh-CN.md`, confirmText: '好' },
  ])
})

it('logs out without a question when no message waits', async () => {
  const { chat, page } = await me()
  await page.tap('me-logout')
  await eventually(() => expect(world.phone.visit).toBe('reLaunch /src/pages/login/login'))
  expect(chat.phase).toBe('signed-out')
  expect(world.phone.questions).toEqual([])
  await eventually(() => expect(world.gateway.stats().live).toBe(0))
  const next = await world.restart()
  await next.restore()
  expect(next.phase).toBe('signed-out')
})

describe('logging out while messages wait to be sent', () => {
  const unreachable = () => vi.spyOn(LocalClient.prototype, 'sendMessageToPeer').mockRejectedValue(errorOfCode('peerMessage', 102, 'not logged in'))

  async function waiting(count: number) {
    const service = unreachable()
    const { chat, page } = await me()
    const id = await chat.startConversation('peer', 'bob')
    for (let i = 0; i < count; i++) await chat.account!.own.send(id, { kind: 'text', text: `for later ${i}` })
    return { chat, page, service }
  }

  it('asks, and says that they are sent after the next login; so they are', async () => {
    const { chat, page, service } = await waiting(2)
    world.phone.saysYes = false
    await page.tap('me-logout')
    expect(world.phone.questions).toEqual([{ title: '退出登录？', content: '还有 2 条消息等待发送，会留在本机，下次用这个账号登录后自动发出。', confirmText: '退出' }])
    expect(chat.phase).toBe('signed-in')
    world.phone.saysYes = true
    await page.tap('me-logout')
    await eventually(() => expect(chat.phase).toBe('signed-out'))
    service.mockRestore()
    const bob = await world.friend('bob')
    expect(await chat.signIn('alice', undefined)).toBeUndefined()
    await eventually(() => expect(bob.texts).toEqual(['for later 0', 'for later 1']))
  })

  it('says that they may be lost if the device cannot save them', async () => {
    const { chat, page } = await waiting(1)
    chat.account!.conversations.problem.value = 'full'
    world.phone.saysYes = false
    await page.tap('me-logout')
    expect(world.phone.questions).toMatchObject([{ content: '还有 1 条消息没有发出，而本机存储有问题，退出后可能丢失。' }])
  })

  it('does not count messages that the server stores for a peer, nor failed ones', async () => {
    const { chat, page } = await me()
    const id = await chat.startConversation('peer', 'bob')
    await chat.account!.own.send(id, { kind: 'text', text: 'kept' })
    await eventually(async () => expect(await chat.account!.conversations.messages(id, 0, 1)).toMatchObject([{ status: 'sent' }]))
    vi.spyOn(LocalClient.prototype, 'sendMessageToPeer').mockRejectedValue(errorOfCode('peerMessage', 6, 'no such user'))
    await chat.account!.own.send(id, { kind: 'text', text: 'refused' })
    await eventually(async () => expect(await chat.account!.conversations.messages(id, 1, 2)).toMatchObject([{ status: 'failed' }]))
    await page.tap('me-logout')
    await eventually(() => expect(chat.phase).toBe('signed-out'))
    expect(world.phone.questions).toEqual([])
  })
})
