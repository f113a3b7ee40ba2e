// Texts of users on the built H5 in a real browser: unchanged, in their own direction, and folded if they are long.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test, vi } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { chatWith, connected, DESK, field, id, SHEET, useBuiltH5 } from '../support/built-h5'
import type { GatewayClient } from '../support/gateway-client'
import { numberedLines, UNSEEN, WRITTEN } from '../support/written'

const shots = fileURLToPath(new URL('__shots__', import.meta.url))
const h5 = useBuiltH5({ rateLimits: false })
/** A name within RTM's rules for ids. */
const ODD_NAME = '$& &lt;b&gt;  {name} %41 (x ~~~~ a long name ~~~~ of 64 letters]'
const ODD_NAME_SHOWN = '$& &lt;b&gt;␣␣{name} %41 (x ~~~~ a long name ~~~~ of 64 letters]'
/** An own message, which begins with Hebrew. */
const DRAFT = 'שלום \\n, \\\\ bob!'

let sent = 0

beforeAll(() => void mkdirSync(shots, { recursive: true }))

async function loggedIn(uid: string, { locale = 'zh-CN', colorScheme = 'light' }: { locale?: string; colorScheme?: 'light' | 'dark' } = {}): Promise<Page> {
  const page = await h5.tab({ ...DESK, locale, colorScheme })
  await page.goto(`${h5.address()}?uid=${uid}`)
  await connected(page)
  return page
}

async function writes(from: GatewayClient, to: string, text: string): Promise<void> {
  expect(await from.ask({ t: 'peer', to, text: encode({ kind: 'message', id: `written-${sent++}`, body: { kind: 'text', text } }, 'rich') })).toMatchObject({ t: 'ok' })
}

async function openChat(page: Page, peerId: string): Promise<void> {
  await page.click(`${id('conversation-row')}[data-id="${peerId}"]`)
  await page.waitForSelector(`${id('message-list')} .content:not(.is-hidden)`)
}

/** Whether the last strong character of an element's text is to the left of the first, and the text's distances from its edges, px. */
function placeOf(page: Page, hook: string, text: string): Promise<{ isRtl: boolean; left: number; right: number } | undefined> {
  return page.locator(`${id(hook)}:visible`).evaluateAll((elements, wanted) => {
    const element = elements.find(({ textContent }) => textContent === wanted)
    const nodes = Array.from(element?.childNodes ?? []).flatMap((child) => [child, ...Array.from(child.childNodes)])
    const node = nodes.find((each) => each.nodeType === Node.TEXT_NODE && each.textContent === wanted)
    if (!element || !node) return undefined
    const rect = (from: number, to: number) => {
      const range = document.createRange()
      range.setStart(node, from)
      range.setEnd(node, to)
      return range.getBoundingClientRect()
    }
    const letters = [...wanted.matchAll(/\p{L}/gu)].map(({ index }) => index)
    const [first, last] = [letters[0]!, letters[letters.length - 1]!]
    const [box, all] = [element.getBoundingClientRect(), rect(0, wanted.length)]
    return { isRtl: rect(last, last + 1).left < rect(first, first + 1).left, left: all.left - box.left, right: box.right - all.right }
  }, text)
}

test('every text is unchanged in the thread and in the list, each in its own direction', { timeout: 120_000 }, async () => {
  const page = await loggedIn('alice')
  const bob = await h5.client('bob')
  for (const { text, line = text, rtl } of WRITTEN) {
    await writes(bob, 'alice', text)
    await vi.waitFor(async () => expect(await page.textContent(id('conversation-preview'))).toBe(line), 20_000)
    if (!/\p{L}/u.test(line)) continue
    const place = (await placeOf(page, 'conversation-preview', line))!
    expect(place.isRtl, line).toBe(rtl === true)
    expect(rtl ? place.right : place.left, line).toBeLessThan(1)
  }
  await openChat(page, 'peer:bob')
  await vi.waitFor(async () => expect(await page.locator(id('message-text')).count()).toBe(WRITTEN.length), 20_000)
  const shown = page.locator(id('message-text'))
  expect(await shown.allTextContents()).toEqual(WRITTEN.map(({ text, shown = text }) => shown))
  for (const { text, shown = text, rtl } of WRITTEN.filter(({ what }) => /Hebrew|Arabic/.test(what))) expect((await placeOf(page, 'message-text', shown))!.isRtl, text).toBe(rtl === true)
  // The layout has all the lines and spaces of the text.
  expect(await shown.allInnerTexts()).toEqual(WRITTEN.map(({ text, shown = text }) => shown))
  const heights = await shown.evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().height / parseFloat(getComputedStyle(element).lineHeight)))
  for (const what of ['backslashes', 'a share', 'line breaks'] as const) {
    const index = WRITTEN.findIndex((each) => each.what === what)
    expect(Math.round(heights[index]!), what).toBe(what === 'line breaks' ? 6 : 1)
  }
  await page.screenshot({ path: path.join(shots, 'written-thread.png') })

  // The way of an own text: typed, kept as a draft, sent.
  const field = page.locator(`${id('composer-input')} textarea`)
  expect(await field.evaluate((element) => getComputedStyle(element).unicodeBidi)).toBe('plaintext')
  await field.fill(DRAFT)
  await page.screenshot({ path: path.join(shots, 'written-draft.png') })
  await page.click(id('nav-back'))
  await vi.waitFor(async () => expect(await page.textContent(`${id('conversation-preview')}:visible`)).toBe(`[草稿] \u2068${DRAFT}\u2069`), 20_000)
  await openChat(page, 'peer:bob')
  await vi.waitFor(async () => expect(await field.inputValue()).toBe(DRAFT))
  await page.click(id('composer-send'))
  await vi.waitFor(async () => expect(await shown.last().textContent()).toBe(DRAFT), 20_000)
  expect(bob.all('peer').map(({ text }) => JSON.parse(text).text)).toContain(DRAFT)
})

test('a long draft is one line of the list', { timeout: 60_000 }, async () => {
  const page = await loggedIn('dora')
  await chatWith(page, 'bob')
  await page.fill(field('composer-input'), '这是一份很长的草稿，在列表里只占一行，放不下的部分用省略号代替。')
  await page.click(id('nav-back'))
  const preview = page.locator(`${id('conversation-preview')}:visible`)
  await vi.waitFor(async () => expect(await preview.textContent()).toContain('[草稿]'), 20_000)
  const [height, line] = await preview.evaluate((element) => [element.getBoundingClientRect().height, parseFloat(getComputedStyle(element).lineHeight)] as const)
  expect(height).toBeLessThan(1.5 * line)
})

test('a text without a visible character is a neutral line', { timeout: 60_000 }, async () => {
  const page = await loggedIn('alice')
  const bob = await h5.client('bob')
  for (const text of UNSEEN) await writes(bob, 'alice', text)
  await vi.waitFor(async () => expect(await page.textContent(id('conversation-preview'))).toBe('[空消息]'), 20_000)
  await openChat(page, 'peer:bob')
  await vi.waitFor(async () => expect(await page.locator(id('message-text')).allTextContents()).toEqual(UNSEEN.map(() => '[空消息]')), 20_000)
})

test('a name is unchanged in title, list, question and notice', { timeout: 60_000 }, async () => {
  const page = await loggedIn('alice')
  const odd = await h5.client(ODD_NAME)
  await writes(odd, 'alice', 'hello')
  await vi.waitFor(async () => expect(await page.textContent(id('conversation-title'))).toBe(ODD_NAME_SHOWN), 20_000)
  await openChat(page, `peer:${ODD_NAME}`)
  expect(await page.textContent(id('thread-title'))).toBe(ODD_NAME_SHOWN)
  await page.click(id('nav-back'))
  await page.locator(`${id('conversation-row')}:visible`).click({ button: 'right' })
  await page.click(`${SHEET} >> text=删除`)
  const title = page.locator('.uni-modal__title:visible')
  expect(await title.textContent()).toContain(ODD_NAME_SHOWN)
  // All of it, not as much as two lines have.
  const isCut = await title.evaluate((element) => element.scrollHeight > element.clientHeight)
  expect(isCut).toBe(false)
  await page.screenshot({ path: path.join(shots, 'written-name.png') })
  await page.click('.uni-modal__btn_default:visible')

  await page.click(`${id('new-chat')}:visible`)
  await page.click(`${id('new-chat-kind')}[data-kind="channel"]`)
  await page.fill(`${id('new-chat-id')} input`, ODD_NAME)
  await page.click(id('new-chat-submit'))
  await page.waitForSelector(`${id('thread-detail')}:visible`)
  expect(await page.locator(`${id('thread-title')}:visible`).textContent()).toBe(ODD_NAME_SHOWN)
  await odd.ask({ t: 'join', ch: ODD_NAME })
  await vi.waitFor(async () => expect(await page.locator('.note:visible').allTextContents()).toContain(`${ODD_NAME_SHOWN} 加入了频道`), 20_000)
})

test('a long text is folded; opened it is complete, and the visible text does not move', { timeout: 120_000 }, async () => {
  const page = await loggedIn('alice')
  const bob = await h5.client('bob')
  const long = numberedLines(2_500)
  const large = '"好\\'.repeat(32_000 / 6).slice(0, 10_000)
  for (const text of ['before', long, 'after', large, 'last']) await writes(bob, 'alice', text)
  await openChat(page, 'peer:bob')
  const shown = page.locator(id('message-text'))
  await vi.waitFor(async () => expect(await shown.count()).toBe(5), 20_000)
  const heights = () => shown.evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().height))
  for (const height of await heights()) expect(height).toBeLessThanOrEqual(20 * 24)
  expect(await shown.nth(1).textContent()).toBe(numberedLines(20))
  expect(await shown.nth(3).textContent()).toBe(large.slice(0, 1_000))
  await page.screenshot({ path: path.join(shots, 'written-folded.png') })

  const button = page.locator(id('message-show-all')).first()
  await button.scrollIntoViewIfNeeded()
  const top = async () => (await shown.nth(1).boundingBox())!.y
  const before = await top()
  await button.click()
  await vi.waitFor(async () => expect(await shown.nth(1).textContent()).toBe(long))
  expect(await top()).toBe(before)
  expect((await heights())[1]).toBeGreaterThan(2_500 * 20)
  expect(await page.locator(id('message-show-all')).count()).toBe(1)
  // A message that arrives now is below, and does not move the reader there.
  await writes(bob, 'alice', 'news')
  await vi.waitFor(async () => expect(await page.textContent(id('jump-to-latest'))).toContain('1'), 20_000)
  expect(await top()).toBe(before)
})

test.each([
  ['zh-CN', 'light'],
  ['en-US', 'dark'],
] as const)('looks right in %s, %s', { timeout: 60_000 }, async (locale, colorScheme) => {
  const page = await loggedIn('alice', { locale, colorScheme })
  const [bob, carol, dave] = [await h5.client('bob'), await h5.client('carol'), await h5.client('dave')]
  for (const text of [...WRITTEN.slice(5).map(({ text }) => text), UNSEEN[0]!, numberedLines(50)]) await writes(bob, 'alice', text)
  await writes(carol, 'alice', 'مرحبا بالعالم، هذه رسالة طويلة جدا لا تتسع في سطر واحد من القائمة (أكيد)!')
  await writes(dave, 'alice', UNSEEN[0]!)
  await page.waitForSelector(`${id('conversation-row')}[data-id="peer:dave"]`)
  await page.screenshot({ path: path.join(shots, `written-list-${colorScheme}.png`) })
  await openChat(page, 'peer:bob')
  await page.waitForSelector(id('message-show-all'))
  await page.screenshot({ path: path.join(shots, `written-${colorScheme}.png`) })
  await page.mouse.move(180, 320)
  await page.mouse.wheel(0, 2_000)
  await vi.waitFor(async () => expect((await page.locator(id('message-show-all')).boundingBox())!.y).toBeLessThan(600))
  await page.screenshot({ path: path.join(shots, `written-fold-${colorScheme}.png`) })
})
