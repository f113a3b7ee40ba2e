// The end of a thread on the built H5: a reader at the end stays there, whatever changes its height.
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { action, chatWith, connected, DESK, id, MENU, says, shows, useBuiltH5 } from '../support/built-h5'

const h5 = useBuiltH5({ rateLimits: false })
const WORDS = '这一行有十来个字刚好。'.repeat(3)

/**
 * Alice in her chat with bob, who is offline, at the end of more messages than a screen has. `cut` takes the network away. `prepare`: before the page is
 * loaded.
 */
async function thread(prepare: (page: Page) => Promise<unknown> = async () => undefined): Promise<{ page: Page; cut: () => void }> {
  const page = await h5.tab(DESK)
  await prepare(page)
  const closes: (() => void)[] = []
  let isCut = false
  await page.routeWebSocket((url) => url.pathname === '/rtm', (socket) => {
    if (isCut) return void socket.close()
    socket.connectToServer()
    closes.push(() => void socket.close())
  })
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  await chatWith(page, 'bob')
  for (let i = 0; i < 12; i++) await says(page, `m${i} ${WORDS}`)
  await atEnd(page)
  return {
    page,
    cut: () => {
      isCut = true
      for (const close of closes) close()
    },
  }
}

/** Scrolls the list by `px`. Returns how much of it is below the screen then, px. */
const scrollBy = (page: Page, px: number) =>
  page.evaluate(
    ([selector, by]) => {
      const list = Array.from(document.querySelectorAll(`${selector} *`)).find((element) => element.scrollHeight > element.clientHeight + 1 && getComputedStyle(element).overflowY === 'auto')
      if (!list) return undefined
      list.scrollTop += by
      return list.scrollHeight - list.clientHeight - list.scrollTop
    },
    [id('message-list'), px] as const,
  )
const below = (page: Page) => scrollBy(page, 0)

/** Resolves after `count` frames of the page. */
const frames = (page: Page, count: number) =>
  page.evaluate(async (wanted) => {
    for (let i = 0; i < wanted; i++) await new Promise(requestAnimationFrame)
  }, count)

const atEnd = (page: Page) => vi.waitFor(async () => expect(await below(page)).toBeLessThanOrEqual(1), { timeout: 20_000 })

/** Writes a message without a network. Once cancelled, its row is taller. */
async function writesWaiting(page: Page, cut: () => void): Promise<void> {
  cut()
  await page.waitForSelector(id('connection-banner'))
  await says(page, 'not to be sent')
  await page.waitForSelector(`${id('message-status')}.is-queued`)
  await atEnd(page)
}

const cancel = async (page: Page) => {
  // The list stays where it is: a click on the element would scroll to it.
  const { x, y } = (await page.locator(id('message-text')).last().boundingBox())!
  await page.mouse.click(x + 5, y + 5, { button: 'right' })
  await page.click(action('cancel'))
  await page.waitForSelector(`${id('message-status')}.is-cancelled`)
  await page.waitForSelector(MENU, { state: 'detached' })
}

test('cancelling the last message keeps a reader at the end', { timeout: 90_000 }, async () => {
  const { page, cut } = await thread()
  await writesWaiting(page, cut)
  await cancel(page)
  await atEnd(page)
})

test('cancelling the last message does not move a reader who scrolled up', { timeout: 90_000 }, async () => {
  const { page, cut } = await thread()
  await writesWaiting(page, cut)
  expect(await scrollBy(page, -30)).toBe(30)
  // The page receives the event.
  await frames(page, 2)
  expect(await below(page)).toBe(30)
  await cancel(page)
  await vi.waitFor(async () => expect(await below(page)).toBeGreaterThan(40), { timeout: 20_000 })
  const before = await below(page)
  await frames(page, 60)
  expect(await below(page)).toBe(before)
})

test('a window that changes its size keeps a reader at the end', { timeout: 90_000 }, async () => {
  const { page } = await thread()
  for (const [width, height] of [[375, 640], [340, 640], [375, 600], [300, 590], [500, 580], [375, 667]] as const) {
    await page.setViewportSize({ width, height })
    await atEnd(page)
  }
})

test('a notice that appears above the list, and goes, keeps a reader at the end', { timeout: 90_000 }, async () => {
  const { page } = await thread()
  await page.evaluate((selector) => {
    const notice = Object.assign(document.createElement('div'), { id: 'notice' })
    notice.style.cssText = 'height: 24px; flex: none'
    const list = document.querySelector(selector)!.closest('.fill')!
    list.before(notice)
  }, id('message-list'))
  await atEnd(page)
  await page.evaluate(() => document.querySelector('#notice')!.remove())
  await atEnd(page)
  await shows(page, `m11 ${WORDS}`)
})

test('opening a long text does not move its reader, in whatever order the browser reports that the end is gone', { timeout: 90_000 }, async () => {
  const { page } = await thread((page) =>
    page.addInitScript(() => {
      // The observer with a margin reports late.
      const Observer = window.IntersectionObserver
      window.IntersectionObserver = class extends Observer {
        constructor(told: IntersectionObserverCallback, options?: IntersectionObserverInit) {
          const isLate = options?.rootMargin !== undefined && /[1-9]/.test(options.rootMargin)
          const later = (frames: number, run: () => void): void => void requestAnimationFrame(() => (frames > 0 ? later(frames - 1, run) : run()))
          super(isLate ? (...entries) => later(20, () => told(...entries)) : told, options)
        }
      }
    }),
  )
  const bob = await h5.client('bob')
  await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: 'long', body: { kind: 'text', text: Array.from({ length: 300 }, (_, line) => `line ${line}`).join('\n') } }, 'rich') })
  await page.waitForSelector(id('message-show-all'))
  await atEnd(page)
  await page.click(id('message-show-all'))
  await vi.waitFor(async () => expect(await below(page)).toBeGreaterThan(1_000))
  const before = await below(page)
  await frames(page, 60)
  expect(await below(page)).toBe(before)
  await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: 'news', body: { kind: 'text', text: 'news' } }, 'rich') })
  await page.waitForSelector(id('jump-to-latest'))
  await frames(page, 60)
  expect(await below(page)).toBe(before)
})
