// Places and cards on the built H5: how they look in both languages and themes, what a tap opens, and sending them.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test, vi } from 'vitest'
import { connected, DESK, id, useBuiltH5 } from '../support/built-h5'
import { CARDS, MALFORMED, PLACES } from '../support/kind-samples'

const shots = fileURLToPath(new URL('__shots__', import.meta.url))
const h5 = useBuiltH5({ rateLimits: false })
let sent = 0

beforeAll(() => void mkdirSync(shots, { recursive: true }))

async function threadWith(messages: readonly object[], { colorScheme = 'light' as 'light' | 'dark', locale = 'zh-CN', width = 375 } = {}): Promise<Page> {
  const page = await h5.tab({ ...DESK, viewport: { width, height: 667 }, colorScheme, locale })
  await h5.context().route(/\.example\/|uri\.amap\.com/, (route) => route.fulfill({ contentType: 'text/html', body: '<title>elsewhere</title>' }))
  const bob = await h5.client('bob')
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  for (const fields of messages) expect(await bob.ask({ t: 'peer', to: 'alice', text: JSON.stringify({ v: 1, id: `kind-${sent++}`, ...fields }) })).toMatchObject({ t: 'ok' })
  await page.click(`${id('conversation-row')}[data-id="peer:bob"]`)
  await vi.waitFor(async () => expect(await page.locator(id('message-row')).count()).toBe(messages.length), 20_000)
  return page
}

/** Sends a body as code of an app would: there is no page that composes it. */
async function sends(page: Page, body: object): Promise<void> {
  await page.evaluate((own) => {
    interface Chat { readonly account: { readonly own: { send(conversation: string, body: object): Promise<void> } } }
    const app = (document.querySelector('#app') as unknown as { __vue_app__: { config: { globalProperties: { $pinia: { _s: Map<string, Chat> } } } } }).__vue_app__
    return app.config.globalProperties.$pinia._s.get('chat')?.account.own.send('peer:bob', own)
  }, body)
}

async function opened(page: Page, act: () => Promise<void>): Promise<string> {
  const opening = page.context().waitForEvent('page')
  await act()
  const other = await opening
  await other.waitForLoadState()
  const url = other.url()
  await other.close()
  return url
}

test('a place opens its map in a new tab, a card its link after a question, or a page of the program', { timeout: 60_000 }, async () => {
  const page = await threadWith([PLACES.bund, CARDS.product, CARDS.unknown, CARDS.page])
  expect(await opened(page, () => page.click(id('message-location')))).toBe(`https://uri.amap.com/marker?position=121.490317,31.240018&name=${encodeURIComponent('外滩')}&coordinate=wgs84`)
  expect(await page.locator(`${id('message-card')} img`).count()).toBe(0)
  const cards = page.locator(id('message-card'))
  await cards.nth(1).click()
  expect(await cards.nth(1).locator('[role]').count()).toBe(0)
  await cards.nth(0).click()
  expect(await page.textContent('.uni-modal:visible')).toContain('shop.example')
  expect(await opened(page, () => page.click('.uni-modal__btn_primary:visible'))).toBe('https://shop.example/tea/1')
  // By keyboard.
  await cards.nth(2).locator('[role="link"]').focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/storage/)
})

test('they are sent to the other side in the form of the wire', { timeout: 60_000 }, async () => {
  const page = await threadWith([CARDS.page])
  const bob = await h5.client('bob')
  await sends(page, PLACES.bund)
  await sends(page, CARDS.product)
  await vi.waitFor(async () => expect(await page.locator(id('message-card')).count()).toBe(2), 20_000)
  const sentTo = () => bob.all('peer').map(({ text }) => JSON.parse(text) as { kind: string })
  await vi.waitFor(() => expect(sentTo()).toHaveLength(2), 20_000)
  expect(sentTo()).toMatchObject([{ v: 1, ...PLACES.bund, alt: '📍 外滩\n上海市黄浦区中山东一路\n31.240018, 121.490317' }, { v: 1, ...CARDS.product, alt: expect.stringContaining('明前龙井') as string }])
})

test.each([
  ['light', 'zh-CN', 375],
  ['dark', 'en-US', 375],
  ['light', 'en-US', 320],
] as const)('nothing is wider than its bubble, %s %s %d', { timeout: 60_000 }, async (colorScheme, locale, width) => {
  const page = await threadWith([...Object.values(PLACES), ...Object.values(CARDS), ...MALFORMED.slice(0, 1)], { colorScheme, locale, width })
  await sends(page, PLACES.bund)
  await sends(page, CARDS.product)
  await vi.waitFor(async () => expect(await page.locator(`.own ${id('message-card')}`).count()).toBe(1), 20_000)
  const over = await page.locator('.bubble').evaluateAll((bubbles) =>
    bubbles.flatMap((bubble) => {
      const box = bubble.getBoundingClientRect()
      return Array.from(bubble.querySelectorAll('*:not(.more)')).filter((part) => part.getBoundingClientRect().right > box.right + 0.5 || part.getBoundingClientRect().left < box.left - 0.5).map((part) => part.className)
    }),
  )
  expect(over).toEqual([])
  const rows = page.locator(id('message-row'))
  for (const [n, at] of [0, 4, 8, 10, 13].entries()) {
    await rows.nth(at).scrollIntoViewIfNeeded()
    await page.screenshot({ path: path.join(shots, `kinds-${colorScheme}-${width}-${n}.png`) })
  }
})
