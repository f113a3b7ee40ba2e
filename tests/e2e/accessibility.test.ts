// The built H5 with a keyboard, with a screen reader, enlarged, and with forced colours.
import path from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test, vi } from 'vitest'
import { encodeId } from '../../src/platform/pages'
import { violations } from '../support/axe'
import { action, field, id, logIn, MENU, SHEET } from '../support/built-h5'
import { useAccessibleH5 } from './accessible-h5'

const { h5, shots, someone, open, wired, at, thread } = useAccessibleH5()

/** Marks the focused element. Returns whether it had no mark yet, and how the page shows its focus: '' for not at all. */
function lookAtFocus(): { isNew: boolean; seen: string; what: string } {
  const at = document.activeElement
  if (!(at instanceof HTMLElement) || at === document.body) return { isNew: false, seen: 'body', what: 'body' }
  const isNew = !('reached' in at.dataset)
  at.dataset['reached'] = ''
  let seen = ''
  for (let one: Element | null = at; one && seen === ''; one = one.parentElement) {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one)
    if (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && !/^rgba.*, 0\)$/.test(outlineColor)) seen = one.tagName
  }
  return { isNew, seen, what: `${at.tagName} ${at.className} ${at.textContent?.slice(0, 20)}` }
}

/** The pressable elements that Tab did not reach. */
function unreached(): string[] {
  const controls = document.querySelectorAll<HTMLElement>('[role=button], [role=tab], [role=link], [role=log], a[href], input, textarea')
  return Array.from(controls)
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.uni-modal, .uni-actionsheet'))
    .filter((one) => !('reached' in one.dataset))
    .map((one) => one.outerHTML.slice(0, 120))
}

/** Goes through the page by Tab from its beginning: reaches every control once, with a visible focus each time. */
async function tabThrough(page: Page): Promise<void> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    for (const one of Array.from(document.querySelectorAll<HTMLElement>('[data-reached]'))) delete one.dataset['reached']
  })
  const unseen: string[] = []
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const { isNew, seen, what } = await page.evaluate(lookAtFocus)
    if (seen === '') unseen.push(what)
    if (!isNew && what !== 'body') break
    if (what === 'body' && (await page.evaluate(unreached)).length === 0) break
  }
  expect(unseen).toEqual([])
  expect(await page.evaluate(unreached)).toEqual([])
}

/** Presses Tab until the focus is on `selector`. */
async function tabTo(page: Page, selector: string, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) === true, selector)) return
    await page.keyboard.press(key)
  }
  throw new Error(`${key} does not reach ${selector}`)
}

const hasFocus = (page: Page, selector: string) => page.waitForFunction((selector) => document.activeElement?.matches(selector) === true, selector)

describe('by keyboard alone', () => {
  test('reaches everything on every page, with a visible focus', { timeout: 120_000 }, async () => {
    const page = await open()
    const [alice, bob, room] = [someone('alice'), someone('bob'), someone('room')]
    await tabThrough(page)
    await logIn(page, alice)
    await page.waitForSelector(id('conversation-empty'))
    await tabThrough(page)
    const b = await h5.client(bob)
    await b.ask({ t: 'peer', to: alice, text: wired(Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n')) })
    await page.waitForSelector(id('conversation-row'))
    await tabThrough(page)
    await page.goto(thread(`peer:${bob}`))
    await page.waitForSelector(id('message-show-all'))
    await tabThrough(page)
    await page.goto(at('new-chat', '?kind=channel'))
    await page.fill(field('new-chat-id'), room)
    await tabThrough(page)
    await page.click(id('new-chat-submit'))
    await page.waitForSelector(id('channel-info'))
    await page.goto(at('channel', `?id=${encodeId(`channel:${room}`)}`))
    await page.waitForSelector(id('channel-member'))
    await tabThrough(page)
    await page.goto(at('me'))
    await page.waitForSelector(id('me-uid'))
    await tabThrough(page)
    await page.goto(at('storage'))
    await page.waitForSelector(id('storage-row'))
    await tabThrough(page)
  })

  test('logs in, starts a chat, writes, copies a message, leaves a channel', { timeout: 120_000 }, async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    const [alice, bob, room] = [someone('alice'), someone('bob'), someone('room')]
    await tabTo(page, field('login-uid'))
    await page.keyboard.type(alice)
    await tabTo(page, id('login-submit'))
    await page.keyboard.press('Enter')
    await page.waitForSelector(id('conversation-empty'))
    expect(await page.title()).toBe('会话')

    await tabTo(page, id('new-chat'))
    await page.keyboard.press('Space')
    await page.waitForSelector(id('new-chat-id'))
    await hasFocus(page, field('new-chat-id'))
    await page.keyboard.type(bob)
    await tabTo(page, id('new-chat-submit'))
    await page.keyboard.press('Enter')
    await page.waitForSelector(id('composer-input'))
    await vi.waitFor(async () => expect(await page.title()).toBe(bob))

    await tabTo(page, field('composer-input'))
    await page.keyboard.type('by hand')
    await tabTo(page, id('composer-send'))
    await page.keyboard.press('Space')
    await page.waitForSelector(id('message-row'))
    expect(await page.inputValue(field('composer-input'))).toBe('')
    const b = await h5.client(bob)
    await b.ask({ t: 'peer', to: alice, text: wired('and back') })
    await vi.waitFor(async () => expect(await page.locator(id('message-text')).allTextContents()).toEqual(['by hand', 'and back']))

    await tabTo(page, '[role=log]', 'Shift+Tab')
    await page.keyboard.press('ArrowUp')
    await hasFocus(page, `${id('message-row')}:not(.own)`)
    await page.keyboard.press('ArrowUp')
    await hasFocus(page, '.own')
    await page.keyboard.press('Enter')
    await hasFocus(page, action('copy'))
    await page.keyboard.press('Escape')
    await page.waitForSelector(MENU, { state: 'detached' })
    await hasFocus(page, '.own')
    await page.keyboard.press('Enter')
    await hasFocus(page, action('copy'))
    await page.keyboard.press('Enter')
    await vi.waitFor(async () => expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('by hand'))
    await hasFocus(page, '.own')

    await b.ask({ t: 'peer', to: alice, text: wired(Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n')) })
    await page.waitForSelector(id('message-show-all'))
    await tabTo(page, id('message-show-all'))
    await page.keyboard.press('Enter')
    await hasFocus(page, `${id('message-row')}:not(.own)`)
    await page.waitForSelector(id('message-show-all'), { state: 'detached' })

    await tabTo(page, id('nav-back'), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForSelector(`${id('conversation-row')}:visible`)
    await tabTo(page, id('conversation-row'))
    await page.keyboard.press('Shift+F10')
    await hasFocus(page, `${SHEET} .uni-actionsheet__cell`)
    await page.keyboard.press('Escape')
    await hasFocus(page, id('conversation-row'))
    await page.keyboard.press('Enter')
    await page.waitForSelector(`${id('composer-input')}:visible`)

    await page.goto(at('new-chat', '?kind=channel'))
    await page.fill(field('new-chat-id'), room)
    await page.keyboard.press('Enter')
    await page.waitForSelector(id('channel-info'))
    await tabTo(page, id('channel-info'))
    await page.keyboard.press('Enter')
    await page.waitForSelector(id('channel-member'))
    await tabTo(page, id('channel-leave'))
    // The key that opens the question does not answer it as well.
    await page.keyboard.down('Enter')
    await hasFocus(page, 'div.uni-modal')
    await page.keyboard.up('Enter')
    await page.keyboard.press('Tab')
    await hasFocus(page, '.uni-modal__btn_default')
    await page.keyboard.press('Tab')
    await hasFocus(page, '.uni-modal__btn_primary')
    await page.keyboard.press('Tab')
    await hasFocus(page, '.uni-modal__btn_default')
    await page.keyboard.press('Enter')
    await hasFocus(page, id('channel-leave'))
    await page.keyboard.press('Enter')
    await hasFocus(page, 'div.uni-modal')
    await page.keyboard.press('Escape')
    await hasFocus(page, id('channel-leave'))
    await page.keyboard.press('Enter')
    await hasFocus(page, 'div.uni-modal')
    await page.keyboard.press('Shift+Tab')
    await hasFocus(page, '.uni-modal__btn_primary')
    await page.keyboard.press('Space')
    await page.waitForSelector(id('channel-join'))
  })
})

test('a screen reader hears who writes what, and no message that was there before', { timeout: 60_000 }, async () => {
  const page = await open({ locale: 'en-US' })
  const [alice, bob] = [someone('alice'), someone('bob')]
  await logIn(page, alice)
  const b = await h5.client(bob)
  const writes = (text: string) => b.ask({ t: 'peer', to: alice, text: wired(text) })
  await writes('from before')
  await page.waitForSelector(id('conversation-row'))
  await page.click(id('conversation-row'))
  await page.waitForSelector(id('message-row'))
  expect(await page.getAttribute('[role=log]', 'aria-live')).toBe('off')
  const news = page.locator('[aria-live=polite]')
  expect(await news.textContent()).toBe('')
  await writes('hello')
  await vi.waitFor(async () => expect(await news.textContent()).toBe(`${bob}: hello`))
  await writes('are you there?')
  await writes('hello')
  await vi.waitFor(async () => expect(await news.textContent()).toBe(`${bob}: are you there?${bob}: hello`), 20_000)
})

test('every message names its author', { timeout: 60_000 }, async () => {
  const page = await open({ locale: 'en-US' })
  const [alice, bob] = [someone('alice'), someone('bob')]
  await logIn(page, alice)
  const b = await h5.client(bob)
  const spoken = () => page.locator(`${id('message-row')}:visible`).evaluateAll((rows) => rows.map((row) => (row as HTMLElement).innerText.replace(/\s+/g, ' ').trim()))
  await b.ask({ t: 'peer', to: alice, text: wired('one') })
  await page.click(id('conversation-row'))
  await page.fill(field('composer-input'), 'two')
  await page.click(id('composer-send'))
  await vi.waitFor(async () => expect(await spoken()).toEqual([`B ${bob} one`, 'A Me two Delivered']), 20_000)
  await page.click(id('nav-back'))
  await page.waitForSelector(`${id('new-chat')}:visible`)
  await page.click(`${id('new-chat')}:visible`)
  await page.click(`${id('new-chat-kind')}[data-kind="channel"]`)
  await page.fill(field('new-chat-id'), `c${bob}`)
  await page.click(id('new-chat-submit'))
  await page.waitForSelector(field('composer-input'))
  await b.ask({ t: 'join', ch: `c${bob}` })
  for (const text of ['three', 'four']) await b.ask({ t: 'send', ch: `c${bob}`, text: wired(text) })
  await vi.waitFor(async () => expect(await spoken()).toEqual([`B ${bob} three`, `B ${bob} four`]), 20_000)
  // The name is visible once.
  const [first, second] = await page.locator(`${id('message-row')} .name:visible`).evaluateAll((names) => names.map((name) => name.getBoundingClientRect().width))
  expect(first).toBeGreaterThan(1)
  expect(second).toBe(1)
})

/** Controls that are partly off the screen, and words that are cut by accident. */
function lost(): string[] {
  const all = Array.from(document.querySelectorAll<HTMLElement>('uni-page-body *, .uni-tabbar__item, .uni-page-head-btn')).filter((one) => one.checkVisibility({ visibilityProperty: true }))
  const isControl = (one: HTMLElement) => one.matches('[role=button], [role=tab], [role=link], [role=menuitem], a[href], input, textarea')
  const outside = all.filter((one) => {
    const { left, right } = one.getBoundingClientRect()
    return isControl(one) && (left < 0 || right > innerWidth + 0.5)
  })
  const cut = all.filter((one) => {
    const { overflowX, textOverflow } = getComputedStyle(one)
    return overflowX === 'hidden' && textOverflow !== 'ellipsis' && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && !one.matches('uni-image *')
  })
  return [...outside, ...cut].map((one) => one.outerHTML.slice(0, 150))
}

describe('all content stays visible', () => {
  /** Each page, with all that it may contain. */
  async function eachPage(page: Page, look: (what: string) => Promise<void>): Promise<void> {
    const [alice, bob, room] = [someone('alice'), someone('bob'), someone('room')]
    await look('login')
    await logIn(page, alice)
    const b = await h5.client(bob)
    await b.ask({ t: 'join', ch: room })
    for (const text of ['Good morning, everyone who reads this', 'Lunch?']) await b.ask({ t: 'peer', to: alice, text: wired(text) })
    await page.waitForSelector(id('conversation-unread'))
    await look('conversations')
    await page.goto(thread(`peer:${bob}`))
    await page.waitForSelector(id('message-row'))
    await page.fill(field('composer-input'), 'mine')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.own')
    await look('thread')
    await page.click('.own', { button: 'right' })
    await page.waitForSelector(MENU)
    await look('menu')
    await page.keyboard.press('Escape')
    await page.goto(at('new-chat', '?kind=channel'))
    await page.fill(field('new-chat-id'), room)
    await look('new chat')
    await page.click(id('new-chat-submit'))
    await page.waitForSelector(id('channel-info'))
    await page.click(id('channel-info'))
    await page.waitForSelector(id('channel-member'))
    await look('channel')
    await page.click(id('channel-leave'))
    await page.waitForSelector('div.uni-modal')
    await look('question')
    await page.keyboard.press('Escape')
    await page.goto(at('me'))
    await page.waitForSelector(id('me-uid'))
    await look('me')
    await page.goto(at('storage'))
    await page.waitForSelector(id('storage-row'))
    await look('storage')
  }

  test.each(['zh-CN', 'en-US'])('at twice the size, on the smallest supported phone: %s', { timeout: 120_000 }, async (locale) => {
    const page = await open({ locale, viewport: { width: 188, height: 334 }, deviceScaleFactor: 4, reducedMotion: 'reduce' })
    const found: string[] = []
    await eachPage(page, async (what) => {
      await page.screenshot({ path: path.join(shots, `zoom ${locale} ${what}.png`) })
      found.push(...(await page.evaluate(lost)).map((one) => `${what}: ${one}`))
    })
    expect(found).toEqual([])
  })

  test.each(['light', 'dark'] as const)('in forced colours: %s', { timeout: 120_000 }, async (colorScheme) => {
    const page = await open({ colorScheme, forcedColors: 'active', reducedMotion: 'reduce' })
    /** Icons and bubbles that are drawn as backgrounds, by their CSS property. */
    const drawn = () =>
      Array.from(document.querySelectorAll<HTMLElement>('.nav__dot, .new__plus, .search__icon, .bubble, .button, .composer .send'))
        .filter((one) => one.checkVisibility())
        .filter((one) => {
          const { backgroundColor, outlineStyle, outlineWidth, borderTopStyle } = getComputedStyle(one)
          const before = getComputedStyle(one, '::before')
          const behind = getComputedStyle(document.body).backgroundColor
          const isFilled = [backgroundColor, before.content === 'none' ? behind : before.backgroundColor].some((colour) => colour !== behind && !/^rgba.*, 0\)$/.test(colour))
          return !isFilled && (outlineStyle === 'none' || parseFloat(outlineWidth) === 0) && borderTopStyle === 'none'
        })
        .map((one) => one.className)
    const found: string[] = []
    await eachPage(page, async (what) => {
      await page.screenshot({ path: path.join(shots, `forced ${colorScheme} ${what}.png`) })
      found.push(...(await page.evaluate(drawn)).map((one) => `${what}: ${one}`))
      found.push(...(await violations(page)).map((problem) => `${what}: ${problem}`))
    })
    expect(found).toEqual([])
  })

  test('with reduced motion', { timeout: 60_000 }, async () => {
    const page = await open({ reducedMotion: 'reduce' })
    const moving: string[] = []
    await eachPage(page, async (what) => {
      const names = await page.evaluate(() => document.getAnimations().map((animation) => ((animation.effect as KeyframeEffect).target as Element).className))
      moving.push(...names.map((name) => `${what}: ${name}`))
    })
    expect(moving).toEqual([])
  })
})
