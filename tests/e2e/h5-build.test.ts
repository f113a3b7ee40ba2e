// The built H5 with a finger, a mouse and a keyboard, and without a network.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { action, actions, chatWith, closeMenu, DESK, id, logIn, MENU, PHONE, says, SHEET, useBuiltH5 } from '../support/built-h5'
import { GatewayClient } from '../support/gateway-client'

const shots = fileURLToPath(new URL('__shots__', import.meta.url))
const h5 = useBuiltH5({ rateLimits: false })

beforeAll(() => void mkdirSync(shots, { recursive: true }))

/** Alice, logged in, on a phone or a desktop. */
async function alice(device: 'phone' | 'desk'): Promise<Page> {
  const page = await h5.tab(device === 'phone' ? PHONE : DESK)
  await page.goto(h5.address())
  await logIn(page, 'alice')
  return page
}

/** The first fully visible message, and its position, px. */
function firstInView(page: Page): Promise<{ text: string | null; top: number } | undefined> {
  return page.locator(id('message-row')).evaluateAll((rows) => {
    const list = document.querySelector('[data-testid="message-list"]')!.getBoundingClientRect()
    const row = rows.find((each) => each.getBoundingClientRect().top >= list.top)
    return row && { text: row.textContent, top: Math.round(row.getBoundingClientRect().top) }
  })
}

/** A finger that comes down on the middle of an element and moves it down by `px`, in `ms`. It moves at once: it never rests, however slow the machine. */
async function drag(page: Page, selector: string, px: number, ms: number): Promise<void> {
  const box = (await page.locator(selector).last().boundingBox())!
  const devtools = await h5.context().newCDPSession(page)
  const at = (y: number) => [{ x: box.x + box.width / 2, y: box.y + box.height / 2 + y }]
  const steps = Math.ceil(ms / 30)
  const started = devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(-px) })
  for (let step = 1; step <= steps; step++) {
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(-px + (px * step) / steps) })
    await sleep(ms / steps)
  }
  await started
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await devtools.detach()
}

/** Resolves after `count` frames of the page: the effects of a touch are done by then. */
const frames = (page: Page, count: number) =>
  page.evaluate(async (wanted) => {
    for (let i = 0; i < wanted; i++) await new Promise(requestAnimationFrame)
  }, count)

/** Resolves when the list of messages has not moved for ten frames. */
const untilAtRest = (page: Page) =>
  page.evaluate(async (selector) => {
    const list = document.querySelector(selector)!
    const scrolled = () => [list, ...Array.from(list.querySelectorAll('*'))].reduce((sum, { scrollTop }) => sum + scrollTop, 0)
    for (let still = 0, before = scrolled(); still < 10; ) {
      await new Promise(requestAnimationFrame)
      const now = scrolled()
      still = now === before ? still + 1 : 0
      before = now
    }
  }, id('message-list'))

/** Puts a finger on the middle of an element. The returned function lifts it. */
async function putFinger(page: Page, selector: string): Promise<() => Promise<void>> {
  const box = (await page.locator(selector).last().boundingBox())!
  const devtools = await h5.context().newCDPSession(page)
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }] })
  return async () => {
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await devtools.detach()
  }
}

/** Holds a finger on the middle of an element for `ms`. */
async function press(page: Page, selector: string, ms: number): Promise<void> {
  const lift = await putFinger(page, selector)
  await sleep(ms)
  await lift()
}

const items = (page: Page) => page.locator(`${SHEET} .uni-actionsheet__cell`).allTextContents()

test('lifting the finger after a long press chooses nothing; the menu or sheet stays, and a tap on it chooses', async () => {
  const page = await alice('phone')
  await chatWith(page, 'bob')
  // Longer than the list is high: the menu opens over it, under the finger.
  await says(page, Array.from({ length: 39 }, () => 'line').join('\n'))
  const lift = await putFinger(page, id('message-list'))
  await page.waitForSelector(MENU)
  await lift()
  await frames(page, 40)
  // The server has it already, so it cannot be cancelled.
  expect(await actions(page)).toContain('选择文字')
  expect(await actions(page)).not.toContain('取消发送')
  await page.screenshot({ path: path.join(shots, 'press-menu.png') })
  expect(await page.locator(id('message-status')).last().textContent()).toBe('对方尚未收到')
  await page.tap(action('copy'))
  await page.waitForSelector('uni-toast >> text=已复制')
  await page.waitForSelector(MENU, { state: 'detached' })

  await page.tap(id('nav-back'))
  await press(page, `${id('conversation-row')}:visible`, 800)
  await page.waitForSelector(SHEET)
  await frames(page, 40)
  expect(await items(page)).toEqual(['置顶', '消息免打扰', '删除', '取消'])
}, 90_000)

test('scrolling a list for a long time opens no menu', async () => {
  const page = await alice('phone')
  await chatWith(page, 'bob')
  for (let i = 0; i < 12; i++) await says(page, `line ${i}`)
  await drag(page, `${id('message-row')} .bubble`, 300, 900)
  await untilAtRest(page)
  expect(await page.locator(MENU).count()).toBe(0)
  // It has scrolled, and a later press is a long press.
  expect(await page.locator(id('jump-to-latest')).count()).toBe(1)
  await press(page, `${id('message-text')} >> text=/^line 4$/`, 800)
  await page.waitForSelector(MENU)
}, 90_000)

describe('while messages arrive fast', () => {
  let page: Page
  let said: number
  /** Stops the messages. Rejects with an error of them. */
  let endTalk: () => Promise<void>

  beforeEach(async () => {
    page = await alice('phone')
    await chatWith(page, 'bob')
    for (let i = 0; i < 12; i++) await says(page, `line ${i}`)
    const bob = await GatewayClient.login(h5.gateway().url, 'bob')
    let isOver = false
    said = 0
    const talking = (async () => {
      for (; !isOver; said++) {
        await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: `bob-${said}-abcdefgh`, body: { kind: 'text', text: `bob ${said}` } }, 'rich') })
        await frames(page, 8)
      }
    })()
    endTalk = async () => {
      isOver = true
      await talking
      await bob.logout()
    }
    await page.waitForSelector(`${id('message-text')} >> text=bob 3`)
  }, 60_000)
  afterEach(() => endTalk())

  /** Resolves after five more messages by bob. */
  const fiveMore = (from = said) => vi.waitUntil(() => said >= from + 5, { timeout: 30_000 })

  test('a reader who scrolls up is not pulled back', async () => {
    await drag(page, `${id('message-row')} .bubble`, 300, 250)
    await page.waitForSelector(id('jump-to-latest'))
    // The rest of the fling.
    await untilAtRest(page)
    const first = await firstInView(page)
    await fiveMore()
    expect(await firstInView(page)).toEqual(first)
    await page.tap(id('jump-to-latest'))
    await page.waitForSelector(id('jump-to-latest'), { state: 'detached' })
  }, 90_000)

  test('a finger on the list holds it, as does the menu that it opens, and the list scrolls to its end when that is closed', async () => {
    const lift = await putFinger(page, id('message-list'))
    const first = await firstInView(page)
    await fiveMore()
    expect(await firstInView(page)).toEqual(first)
    await page.waitForSelector(MENU)
    await lift()
    await fiveMore()
    expect(await firstInView(page)).toEqual(first)
    await closeMenu(page)
    await fiveMore()
    const newest = page.locator(id('message-row')).last()
    await vi.waitFor(async () => expect(await newest.evaluate((row) => Math.round(row.getBoundingClientRect().bottom))).toBeLessThan(667), { timeout: 20_000 })
    expect(await page.locator(id('jump-to-latest')).count()).toBe(0)
  }, 90_000)
})

test('the second button of a mouse opens the same menus, and not the browser’s', async () => {
  const page = await alice('desk')
  await page.evaluate(() => {
    const prevented: boolean[] = []
    Object.assign(window, { prevented })
    window.addEventListener('contextmenu', (event) => prevented.push(event.defaultPrevented))
  })
  await chatWith(page, 'bob')
  await says(page, 'one')
  await page.click(`${id('message-row')} .bubble`, { button: 'right' })
  await page.waitForSelector(MENU)
  // With a mouse a part of the text can be selected where it is.
  expect(await actions(page)).toContain('复制')
  expect(await actions(page)).not.toContain('选择文字')
  // The same button beside the menu closes it.
  await page.click(id('message-menu-close'), { button: 'right', position: { x: 2, y: 2 } })
  await page.waitForSelector(MENU, { state: 'detached' })
  await page.click(id('nav-back'))
  await page.click(`${id('conversation-row')}:visible`, { button: 'right' })
  await page.waitForSelector(SHEET)
  expect(await items(page)).toEqual(['置顶', '消息免打扰', '删除', '取消'])
  expect(await page.evaluate(() => (window as unknown as { prevented: boolean[] }).prevented)).toEqual([true, true, true])
}, 90_000)

test('selected text, and Shift, open the browser’s menu; text beside the selection opens the app’s', async () => {
  const page = await alice('desk')
  await chatWith(page, 'bob')
  for (const text of ['first words', 'second words', 'third words']) await says(page, text)
  await page.evaluate(() => {
    window.addEventListener('contextmenu', (event) => Object.assign(window, { isOurs: event.defaultPrevented }))
  })
  const isOurs = async (text: string, modifiers: 'Shift'[] = []) => {
    await page.click(`${id('message-text')} >> text=${text}`, { button: 'right', modifiers, position: { x: 12, y: 8 } })
    const ours = await page.evaluate(() => (window as unknown as { isOurs: boolean }).isOurs)
    if (ours) {
      await page.waitForSelector(MENU)
      await closeMenu(page)
    } else expect(await page.locator(MENU).count()).toBe(0)
    return ours
  }
  expect(await isOurs('second words')).toBe(true)
  await page.dblclick(`${id('message-text')} >> text=second words`, { position: { x: 12, y: 8 } })
  expect(await page.evaluate(() => String(getSelection()))).toMatch(/^second/)
  expect(await isOurs('second words')).toBe(false)
  expect(await isOurs('first words')).toBe(true)
  // The whole paragraph: the selection ends where the next message begins.
  await page.click(`${id('message-text')} >> text=second words`, { clickCount: 3, position: { x: 12, y: 8 } })
  expect(await isOurs('third words')).toBe(true)
  await page.evaluate(() => getSelection()!.removeAllRanges())
  expect(await isOurs('second words')).toBe(true)
  expect(await isOurs('second words', ['Shift'])).toBe(false)
  // From one message into another.
  await page.evaluate(() => {
    const [first, second] = Array.from(document.querySelectorAll('[data-testid="message-text"]')).map((element) => document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode()!)
    getSelection()!.setBaseAndExtent(first!, 3, second!, 4)
  })
  expect(await isOurs('first words')).toBe(false)
}, 90_000)

test('an image or a link in a message opens the browser’s menu; a word that the press itself selects opens the app’s, as on macOS', async () => {
  const page = await alice('desk')
  await chatWith(page, 'bob')
  await says(page, 'some words')
  /** Presses the second button on an element `tag` inserted into the message, or on its text. */
  const isOurs = (tag: 'a' | 'img' | '') =>
    page.evaluate((name) => {
      const bubble = document.querySelector('[data-testid="message-row"] .bubble')!
      const pressed = name ? bubble.appendChild(document.createElement(name)) : bubble
      pressed.setAttribute('href', '#/')
      pressed.dispatchEvent(new MouseEvent('mousedown', { button: 2, bubbles: true }))
      if (!name) getSelection()!.selectAllChildren(bubble)
      return !pressed.dispatchEvent(new MouseEvent('contextmenu', { button: 2, bubbles: true, cancelable: true }))
    }, tag)
  expect(await isOurs('a')).toBe(false)
  expect(await isOurs('img')).toBe(false)
  expect(await page.locator(MENU).count()).toBe(0)
  expect(await isOurs('')).toBe(true)
  await page.waitForSelector(MENU)
}, 90_000)

test('the last of nine typed lines is fully visible, and no line is cut', async () => {
  const page = await alice('phone')
  await chatWith(page, 'bob')
  const field = page.locator(`${id('composer-input')} textarea`)
  await field.click()
  for (let line = 1; line <= 9; line++) {
    await page.keyboard.type(`line ${line}`)
    if (line < 9) await page.keyboard.press('Shift+Enter')
  }
  const seen = () =>
    field.evaluate((element: HTMLTextAreaElement) => {
      const box = element.getBoundingClientRect()
      const outer = element.closest('.composer .field')!.getBoundingClientRect()
      return { top: box.top - outer.top, bottom: outer.bottom - box.bottom, height: box.height, scrolled: element.scrollTop, whole: element.scrollHeight, outer: element.closest('.composer .field')!.scrollTop }
    })
  // Five lines of 24 px, with 10 px of the field above and below, scrolled to the end.
  await vi.waitFor(async () => expect(await seen()).toEqual({ top: 10, bottom: 10, height: 120, scrolled: 96, whole: 216, outer: 0 }), { timeout: 20_000 })
  await page.screenshot({ path: path.join(shots, 'composer-nine-lines.png') })
}, 90_000)

test('when the browser moves the page up for its keyboard, the bar and the composer are at the edges of the visible part', async () => {
  const page = await alice('phone')
  await page.evaluate(() => {
    const viewport = Object.assign(new EventTarget(), { height: innerHeight, scale: 1, offsetTop: 0 })
    Object.defineProperty(window, 'visualViewport', { value: viewport })
  })
  await chatWith(page, 'bob')
  const edges = async (type: string, change: { height?: number; offsetTop?: number }) => {
    await page.evaluate(([name, to]) => Object.assign(visualViewport!, to).dispatchEvent(new Event(name)), [type, change] as const)
    await frames(page, 2)
    return page.evaluate(() => {
      const box = (selector: string) => document.querySelector(selector)!.getBoundingClientRect()
      return [box('.nav').top, box('.composer .bar').bottom, document.documentElement.scrollHeight - innerHeight]
    })
  }
  expect(await edges('resize', { height: 367 })).toEqual([0, 367, 0])
  expect(await edges('scroll', { offsetTop: 140 })).toEqual([140, 507, 0])
  expect(await edges('scroll', { offsetTop: 300 })).toEqual([300, 667, 0])
  await page.screenshot({ path: path.join(shots, 'keyboard-moved.png') })
  expect(await edges('resize', { height: 667, offsetTop: 0 })).toEqual([0, 667, 0])
  // Closed in that state, the thread restores its room.
  expect(await edges('resize', { height: 367, offsetTop: 140 })).toEqual([140, 507, 0])
  await page.click(id('nav-back'))
  await page.waitForSelector(`${id('conversation-row')}:visible`)
  await vi.waitFor(async () => expect(await page.evaluate(() => document.documentElement.style.getPropertyValue('--viewport-above'))).toBe('0px'))
}, 90_000)

test('in English the sheets are English to the last button, also after a reload', async () => {
  const page = await alice('desk')
  await page.click('.uni-tabbar__item >> nth=1')
  await page.click(id('me-language'))
  await page.click(`${SHEET} .uni-actionsheet__cell >> text=English`)
  await page.waitForSelector(SHEET, { state: 'detached' })
  const lang = () => page.evaluate(() => document.documentElement.lang)
  for (const again of [false, true]) {
    if (again) await page.reload()
    await vi.waitFor(async () => expect(await lang()).toBe('en'))
    await page.click(id('me-theme'))
    await page.waitForSelector(SHEET)
    expect((await items(page)).at(-1)).toBe('Cancel')
    await page.click(`${SHEET} .uni-actionsheet__cell >> text=/^Cancel$/`)
    await page.waitForSelector(SHEET, { state: 'detached' })
  }
}, 90_000)

test('the chosen dark theme applies to the page, the bars and the dialogs, and after a reload', async () => {
  const page = await alice('desk')
  const background = (selector: string) => page.locator(selector).filter({ visible: true }).first().evaluate((element) => getComputedStyle(element).backgroundColor)
  const [light, dark] = ['rgb(247, 247, 247)', 'rgb(30, 30, 30)']
  const bars = () => Promise.all(['.uni-page-head', '.uni-tabbar'].map(background))
  expect(await bars()).toEqual([light, light])
  await page.click('.uni-tabbar__item >> nth=1')
  await page.click(id('me-theme'))
  await page.click(`${SHEET} .uni-actionsheet__cell >> text=深色`)
  await page.waitForSelector(SHEET, { state: 'detached' })
  await vi.waitFor(async () => expect(await bars()).toEqual([dark, dark]))
  expect(await background('.who')).toBe('rgb(25, 25, 25)')
  await page.click(id('me-about'))
  await page.waitForSelector('.uni-modal:visible')
  expect(await background('.uni-modal')).toBe('rgb(35, 35, 35)')
  await page.click('.uni-modal__btn_primary')
  await page.click('.uni-tabbar__item >> nth=0')
  await page.reload()
  await page.waitForSelector(id('conversation-list'))
  await vi.waitFor(async () => expect(await bars()).toEqual([dark, dark]))
  expect(await background('uni-page-body')).toBe('rgb(17, 17, 17)')
  await page.screenshot({ path: path.join(shots, 'list-dark.png') })
}, 90_000)

test('unopened pages open without a network', async () => {
  const page = await alice('phone')
  await page.waitForLoadState('networkidle')
  const lost: string[] = []
  page.on('requestfailed', (request) => lost.push(request.url()))
  await h5.context().setOffline(true)
  await chatWith(page, 'bob')
  await says(page, 'for later')
  await page.tap(id('nav-back'))
  await page.tap('.uni-tabbar__item >> nth=1')
  await page.waitForSelector(`${id('me-uid')}:visible`)
  await page.screenshot({ path: path.join(shots, 'offline-me.png') })
  // Chromium requests the icon of the site again by itself.
  expect(lost.filter((url) => url.startsWith('http') && !url.includes('/logo-'))).toEqual([])
}, 90_000)

test('features that the network lost after the first paint are requested again', async () => {
  const page = await h5.tab(PHONE)
  const lost: string[] = []
  await page.route('**/src-rtm-local-*.js', async (route) => {
    if (lost.length === 2) return route.continue()
    lost.push(route.request().url())
    return route.abort()
  })
  await page.goto(h5.address())
  await logIn(page, 'alice')
  expect(lost).toHaveLength(2)
}, 90_000)
