// Failures that H5 has and the mini program has not: a browser without storage, and two tabs of one user.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { action, chatWith, id, says, shows, texts, useBuiltH5 } from '../support/built-h5'

const shots = fileURLToPath(new URL('__shots__', import.meta.url))
const h5 = useBuiltH5({}, { isQuiet: true })
const alicesLink = () => `${h5.address()}?uid=alice`

beforeAll(() => void mkdirSync(shots, { recursive: true }))

/** `isElsewhere`: alice is logged in in another tab, and the page asks first. */
async function tab(prepare: (page: Page) => Promise<unknown> = async () => undefined, { isElsewhere = false } = {}): Promise<Page> {
  const page = await h5.tab()
  await prepare(page)
  await page.goto(alicesLink())
  if (isElsewhere) await page.tap('.uni-modal__btn_primary', { timeout: 60_000 })
  await page.waitForSelector(id('conversation-list'), { timeout: 60_000 })
  return page
}

const notice = (page: Page) => page.textContent(`${id('storage-notice')}:visible`)

test('a browser without storage says so, and allows a chat that a reload forgets', async () => {
  // How blocked site data appears to a page.
  const page = await tab((opened) =>
    opened.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', {
        get() {
          throw new DOMException('access denied', 'SecurityError')
        },
      })
    }),
  )
  expect(await notice(page)).toBe('本机存储不可用，新消息只保留到关闭前')
  await chatWith(page, 'bob')
  await says(page, '存不下来也能聊')
  await page.waitForSelector(`${id('message-status')}.is-sent`)
  await page.screenshot({ path: path.join(shots, 'failure-storage-off.png') })
  await page.goto(alicesLink())
  await page.waitForSelector(id('conversation-list'))
  expect(await page.locator(id('conversation-row')).count()).toBe(0)
})

test('a browser whose storage never answers says so after a while, at a start and at a login', { timeout: 90_000 }, async () => {
  const silent = (page: Page) =>
    page.addInitScript(() => {
      const open = indexedDB.open.bind(indexedDB)
      // A request for a version that waits for this connection to close is never answered.
      indexedDB.open = (name) => {
        open(name, 1).onsuccess = () => {}
        return open(name, 2)
      }
    })
  const page = await tab(silent)
  expect(await notice(page)).toBe('本机存储不可用，新消息只保留到关闭前')
  await chatWith(page, 'bob')
  await says(page, 'still here')
  await page.waitForSelector(`${id('message-status')}.is-sent`)
  await page.tap(id('nav-back'))
  await page.tap('.uni-tabbar__item >> nth=1')
  await page.tap(id('me-logout'))
  await page.waitForSelector(id('login-uid'))
  await page.fill(`${id('login-uid')} input`, 'dave')
  await page.tap(id('login-submit'))
  await page.waitForSelector(`${id('conversation-list')}:visible`)
  expect(await notice(page)).toBe('本机存储不可用，新消息只保留到关闭前')
})

test.each([
  [true, '浏览器已承诺保留这些记录，不会自行删除。'],
  [false, '浏览器没有承诺保留这些记录：空间不足，或者很久没有打开（Safari 是 7 天）时，可能会删除。'],
])('the browser is asked to keep stored data once there is some, and its answer (%s) is shown', async (answer, sentence) => {
  const page = await tab((opened) =>
    opened.addInitScript((promises) => {
      let isKept = false
      const asked: number[] = []
      Object.assign(window, { asked })
      Object.assign(StorageManager.prototype, {
        persisted: async () => isKept,
        persist: async () => {
          asked.push(1)
          return (isKept = promises)
        },
      })
    }, answer),
  )
  const asked = () => page.evaluate(() => (window as unknown as { asked: number[] }).asked.length)
  expect(await asked()).toBe(0)
  await chatWith(page, 'bob')
  await says(page, 'to be kept')
  expect(await asked()).toBe(1)
  await page.tap(id('nav-back'))
  await page.tap('.uni-tabbar__item >> nth=1')
  await page.tap(id('me-storage'))
  await page.waitForSelector(`${id('storage-promise')} >> text=${sentence}`)
  await page.screenshot({ path: path.join(shots, `storage-promise-${answer}.png`) })
})

test('the earlier of two tabs of one user says that it saves nothing, and overwrites nothing, even without the service', async () => {
  const first = await tab()
  await chatWith(first, 'carol')
  await says(first, '第一个标签页写的')
  await first.waitForSelector(`${id('message-status')}.is-sent`)
  // Without a connection the second does not log the first out.
  const second = await tab((page) => page.routeWebSocket((url) => url.pathname === '/rtm', (socket) => void socket.close()), { isElsewhere: true })
  await second.tap(`${id('conversation-row')}[data-id="peer:carol"]`)
  await says(second, '第二个标签页写的')
  await says(first, '第一个标签页又写')
  expect(await notice(first)).toBe('已在另一个标签页打开，这里的新消息不会保存')
  await first.screenshot({ path: path.join(shots, 'failure-two-tabs.png') })
  expect(await second.locator(id('storage-notice')).count()).toBe(0)
  await first.close()
  await second.reload()
  await shows(second, '第二个标签页写的')
  expect(await texts(second)).toEqual(['第一个标签页写的', '第二个标签页写的'])
})

test.each([
  ['not allowed', false, 'alert'],
  ['allowed', true, 'toast'],
] as const)('a copy that the browser has %s is reported once', async (_name, isAllowed, kind) => {
  const page = await tab((page) =>
    page.addInitScript((allowed) => {
      // By a policy, or on a page over plain HTTP.
      Object.defineProperty(navigator, 'clipboard', { value: undefined })
      document.execCommand = () => allowed
    }, isAllowed),
  )
  await chatWith(page, 'bob')
  await says(page, 'C:\\new')
  await page.click(id('message-text'), { button: 'right' })
  await page.tap(action('copy'))
  if (kind === 'alert') {
    await page.waitForSelector('.uni-modal:visible')
    expect(await page.textContent('.uni-modal__title')).toBe('没能复制')
    expect(await page.textContent('.uni-modal__bd')).toBe('浏览器没有允许。请在浏览器的网站设置里允许，然后再试。也可以选中文字，手动复制。')
    expect(await page.locator('uni-toast:visible').count()).toBe(0)
  } else {
    await page.waitForSelector('uni-toast:visible')
    expect(await page.textContent('uni-toast')).toBe('已复制')
    expect(await page.locator('.uni-modal:visible').count()).toBe(0)
  }
})
