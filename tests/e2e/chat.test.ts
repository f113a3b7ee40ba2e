// Two users in one browser, on the built H5; and one of them in the compiled mini program. `npm start` has its own tests.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startInNode } from '../../simulator/drive/driver'
import { BUILT_IN_GATEWAY, hears as phoneHears, logIn, say as phoneSays, startChat } from '../miniprogram/people'
import { id, useBuiltH5 } from '../support/built-h5'

const h5 = useBuiltH5({}, { isQuiet: true })

/** A tab of a user. `isElsewhere`: the user is logged in in another tab, and the page asks first. */
async function tab(uid: string, { isElsewhere = false } = {}): Promise<Page> {
  const page = await h5.tab()
  await page.goto(`${h5.address()}?uid=${uid}`)
  if (isElsewhere) await page.tap('.uni-modal__btn_primary')
  await page.waitForSelector(id('conversation-list'), { timeout: 60_000 })
  return page
}

/** In the visible tab: Chromium renders the others once a second, and a tap waits for two frames. */
async function tap(page: Page, selector: string): Promise<void> {
  await page.bringToFront()
  await page.tap(selector)
}

async function chatWith(page: Page, kind: 'peer' | 'channel', target: string): Promise<void> {
  await tap(page, `${id('new-chat')}:visible`)
  await page.waitForSelector(id('new-chat-id'))
  await tap(page, `${id('new-chat-kind')}[data-kind="${kind}"]`)
  await page.fill(`${id('new-chat-id')} input`, target)
  await tap(page, id('new-chat-submit'))
  await page.waitForSelector(id('composer-input'))
}

async function back(page: Page): Promise<void> {
  await tap(page, id('nav-back'))
  await page.waitForSelector(`${id('conversation-row')}:visible`)
}

async function says(page: Page, text: string): Promise<void> {
  await page.fill(`${id('composer-input')} textarea`, text)
  await tap(page, id('composer-send'))
  await hears(page, text)
}

async function hears(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    ([selector, wanted]) => Array.from(document.querySelectorAll(selector!)).some((element) => element.textContent === wanted),
    [id('message-text'), text],
    // Background tabs have no frames in which to poll.
    { polling: 50 },
  )
}

/** With backslashes, which the <text> of the development server shows too. */
const IN_CHANNEL = '频道里见：\\\\nas\\new\\'

const texts = (page: Page) => page.locator(id('message-text')).allTextContents()

test('two users in two tabs chat one to one and in a channel, and switch between them', async () => {
  const [alice, bob] = [await tab('alice'), await tab('bob')]
  await chatWith(alice, 'peer', 'bob')
  await says(alice, '你好，Bob')
  await alice.waitForSelector(`${id('message-status')}.is-delivered`)
  await tap(bob, `${id('conversation-row')}[data-id="peer:alice"]`)
  await hears(bob, '你好，Bob')
  await says(bob, '你好，Alice')
  await hears(alice, '你好，Alice')

  await back(alice)
  await back(bob)
  for (const page of [alice, bob]) await chatWith(page, 'channel', 'general')
  await says(alice, IN_CHANNEL)
  await hears(bob, IN_CHANNEL)
  await says(bob, '来了')
  await hears(alice, '来了')
  expect(await texts(alice)).toEqual([IN_CHANNEL, '来了'])

  await back(alice)
  await tap(alice, `${id('conversation-row')}[data-id="peer:bob"]`)
  await hears(alice, '你好，Alice')
  expect(await texts(alice)).toEqual(['你好，Bob', '你好，Alice'])
})

test('a reload keeps each tab’s user and history', async () => {
  const [alice, bob] = [await tab('alice'), await tab('bob')]
  await chatWith(alice, 'peer', 'bob')
  await says(alice, '重新加载之前')
  await alice.reload()
  await hears(alice, '重新加载之前')
  expect(await alice.textContent(id('thread-title'))).toBe('bob')
  await bob.reload()
  await bob.waitForSelector(id('conversation-list'))
  await tap(bob, `${id('conversation-row')}[data-id="peer:alice"]`)
  await hears(bob, '重新加载之前')
})

test('a user in the browser chats with a user in the compiled mini program', async () => {
  const [alice, dora] = [await tab('alice'), await startInNode({ hosts: { [BUILT_IN_GATEWAY]: new URL(h5.gateway().url).host } })]
  await logIn(dora, 'dora')
  await chatWith(alice, 'peer', 'dora')
  await says(alice, '从浏览器来')
  await startChat(dora, 'peer', 'alice')
  await phoneHears(dora, '从浏览器来')
  await phoneSays(dora, '从小程序来')
  await hears(alice, '从小程序来')
  await alice.waitForSelector(`${id('message-status')}.is-delivered`)
  expect(await dora.problems()).toEqual([])
  await dora.close()
})

test('with two tabs of one user the later one works; the earlier cannot write until it takes over, and then has everything', async () => {
  const [first, bob] = [await tab('alice'), await tab('bob')]
  await chatWith(first, 'peer', 'bob')
  await says(first, '第一个标签页')
  await first.waitForSelector(`${id('message-status')}.is-delivered`)
  const second = await tab('alice', { isElsewhere: true })
  await first.waitForSelector(id('connection-banner'))
  await tap(second, `${id('conversation-row')}[data-id="peer:bob"]`)
  await says(second, '第二个标签页')
  await chatWith(bob, 'peer', 'alice')
  await says(bob, '收到两条')
  await hears(second, '收到两条')
  await first.fill(`${id('composer-input')} textarea`, '被挤下线时写的')
  await first.waitForSelector(id('composer-error'))
  expect(await first.getAttribute(id('composer-send'), 'aria-disabled')).toBe('true')

  await tap(first, id('connection-banner'))
  await hears(first, '收到两条')
  expect((await texts(first)).slice(-3)).toEqual(['第一个标签页', '第二个标签页', '收到两条'])
  await first.waitForSelector(id('connection-banner'), { state: 'detached' })
  await says(first, '接着说')
  await hears(bob, '接着说')
})

test('with a keyboard: fast typing is sent as typed, Shift+Enter is a new line, an input method keeps its Enter', async () => {
  const page = await tab('alice')
  await chatWith(page, 'peer', 'keyboard')
  const lines = (shown: Page) => shown.locator(id('message-text')).allInnerTexts()
  const field = page.locator(`${id('composer-input')} textarea`)
  await field.click()
  // Faster than uni's own field, which reports input 100 ms late and empties itself 100 ms late.
  await page.keyboard.type('第一行')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('second')
  await page.keyboard.press('Enter')
  await page.keyboard.type('next')
  await page.keyboard.press('Enter')
  await hears(page, 'next')
  await page.keyboard.press('Enter')

  const session = await page.context().newCDPSession(page)
  await session.send('Input.imeSetComposition', { text: 'nihao', selectionStart: 5, selectionEnd: 5 })
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 })
  await session.send('Input.insertText', { text: '你好' })
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 })
  expect(await field.inputValue()).toBe('你好')
  expect(await lines(page)).toEqual(['第一行\nsecond', 'next'])
  await page.keyboard.press('Enter')
  await hears(page, '你好')
  expect(await lines(page)).toEqual(['第一行\nsecond', 'next', '你好'])
  expect(await field.inputValue()).toBe('')
})
