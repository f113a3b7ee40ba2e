/** The page about oneself. */
import { expect, it } from 'vitest'
import MePage from '@/src/pages/me/me.vue'
import { openPage } from '../support/page'
import { eventually, useWorld } from '../support/world'

const world = useWorld()

async function me(uid = 'alice') {
  const chat = await world.signedIn(uid)
  return { chat, page: await openPage(world, MePage) }
}

it('says who one is, what one is logged in to, and how the connection is', async () => {
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

it('shows an id whose end is a space so that one sees it', async () => {
  expect((await me('alice ')).page.text('me-uid')).toBe('alice␣')
})

it('switches the language at once, everywhere, and keeps it', async () => {
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

it('logs out without asking when nothing waits', async () => {
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

it('logs out without asking while messages wait too: they go after the next login', async () => {
  const { chat, page } = await me()
  await chat.startConversation('peer', 'bob')
  await chat.account!.send('peer:bob', 'for later')
  await page.tap('me-logout')
  await eventually(() => expect(chat.phase).toBe('signed-out'))
  expect(world.phone.questions).toEqual([])
  const bob = await world.friend('bob')
  expect(await chat.signIn('alice', undefined)).toBeUndefined()
  await eventually(() => expect(bob.texts).toContain('for later'))
})
