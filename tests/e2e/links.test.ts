// Links in texts on the built H5: what they lead to, what is asked before, and how they look.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test, vi } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { connected, DESK, id, says, SHEET, useBuiltH5 } from '../support/built-h5'

const shots = fileURLToPath(new URL('__shots__', import.meta.url))
const h5 = useBuiltH5({ rateLimits: false })
const QUESTION = '.uni-modal:visible'
const YES = '.uni-modal__btn_primary:visible'
const NO = '.uni-modal__btn_default:visible'

beforeAll(() => void mkdirSync(shots, { recursive: true }))

let sent = 0

/** A thread of alice's with bob, who has written `texts`. No request leaves this machine. */
async function threadWith(texts: readonly string[], colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await h5.tab({ ...DESK, colorScheme })
  await h5.context().route(/\.example\//, (route) => route.fulfill({ contentType: 'text/html', body: '<title>elsewhere</title>' }))
  const bob = await h5.client('bob')
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  for (const text of texts) {
    expect(await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: `link-${sent++}`, body: { kind: 'text', text } }, 'rich') })).toMatchObject({ t: 'ok' })
  }
  await page.click(`${id('conversation-row')}[data-id="peer:bob"]`)
  await vi.waitFor(async () => expect(await page.locator(id('message-text')).count()).toBe(texts.length), 20_000)
  return page
}

/** The page that opens while `act` runs. */
async function opened(page: Page, act: () => Promise<void>): Promise<Page> {
  const opening = page.context().waitForEvent('page')
  await act()
  const other = await opening
  await other.waitForLoadState()
  return other
}

test('a page opens in a new tab that knows nothing of this one; a new host is asked about once, also after a reload', { timeout: 90_000 }, async () => {
  const page = await threadWith(['see https://one.example/a?b=1, https://one.example/c and https://two.example/'])
  const links = page.locator(id('message-link'))
  expect(await page.textContent(id('message-text'))).toBe('see https://one.example/a?b=1, https://one.example/c and https://two.example/')
  expect(await links.evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.getAttribute('rel'), link.getAttribute('target')]))).toEqual(
    ['https://one.example/a?b=1', 'https://one.example/c', 'https://two.example/'].map((href) => [href, 'noopener noreferrer nofollow', '_blank']),
  )
  await links.first().click()
  await page.waitForSelector(QUESTION)
  expect(await page.textContent(QUESTION)).toContain('one.example')
  await page.screenshot({ path: path.join(shots, 'link-question.png') })
  await page.click(NO)
  expect(page.context().pages()).toHaveLength(1)

  await links.first().click()
  const other = await opened(page, () => page.click(YES))
  expect(other.url()).toBe('https://one.example/a?b=1')
  expect(await other.evaluate(() => [window.opener, document.referrer])).toEqual([null, ''])
  await other.close()

  await (await opened(page, () => links.nth(1).click())).close()
  await page.reload()
  await vi.waitFor(async () => expect(await links.count()).toBe(3), 20_000)
  await (await opened(page, () => links.nth(1).click())).close()
  // Another host, with the middle button, which opens a tab too; and by keyboard.
  await links.nth(2).click({ button: 'middle' })
  await page.waitForSelector(QUESTION)
  await page.click(NO)
  await links.nth(2).focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector(QUESTION)
  await page.click(NO)
  expect(page.context().pages()).toHaveLength(1)
})

test('a host that mixes scripts is shown in punycode; one in its own script is named in both ways when it is opened', { timeout: 60_000 }, async () => {
  const page = await threadWith(['https://\u0430pple.example/x', 'https://例子.example/x', 'https://пример.example/'])
  expect(await page.locator(id('message-link')).allTextContents()).toEqual(['https://xn--pple-43d.example/x', 'https://例子.example/x', 'https://пример.example/'])
  await page.locator(id('message-link')).first().click()
  expect(await page.textContent(QUESTION)).toMatch(/xn--pple-43d\.example/)
  expect(await page.textContent(QUESTION)).not.toContain('\u0430pple')
  await page.click(NO)
  await page.locator(id('message-link')).last().click()
  expect(await page.textContent(QUESTION)).toContain('пример.example (xn--e1afmkfd.example)')
  await page.click(NO)
})

test('mail and phone numbers are left to their programs, and are not asked about', { timeout: 60_000 }, async () => {
  const page = await threadWith(['bob@two.example, 138-0013-8000'])
  // Nothing here can open them: the link that is followed is recorded instead.
  await page.evaluate(() => {
    const followed: string[] = []
    Object.assign(window, { followed })
    HTMLAnchorElement.prototype.click = function () {
      followed.push(`${this.href} ${this.target}`)
    }
  })
  for (const link of await page.locator(id('message-link')).all()) await link.click()
  await vi.waitFor(async () => expect(await page.evaluate(() => (window as unknown as { followed: string[] }).followed)).toEqual(['mailto:bob@two.example ', 'tel:13800138000 ']))
  expect(await page.locator(QUESTION).count()).toBe(0)
})

test('a right click on a link leaves the browser its menu, and one beside it opens that of the message', { timeout: 60_000 }, async () => {
  const page = await threadWith(['https://one.example/ and some words that follow the link on a line of their own'])
  const prevented = () => page.evaluate(() => new Promise<boolean>((resolve) => window.addEventListener('contextmenu', (event) => resolve(event.defaultPrevented), { once: true })))
  const onLink = prevented()
  await page.click(id('message-link'), { button: 'right' })
  expect(await onLink).toBe(false)
  expect(await page.locator(SHEET).count()).toBe(0)
})

test.each(['light', 'dark'] as const)('a link is underlined and can be read in every bubble, %s', { timeout: 60_000 }, async (colorScheme) => {
  const page = await threadWith(
    ['https://one.example/ 请看，或者打 400-800-8888', `שלום https://two.example/${'long/'.repeat(40)} תודה`, 'مرحبا bob@two.example شكرا', '订单号 13800138000，电话 13800138000'],
    colorScheme,
  )
  await says(page, '我的 https://one.example/own?q=1#2')
  const seen = await page.locator(id('message-link')).evaluateAll((links) => {
    const rgb = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number)
    const over = ([r = 0, g = 0, b = 0, a = 1]: number[], [R = 0, G = 0, B = 0]: number[]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)]
    const light = (colour: number[]) => {
      const [r = 0, g = 0, b = 0] = colour.map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    return links.map((link) => {
      const style = getComputedStyle(link)
      const bubble = rgb(getComputedStyle(link.closest('.bubble')!).backgroundColor)
      const [a, b] = [light(over(rgb(style.color), bubble)), light(bubble)]
      return { line: style.textDecorationLine, contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) }
    })
  })
  expect(seen).toHaveLength(6)
  for (const { line, contrast } of seen) {
    expect(line).toBe('underline')
    expect(contrast).toBeGreaterThanOrEqual(4.5)
  }
  await page.screenshot({ path: path.join(shots, `links-${colorScheme}.png`) })
})
