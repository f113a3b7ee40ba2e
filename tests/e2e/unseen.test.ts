// Messages that the user does not see stay unread, the title counts them, and notifications appear if they are turned on.
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { connected, DESK, id, useBuiltH5 } from '../support/built-h5'
import type { GatewayClient } from '../support/gateway-client'

const MODAL = '.uni-modal:visible'

interface Told {
  title: string
  body: string
  tag: string
  onclick: () => void
  close(): void
}
declare global {
  interface Window {
    /** Whether the window has the focus, as the browser reports it. */
    focused: boolean
    asked: number
    permission: string
    answer: string
    told: Told[]
  }
}

const h5 = useBuiltH5({ rateLimits: false })
let sent = 0

async function loggedIn(uid: string, { locale = 'en-US' } = {}): Promise<Page> {
  const page = await h5.tab({ ...DESK, locale })
  await page.addInitScript(() => {
    Object.assign(window, { focused: true, asked: 0, permission: 'default', answer: 'granted', told: [] })
    document.hasFocus = () => window.focused
    class FakeNotification {
      static get permission() {
        return window.permission
      }
      static async requestPermission() {
        window.asked++
        return (window.permission = window.answer)
      }
      onclick = () => {}
      close() {}
      constructor(
        readonly title: string,
        options: { body: string; tag: string },
      ) {
        Object.assign(this, options)
        window.told.push(this as unknown as Told)
      }
    }
    Object.assign(window, { Notification: FakeNotification })
  })
  await page.goto(`${h5.address()}?uid=${uid}`)
  await connected(page)
  return page
}

async function writes(from: GatewayClient, to: string, text: string): Promise<void> {
  expect(await from.ask({ t: 'peer', to, text: encode({ kind: 'message', id: `unseen-${sent++}`, body: { kind: 'text', text } }, 'rich') })).toMatchObject({ t: 'ok' })
}

const focus = (page: Page, focused: boolean) =>
  page.evaluate((has) => {
    window.focused = has
    window.dispatchEvent(new Event(has ? 'focus' : 'blur'))
  }, focused)

const shows = (page: Page, text: string) => page.waitForSelector(`${id('message-text')} >> text=${text}`)

const hasTitle = (page: Page, title: string) => vi.waitFor(async () => expect(await page.title()).toBe(title), 20_000)

const told = (page: Page) => page.evaluate(() => window.told.map(({ title, body, tag }) => ({ title, body, tag })))

async function toMe(page: Page): Promise<void> {
  await page.click('.uni-tabbar__item >> nth=1')
  await page.waitForSelector(`${id('me-notifications')}:visible`)
}

test('messages that arrive without the focus are unread until the window has it, and the title counts them', { timeout: 90_000 }, async () => {
  const page = await loggedIn('alice')
  const [bob, carol] = [await h5.client('bob'), await h5.client('carol')]
  await writes(bob, 'alice', 'one')
  await hasTitle(page, '(1) Chats')
  await page.click(`${id('conversation-row')}[data-id="peer:bob"]`)
  await shows(page, 'one')
  await vi.waitFor(async () => expect(await page.title()).not.toMatch(/^\(/), 20_000)
  const bare = await page.title()

  await focus(page, false)
  await writes(bob, 'alice', 'two')
  await shows(page, 'two')
  await hasTitle(page, `(1) ${bare}`)
  await writes(bob, 'alice', 'three')
  await shows(page, 'three')
  await hasTitle(page, `(2) ${bare}`)
  await writes(carol, 'alice', 'elsewhere')
  await hasTitle(page, `(3) ${bare}`)
  await focus(page, true)
  await hasTitle(page, `(1) ${bare}`)
  // With the focus they are read on arrival.
  await writes(bob, 'alice', 'four')
  await shows(page, 'four')
  await hasTitle(page, `(1) ${bare}`)
  await page.click(id('nav-back'))
  await hasTitle(page, '(1) Chats')
  expect(await page.locator(`${id('conversation-unread')}:visible`).allTextContents()).toEqual(['1'])
  expect(await told(page)).toEqual([])
  expect(await page.evaluate(() => window.asked)).toBe(0)
})

test('a WebView that never reports the focus has it once it is touched', { timeout: 90_000 }, async () => {
  const page = await loggedIn('dora')
  await focus(page, false)
  const bob = await h5.client('bob')
  await writes(bob, 'dora', 'one')
  await hasTitle(page, '(1) Chats')
  await page.click(`${id('conversation-row')}[data-id="peer:bob"]`)
  await shows(page, 'one')
  await vi.waitFor(async () => expect(await page.title()).not.toMatch(/^\(/), 20_000)
})

test('notifications of unseen messages appear once they are turned on, and lead to them', { timeout: 90_000 }, async () => {
  const page = await loggedIn('erin')
  const bob = await h5.client('bob')
  await focus(page, false)
  await writes(bob, 'erin', 'before')
  await hasTitle(page, '(1) Chats')
  expect(await told(page)).toEqual([])
  await focus(page, true)
  await toMe(page)
  expect(await page.getAttribute(id('me-notifications'), 'aria-checked')).toBe('false')
  await page.click(id('me-notifications'))
  await page.waitForSelector(`${id('me-notifications')}[aria-checked=true]`)
  expect(await page.evaluate(() => window.asked)).toBe(1)
  expect((await told(page)).map(({ tag }) => tag)).toEqual(['first'])
  await page.reload()
  await page.evaluate(() => (window.permission = 'granted'))
  await page.waitForSelector(id('me-uid'))
  await page.waitForSelector(id('connection-banner'), { state: 'detached' })

  await writes(bob, 'erin', 'seen in the list')
  await hasTitle(page, '(2) Me')
  await focus(page, false)
  await writes(bob, 'erin', 'C:\\new & <b>')
  await vi.waitFor(async () => expect(await told(page)).toEqual([{ title: 'bob', body: 'C:\\new & <b>', tag: 'erin peer:bob' }]), 20_000)
  await focus(page, true)
  await page.evaluate(() => window.told[0]!.onclick())
  await shows(page, '& <b>')
  await page.click(id('nav-back'))

  await toMe(page)
  await page.click(id('me-notifications'))
  await page.waitForSelector(`${id('me-notifications')}[aria-checked=false]`)
  await focus(page, false)
  await writes(bob, 'erin', 'after')
  await hasTitle(page, '(1) Me')
  expect(await told(page)).toHaveLength(1)
})

test.each([
  ['denied', '浏览器不允许这个网页发通知'],
  ['default', '没有得到允许'],
  ['throws', '不支持网页通知'],
])('a permission that is not given (%s) shows a sentence, and the switch stays off', { timeout: 90_000 }, async (answer, sentence) => {
  const page = await loggedIn('frank', { locale: 'zh-CN' })
  await toMe(page)
  await page.evaluate((given) => {
    window.answer = given === 'throws' ? 'granted' : given
    if (given !== 'throws') return
    // As in Chrome on Android.
    window.Notification = new Proxy(window.Notification, {
      construct() {
        throw new TypeError("Failed to construct 'Notification': Illegal constructor.")
      },
    })
  }, answer)
  await page.click(id('me-notifications'))
  await page.waitForSelector(`${answer === 'default' ? 'uni-toast' : MODAL} >> text=${sentence}`)
  expect(await page.getAttribute(id('me-notifications'), 'aria-checked')).toBe('false')
  expect(await page.evaluate(() => window.asked)).toBe(1)
})
