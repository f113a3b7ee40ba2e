// The menu of a message on the built H5: the ways in, where it opens, and the ways out.
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, test, vi } from 'vitest'
import type { Quote } from '../../src/chat/message/common-fields'
import { encode } from '../../src/chat/message/envelope'
import { action, actions, chatWith, closeMenu, connected, DESK, id, logIn, MENU, PHONE, says, shows, useBuiltH5 } from '../support/built-h5'

const h5 = useBuiltH5({ rateLimits: false })
const WIDE: BrowserContextOptions = { ...DESK, viewport: { width: 1_100, height: 700 } }
const COMPOSER = `${id('composer-input')} textarea`
let people = 0
let written = 0

/** Alice's thread with bob, who has written these texts. */
async function thread(options: BrowserContextOptions, texts: readonly string[]): Promise<{ page: Page; writes: (text: string, quote?: Quote) => Promise<unknown> }> {
  const [alice, bob] = [`alice-${people}`, `bob-${people++}`]
  const page = await h5.tab(options)
  await page.goto(h5.address())
  await logIn(page, alice)
  const b = await h5.client(bob)
  const writes = (text: string, quote?: Quote) =>
    b.ask({ t: 'peer', to: alice, text: encode({ kind: 'message', id: `menu-${written++}-abcdefgh`, body: { kind: 'text', text }, ...(quote && { quote }) }, 'rich') })
  await chatWith(page, bob)
  for (const text of texts) {
    await writes(text)
    await shows(page, text)
  }
  return { page, writes }
}

/** Clicks with the second button on a message, near its upper left corner. The list does not scroll to it. */
async function rightClick(page: Page, index: number): Promise<void> {
  const bubble = (await page.locator(`${id('message-row')} .bubble`).nth(index).boundingBox())!
  const list = (await page.locator(id('message-list')).boundingBox())!
  await page.mouse.click(bubble.x + 5, Math.max(bubble.y, list.y) + 5, { button: 'right' })
  await page.waitForSelector(MENU)
}

const hasFocus = (page: Page, selector: string) => page.waitForFunction((selector) => document.activeElement?.matches(selector) === true, selector)
const box = async (page: Page, selector: string) => (await page.locator(selector).last().boundingBox())!

describe('the ways in', () => {
  test('a button beside the message that a mouse is over, and nothing for a finger', { timeout: 90_000 }, async () => {
    const { page } = await thread(WIDE, ['one', 'two'])
    await says(page, 'mine')
    const more = page.locator(id('message-more'))
    for (const [index, side] of [[0, 'right'], [2, 'left']] as const) {
      const row = page.locator(id('message-row')).nth(index)
      await row.hover()
      await row.locator(id('message-more')).waitFor()
      expect(await more.count()).toBe(1)
      const [bubble, button] = [(await row.locator('.bubble').boundingBox())!, (await more.boundingBox())!]
      expect(side === 'right' ? button.x >= bubble.x + bubble.width : button.x + button.width <= bubble.x).toBe(true)
      await more.click()
      await page.waitForSelector(MENU)
      expect(await actions(page)).toContain('复制')
      await page.keyboard.press('Escape')
      await page.waitForSelector(MENU, { state: 'detached' })
    }
    await page.mouse.move(500, 20)
    await more.waitFor({ state: 'detached' })
    await page.evaluate(() => document.querySelector('[data-testid="message-row"]')!.dispatchEvent(new PointerEvent('pointerover', { bubbles: true, pointerType: 'touch' })))
    expect(await more.count()).toBe(0)
  })

  test('the menu key, Shift+F10 and Enter on a message, also from a button in it; keys move, choose and close', { timeout: 90_000 }, async () => {
    let isCut = false
    const closes: (() => void)[] = []
    const page = await h5.tab(DESK)
    await page.routeWebSocket(() => true, (socket) => {
      if (isCut) return void socket.close()
      socket.connectToServer()
      closes.push(() => void socket.close())
    })
    await page.goto(h5.address())
    await logIn(page, 'keys')
    await chatWith(page, 'bob')
    await says(page, 'first')
    isCut = true
    for (const close of closes) close()
    await page.waitForSelector(id('connection-banner'))
    await says(page, 'waits')
    await page.waitForSelector(`${id('message-status')}.is-queued`)
    const row = page.locator(id('message-row')).last()
    for (const key of ['ContextMenu', 'Shift+F10', 'Enter']) {
      await row.focus()
      await page.keyboard.press(key)
      await hasFocus(page, action('copy'))
      await page.keyboard.press('ArrowRight')
      await hasFocus(page, action('quote'))
      await page.keyboard.press('ArrowUp')
      await hasFocus(page, id('reaction-pick'))
      await page.keyboard.press('Escape')
      await page.waitForSelector(MENU, { state: 'detached' })
      await hasFocus(page, `${id('message-row')}:last-child`)
    }
    await page.keyboard.press('Enter')
    await hasFocus(page, action('copy'))
    await page.keyboard.press('Tab')
    await hasFocus(page, action('quote'))
    await page.locator(action('cancel')).focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector(`${id('message-status')}.is-cancelled`)
    await page.locator(id('message-retry')).focus()
    await page.keyboard.press('ContextMenu')
    await hasFocus(page, action('copy'))
    expect(await actions(page)).toEqual(expect.arrayContaining(['复制', '重新发送']))
    await page.keyboard.press('Escape')
    await hasFocus(page, id('message-retry'))
  })
})

describe('the ways out', () => {
  test('the wheel, a change of the window, a tap beside it, and going back', { timeout: 90_000 }, async () => {
    const { page } = await thread(DESK, ['one'])
    const ways: (() => Promise<unknown>)[] = [
      () => page.mouse.wheel(0, -50),
      () => page.setViewportSize({ width: 375, height: 600 }),
      () => closeMenu(page),
      () => page.goBack(),
    ]
    for (const way of ways) {
      await rightClick(page, 0)
      await way()
      await page.waitForSelector(MENU, { state: 'detached' })
    }
    await connected(page)
  })
})

test.each<[string, BrowserContextOptions]>([
  ['a phone', PHONE],
  ['a narrow window', DESK],
])('quoting leads to the field, and opening a thread does not: %s', { timeout: 90_000 }, async (_, options) => {
  const { page } = await thread(options, ['first'])
  expect(await page.evaluate((selector) => document.activeElement?.matches(selector), COMPOSER)).toBe(false)
  await rightClick(page, 0)
  await page.click(action('quote'))
  await hasFocus(page, COMPOSER)
  await page.waitForSelector(id('composer-quote'))
})

describe('where it opens', () => {
  /** Everything that opening a menu could move. */
  const places = (page: Page) =>
    page.evaluate(() => ['[data-testid="message-row"]', '.composer .bar', '.nav'].flatMap((selector) => Array.from(document.querySelectorAll(selector), (one) => JSON.stringify(one.getBoundingClientRect()))))

  test.each<[string, BrowserContextOptions]>([
    ['a phone', DESK],
    ['a wide window', WIDE],
    ['the smallest phone, enlarged', { ...DESK, viewport: { width: 188, height: 334 } }],
  ])('at its bubble, inside the window, and moves nothing: %s', { timeout: 90_000 }, async (_, options) => {
    const { page, writes } = await thread(options, ['first', 'a second message, which is so long that its bubble is as wide as a bubble can be'])
    await says(page, 'mine')
    await says(page, 'a message of my own, which is so long that its bubble is as wide as a bubble can be')
    await writes(Array.from({ length: 39 }, (_, line) => `line ${line}`).join('\n'))
    await vi.waitFor(async () => expect(await page.locator(id('message-row')).count()).toBe(5))
    const { width, height } = options.viewport!
    const look = async (index: number) => {
      await page.locator(id('message-row')).nth(index).scrollIntoViewIfNeeded()
      const before = await places(page)
      await rightClick(page, index)
      const menu = await box(page, MENU)
      expect([menu.x >= 0, menu.y >= 0, menu.x + menu.width <= width, menu.y + menu.height <= height]).toEqual([true, true, true, true])
      expect(await places(page)).toEqual(before)
      await closeMenu(page)
      return menu
    }
    for (let index = 0; index < 5; index++) {
      const menu = await look(index)
      const bubble = (await page.locator(`${id('message-row')} .bubble`).nth(index).boundingBox())!
      const list = await box(page, id('message-list'))
      const room = Math.max(bubble.y - list.y, list.y + list.height - bubble.y - bubble.height)
      // Its arrow takes up 8 px, and 6 px are left free beside it. Where there is less room it is over the bubble.
      if (room >= menu.height + 14) expect(Math.min(Math.abs(menu.y - 8 - bubble.y - bubble.height), Math.abs(menu.y + menu.height + 8 - bubble.y))).toBeLessThan(1.5)
    }
  })

  test('over the page where a keyboard leaves the list too little height', { timeout: 90_000 }, async () => {
    const { page } = await thread(DESK, ['first'])
    await page.setViewportSize({ width: 667, height: 170 })
    await rightClick(page, 0)
    const menu = await box(page, MENU)
    expect([menu.y >= 0, menu.y + menu.height <= 170, menu.height >= 72]).toEqual([true, true, true])
    // It is above the bar and the composer.
    await page.click(action('copy'))
    await page.waitForSelector(MENU, { state: 'detached' })
  })
})

describe('a part of a text', () => {
  test('is selected with a mouse in its bubble', { timeout: 90_000 }, async () => {
    const { page } = await thread(DESK, ['first words'])
    const { x, y } = await box(page, id('message-text'))
    await page.mouse.move(x, y + 12)
    await page.mouse.down()
    await page.mouse.move(x + 30, y + 12, { steps: 3 })
    await page.mouse.up()
    const selected = await page.evaluate(() => String(getSelection()))
    expect('first words'.startsWith(selected) && selected.length > 0 && selected.length < 11).toBe(true)
  })

  test('is selected with a finger in a view of the text, which the menu opens; Escape closes it', { timeout: 90_000 }, async () => {
    const long = Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n')
    const { page, writes } = await thread(PHONE, ['first'])
    await writes(long)
    await page.waitForSelector(id('message-show-all'))
    await rightClick(page, 1)
    await page.tap(action('select-text'))
    await page.waitForSelector(id('text-selection'))
    const text = page.locator(id('text-selection-text'))
    expect(await text.evaluate((one) => [one.textContent, getComputedStyle(one).userSelect])).toEqual([long, 'text'])
    await hasFocus(page, id('text-selection-done'))
    await page.keyboard.press('Escape')
    await page.waitForSelector(id('text-selection'), { state: 'detached' })
    expect(await page.locator(id('message-row')).count()).toBe(2)
  })
})

test('a finger leaves the keyboard open: the composer keeps the focus', { timeout: 90_000 }, async () => {
  const { page } = await thread(PHONE, ['first'])
  await page.locator(`${id('composer-input')} textarea`).focus()
  const { x, y, width, height } = await box(page, `${id('message-row')} .bubble`)
  const devtools = await h5.context().newCDPSession(page)
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: x + width / 2, y: y + height / 2 }] })
  await page.waitForSelector(MENU)
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
  await page.tap(id('message-menu-close'), { position: { x: 2, y: 2 } })
  await page.waitForSelector(MENU, { state: 'detached' })
})

describe('what the menu begins', () => {
  test('the words of a recalled message come back by a click', { timeout: 90_000 }, async () => {
    const { page } = await thread(WIDE, [])
    await says(page, 'a slip')
    await rightClick(page, 0)
    await page.click(action('recall'))
    await page.click('.uni-modal__btn_primary:visible')
    await page.click(id('message-write-again'))
    await page.waitForFunction((selector) => document.querySelector<HTMLTextAreaElement>(selector)?.value === 'a slip', COMPOSER)
    await hasFocus(page, COMPOSER)
  })

  test('selecting moves no message, and shows no button for a menu', { timeout: 90_000 }, async () => {
    const { page } = await thread(DESK, Array.from({ length: 12 }, (_, index) => `message ${index}`))
    const tops = () => page.locator(id('message-row')).evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top))
    const before = await tops()
    await rightClick(page, 11)
    await page.click(action('select'))
    await page.waitForSelector(id('selection-bar'))
    expect(await tops()).toEqual(before)
    await page.locator(id('message-row')).nth(10).hover()
    expect(await page.locator(id('message-more')).count()).toBe(0)
    await page.click(id('selection-cancel'))
    await page.waitForSelector(id('selection-bar'), { state: 'detached' })
    await page.locator(id('message-row')).nth(11).hover()
    await page.waitForSelector(id('message-more'))
    expect(await tops()).toEqual(before)
  })
})

test('a long quote shows nothing of its third line', { timeout: 90_000 }, async () => {
  const { page, writes } = await thread(DESK, [])
  await writes('yes', { id: 'quoted-0', from: 'bob', at: 1, kind: 'text', text: 'so many words '.repeat(14) })
  const quote = page.locator(id('message-quote'))
  await quote.waitFor()
  const [lines, hiddenFrom] = await quote.evaluate((one) => {
    const words = document.createRange()
    words.selectNodeContents(one)
    const tops = new Set(Array.from(words.getClientRects(), ({ top }) => Math.round(top)))
    return [[...tops], one.getBoundingClientRect().bottom - parseFloat(getComputedStyle(one).borderBottomWidth)] as const
  })
  expect(lines.length).toBeGreaterThan(2)
  expect(lines.filter((top) => top < Math.round(hiddenFrom))).toHaveLength(2)
})
