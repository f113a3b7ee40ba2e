// The built H5 against hostile pages, links, texts and browser settings: what it blocks, and that it still works.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startGateway, type Gateway } from '../../gateway/server'
import { encode } from '../../src/chat/message/envelope'
import { launchChromium, launchWithoutSiteData } from '../../simulator/drive/chromium'
import { GatewayClient } from '../support/gateway-client'
import { leadToGateway, serveH5, type Site } from '../support/h5-site'

const shots = fileURLToPath(new URL('__shots__', import.meta.url))
const id = (name: string) => `[data-testid="${name}"]`
const SHEET = '.uni-actionsheet_toggle'
const QUESTION = '.uni-modal:visible'
/** Chromium requests the icon of a page that names none. */
const NO_ICON = '<!doctype html><link rel="icon" href="data:,">'
const WAIT = { timeout: 60_000 }

let gateway: Gateway
let site: Site
/** Of another origin, with pages of its own. */
let foreign: Site
let browser: Browser
let context: BrowserContext
/** Errors of the pages, and violations of their policy. */
const problems: string[] = []
const profiles: string[] = []
let sent = 0

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  gateway = await startGateway({ port: 0, rateLimits: false })
  site = await serveH5()
  foreign = await serveH5({
    '/frame': `${NO_ICON}<iframe src="${site.address}?uid=alice" style="width: 375px; height: 667px"></iframe>`,
    '/frame-plain': `${NO_ICON}<iframe src="${site.address}" style="width: 375px; height: 667px"></iframe>`,
    '/opener': `${NO_ICON}<title>opener</title>`,
    '/run.js': 'window.ran = (window.ran ?? []).concat("script of another origin")',
  })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  site?.close()
  foreign?.close()
  await gateway?.close()
  for (const profile of profiles) rmSync(profile, { recursive: true, force: true })
})
afterEach(async () => {
  await context?.close()
  expect(problems.splice(0)).toEqual([])
})

async function useContext(locale = 'zh-CN'): Promise<void> {
  watch(await browser.newContext({ viewport: { width: 375, height: 667 }, deviceScaleFactor: 2, locale }))
  await leadToGateway(context, gateway.url)
}

function watch(opened: BrowserContext): void {
  context = opened
  context.on('weberror', (error) => problems.push(error.error().stack ?? error.error().message))
  context.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/.test(message.text())) problems.push(message.text())
  })
}

function newProfile(): string {
  const profile = mkdtempSync(path.join(tmpdir(), 'profile-'))
  profiles.push(profile)
  return profile
}

async function open(address: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(address)
  return page
}

async function logIn(page: Page | Frame, uid: string): Promise<void> {
  await page.fill(`${id('login-uid')} input`, uid)
  await page.click(id('login-submit'))
  await untilLoggedIn(page)
}

async function untilLoggedIn(page: Page | Frame): Promise<void> {
  await page.waitForSelector(id('conversation-list'), WAIT)
  await page.waitForSelector(id('connection-banner'), { state: 'detached', ...WAIT })
}

async function chatWith(page: Page | Frame, kind: 'peer' | 'channel', target: string): Promise<void> {
  await page.click(`${id('new-chat')}:visible`)
  await page.click(`${id('new-chat-kind')}[data-kind="${kind}"]`)
  await page.fill(`${id('new-chat-id')} input`, target)
  await page.click(id('new-chat-submit'))
  await page.waitForSelector(id('composer-input'), WAIT)
}

async function says(page: Page | Frame, text: string): Promise<void> {
  await page.fill(`${id('composer-input')} textarea`, text)
  await page.click(id('composer-send'))
  await hears(page, text)
}

const hears = (page: Page | Frame, text: string) =>
  vi.waitFor(async () => expect(await page.locator(id('message-text')).allTextContents()).toContain(text), WAIT)

const wired = (text: string) => encode({ kind: 'message', id: `page-security-${++sent}`, body: { kind: 'text', text } }, 'rich')

/** `page` shows alice's conversations, with its connection and its session intact. */
async function isConnected(page: Page): Promise<void> {
  const name = `friend-${++sent}`
  const friend = await GatewayClient.login(gateway.url, name)
  // Without storage she acknowledges nothing: do not wait for an answer.
  friend.raw({ t: 'peer', id: 1, to: 'alice', text: wired('still here?') })
  await page.waitForSelector(`${id('conversation-row')}[data-id="peer:${name}"]`, WAIT)
  await friend.logout()
  expect(await page.locator(id('connection-banner')).count()).toBe(0)
}

async function uidOf(page: Page): Promise<string | null> {
  await page.click('.uni-tabbar__item >> nth=1')
  return page.textContent(`${id('me-uid')}:visible`)
}

/** Chats with bob and in a channel, receives from both, and switches between them. */
async function chatsInBothKinds(page: Page | Frame): Promise<void> {
  const bob = await GatewayClient.login(gateway.url, 'bob')
  await chatWith(page, 'peer', 'bob')
  await says(page, 'to bob')
  // First he hears that she types.
  await vi.waitFor(() => expect(bob.all('peer').map(({ text }) => JSON.parse(text) as object)).toContainEqual(expect.objectContaining({ kind: 'text', text: 'to bob' })))
  // Without storage she acknowledges nothing: do not wait for an answer.
  bob.raw({ t: 'peer', id: 1, to: 'alice', text: wired('from bob') })
  await hears(page, 'from bob')
  await page.click(id('nav-back'))
  await chatWith(page, 'channel', 'board')
  await bob.ask({ t: 'join', ch: 'board' })
  await says(page, 'to all')
  await bob.ask({ t: 'send', ch: 'board', text: wired('to you all') })
  await hears(page, 'to you all')
  await page.click(id('nav-back'))
  await page.click(`${id('conversation-row')}[data-id="peer:bob"]:visible`)
  await hears(page, 'from bob')
  await page.click(id('nav-back'))
  await bob.logout()
}

describe('in a browser that blocks site data', () => {
  it.each([
    ['zh-CN', '本机存储不可用，新消息只保留到关闭前'],
    ['en-US', 'Storage is unavailable: new messages last until you close the app'],
  ])('the user logs in and chats in memory, and the page says so (%s)', async (locale, notice) => {
    watch(await launchWithoutSiteData(newProfile(), { locale }))
    await leadToGateway(context, gateway.url)
    const page = await open(site.address)
    await logIn(page, 'alice')
    expect(await page.evaluate(() => Object.prototype.toString.call(localStorage))).not.toBe('[object Storage]')
    expect(await page.textContent(`${id('storage-notice')}:visible`)).toBe(notice)
    await chatsInBothKinds(page)
    await page.screenshot({ path: path.join(shots, `no-site-data-${locale}.png`) })
  }, 180_000)

  it('the same works inside a page of another site', async () => {
    watch(await launchWithoutSiteData(newProfile(), { locale: 'zh-CN' }))
    await leadToGateway(context, gateway.url)
    // A site other than 127.0.0.1.
    const page = await open(`${foreign.address.replace('127.0.0.1', 'localhost')}frame-plain`)
    const frame = page.frames()[1]!
    await logIn(frame, 'alice')
    await chatsInBothKinds(frame)
  }, 180_000)
})

describe('the policy of the page', () => {
  /** The violations of the page's policy, by directive. */
  const recordViolations = (page: Page) =>
    page.evaluate(() => {
      const violations: string[] = []
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violations.push(effectiveDirective))
      Object.assign(window, { violations })
    })
  const violationsOf = (page: Page) => page.evaluate(() => (window as unknown as { violations: string[] }).violations)

  it('blocks injected scripts, handlers, eval, scripts and data of other origins, objects, frames, a new base, and forms', async () => {
    await useContext()
    const page = await open(site.address)
    await page.waitForSelector(id('login-submit'), WAIT)
    await recordViolations(page)
    const attempt = (directive: string, inject: (foreign: string) => unknown) =>
      page.evaluate(inject, foreign.address).then(() => vi.waitFor(async () => expect(await violationsOf(page), directive).toContain(directive), WAIT)).then(() => page.evaluate(() => void ((window as unknown as { violations: string[] }).violations.length = 0)))
    await attempt('script-src-elem', () => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = ["inline script"]'
      document.body.append(script)
    })
    await attempt('script-src-elem', (address) => document.body.append(Object.assign(document.createElement('script'), { src: `${address}run.js` })))
    await attempt('script-src-attr', () => document.body.insertAdjacentHTML('beforeend', '<img src="/none.png" onerror="window.ran = [1]">'))
    await attempt('script-src-elem', () => {
      const link = Object.assign(document.createElement('a'), { href: 'javascript:window.ran = [1]' })
      document.body.append(link)
      link.click()
    })
    // Not through Playwright, which is exempt.
    await attempt('script-src', () => void setTimeout('window.ran = ["text of a timer"]'))
    await attempt('object-src', (address) => document.body.append(Object.assign(document.createElement('object'), { data: `${address}opener` })))
    await attempt('frame-src', (address) => document.body.append(Object.assign(document.createElement('iframe'), { src: `${address}opener` })))
    await attempt('img-src', (address) => void (new Image().src = `${address}?secret`))
    await attempt('connect-src', (address) => void fetch(address).catch(() => undefined))
    await attempt('base-uri', (address) => document.head.append(Object.assign(document.createElement('base'), { href: address })))
    await attempt('form-action', (address) => {
      const form = Object.assign(document.createElement('form'), { action: address })
      document.body.append(form)
      form.submit()
    })
    expect(await page.evaluate(() => [document.baseURI === location.href, (window as { ran?: unknown }).ran])).toEqual([true, undefined])
    expect(page.url()).toContain(site.address)
    // Each of them is in the console, and nothing else.
    expect(problems.splice(0).filter((problem) => !/Content Security Policy|none\.png|404/.test(problem))).toEqual([])
  }, 180_000)

  it('blocks nothing that the app does', async () => {
    await useContext()
    const page = await open(site.address)
    await page.waitForSelector(id('login-submit'), WAIT)
    await recordViolations(page)
    await page.fill(`${id('login-uid')} input`, 'alice')
    await page.press(`${id('login-uid')} input`, 'Enter')
    await untilLoggedIn(page)
    await chatsInBothKinds(page)
    await page.click(`${id('conversation-row')}[data-id="peer:bob"]:visible`, { button: 'right' })
    await page.click(`${SHEET} .uni-actionsheet__cell >> text=/^取消$/`)
    await page.click('.uni-tabbar__item >> nth=1')
    await page.click(id('me-theme'))
    await page.click(`${SHEET} .uni-actionsheet__cell >> text=深色`)
    await page.waitForSelector(SHEET, { state: 'detached' })
    await page.click(id('me-about'))
    await page.click('.uni-modal__btn_primary')
    await page.click(id('me-storage'))
    await page.waitForSelector(id('storage-clear-all'), WAIT)
    expect(await violationsOf(page)).toEqual([])
    await page.reload()
    await page.waitForSelector(id('storage-clear-all'), WAIT)
  }, 180_000)
})

describe('a user in the address', () => {
  const link = (uid: string) => `${site.address}?uid=${uid}`

  it('is logged in without a question in a browser without users, each in a tab of their own, and after a reload', async () => {
    await useContext()
    for (const uid of ['alice', 'bob']) {
      const page = await open(link(uid))
      await untilLoggedIn(page)
      await page.reload()
      await untilLoggedIn(page)
      expect(await uidOf(page)).toBe(uid)
    }
  }, 180_000)

  it.each([
    ['zh-CN', '以 alice 登录？', '网址指定以 alice 登录。\nalice 已在另一个标签页登录。在这里登录会让那边下线。', '取消', '已在另一个标签页或设备登录'],
    [
      'en-US',
      'Log in as alice?',
      'The address asks to log in as alice.\nAnother tab is logged in as alice. If you log in here, that tab will be logged out.',
      'Cancel',
      'Logged in from another tab or device',
    ],
  ])('ends no session in another tab without a confirmation, also in a window that another page opens (%s)', async (locale, title, text, cancel, notice) => {
    await useContext(locale)
    const first = await open(link('alice'))
    await untilLoggedIn(first)
    const opener = await open(`${foreign.address}opener`)
    const [second] = await Promise.all([context.waitForEvent('page'), opener.evaluate((address) => void window.open(address, '_blank', 'noopener'), link('alice'))])
    await second.waitForSelector(QUESTION, WAIT)
    expect(await second.textContent(`${QUESTION} .uni-modal__title`)).toBe(title)
    expect(await second.textContent(`${QUESTION} .uni-modal__bd`)).toBe(text)
    await second.screenshot({ path: path.join(shots, `address-elsewhere-${locale}.png`) })
    await second.click(`${QUESTION} .uni-modal__btn_default >> text=${cancel}`)
    await second.waitForSelector(id('login-submit'), WAIT)
    await isConnected(first)
    // Declining removes the user from the address.
    expect(second.url()).not.toContain('uid=')

    await second.goto(link('alice'))
    await second.click(`${QUESTION} .uni-modal__btn_primary`)
    await untilLoggedIn(second)
    await first.waitForSelector(id('connection-banner'), WAIT)
    expect(await first.textContent(`${id('connection-banner')} .banner__text`)).toBe(notice)
    // The first is logged out: the link may be opened again elsewhere once the second is closed.
    await second.close()
    await untilLoggedIn(await open(link('alice')))
  }, 180_000)

  it('replaces no other user of a tab without a confirmation; if declined, the tab keeps its user without a further question', async () => {
    await useContext()
    const page = await open(link('alice'))
    await untilLoggedIn(page)
    await page.goto(link('mallory'))
    await page.waitForSelector(QUESTION, WAIT)
    expect(await page.textContent(`${QUESTION} .uni-modal__bd`)).toBe('网址指定以 mallory 登录，而这个标签页里登录的是 alice。')
    await page.screenshot({ path: path.join(shots, 'address-another.png') })
    await page.click(`${QUESTION} .uni-modal__btn_default`)
    await untilLoggedIn(page)
    expect(page.url()).not.toContain('uid=')
    await page.reload()
    await untilLoggedIn(page)
    expect(await uidOf(page)).toBe('alice')
    await page.goto(link('bob'))
    await page.click(`${QUESTION} .uni-modal__btn_primary`)
    await untilLoggedIn(page)
    expect(await uidOf(page)).toBe('bob')
  }, 180_000)

  it.each([
    ['zh-CN', '嵌在其他网页里时，不能用链接里的用户 ID 登录。请在新标签页中打开。'],
    ['en-US', 'Inside another page, the user ID in the link cannot log in. Open the page in a new tab.'],
  ])('is rejected inside another page, also of the same site (%s)', async (locale, sentence) => {
    await useContext(locale)
    const alice = await open(link('alice'))
    await untilLoggedIn(alice)
    const page = await open(`${foreign.address}frame`)
    const frame = page.frames()[1]!
    await frame.waitForSelector(id('login-error'), WAIT)
    expect(await frame.textContent(id('login-error'))).toBe(sentence)
    await page.screenshot({ path: path.join(shots, `address-framed-${locale}.png`) })
    expect(await alice.locator(id('connection-banner')).count()).toBe(0)
    const [tab] = await Promise.all([context.waitForEvent('page'), frame.click(`${id('login-own-tab')} a`)])
    await tab.waitForSelector(QUESTION, WAIT)
    expect([tab.url().split('#')[0], await tab.evaluate(() => window.opener)]).toEqual([link('alice'), null])
    await isConnected(alice)
  }, 180_000)

  it.each<[string, () => Promise<unknown>]>([
    [
      'site data is blocked',
      async () => {
        watch(await launchWithoutSiteData(newProfile(), { locale: 'zh-CN' }))
        await leadToGateway(context, gateway.url)
      },
    ],
    [
      'there are no Web Locks',
      async () => {
        await useContext()
        await context.addInitScript(() => void Reflect.deleteProperty(Navigator.prototype, 'locks'))
      },
    ],
  ])('is asked about where %s, if they are logged in in another tab, and only then', async (_, useBrowser) => {
    await useBrowser()
    const alice = await open(link('alice'))
    await untilLoggedIn(alice)
    const bob = await open(link('bob'))
    await untilLoggedIn(bob)
    const second = await open(link('alice'))
    await second.waitForSelector(QUESTION, WAIT)
    expect(await second.textContent(`${QUESTION} .uni-modal__bd`)).toBe('网址指定以 alice 登录。\nalice 已在另一个标签页登录。在这里登录会让那边下线。')
    await second.click(`${QUESTION} .uni-modal__btn_default`)
    await second.waitForSelector(id('login-submit'), WAIT)
    await isConnected(alice)
    // A closed tab is not asked about.
    await bob.close()
    await untilLoggedIn(await open(link('bob')))
  }, 180_000)

  it('does not come back after a logout', async () => {
    await useContext()
    const page = await open(`${site.address}?theme=dark&uid=alice`)
    await untilLoggedIn(page)
    await page.click('.uni-tabbar__item >> nth=1')
    await page.click(`${id('me-logout')}:visible`)
    await page.waitForSelector(id('login-submit'), WAIT)
    expect(new URL(page.url()).search).toBe('?theme=dark')
    await page.reload()
    await page.waitForSelector(id('login-submit'), WAIT)
  }, 180_000)

  it('is gone once another user has logged in on the page', async () => {
    await useContext()
    const page = await open(link('a/b'))
    await page.waitForSelector(id('login-submit'), WAIT)
    await logIn(page, 'alice')
    expect(page.url()).not.toContain('uid=')
    await page.reload()
    await untilLoggedIn(page)
    expect(await uidOf(page)).toBe('alice')
  }, 180_000)

  it.each([
    ['a/b', '含有不允许的字符'],
    ['x'.repeat(65), '太长了'],
  ])('that breaks the rules of ids is shown with the reason (%s)', async (uid, sentence) => {
    await useContext()
    const page = await open(link(encodeURIComponent(uid)))
    await page.waitForSelector(id('login-uid-problem'), WAIT)
    expect(await page.textContent(id('login-uid-problem'))).toContain(sentence)
    expect(await page.inputValue(`${id('login-uid')} input`)).toBe(uid)
  }, 180_000)
})

describe('a user who is logged in in another tab', () => {
  const ELSEWHERE = 'alice 已在另一个标签页登录。在这里登录会让那边下线。'

  /** Opens `address` from a logged-in tab, with a copy of its session. */
  async function duplicate(page: Page): Promise<Page> {
    const [copy] = await Promise.all([context.waitForEvent('page'), page.evaluate(() => void window.open(location.href))])
    return copy
  }

  it.each([
    ['the login page', async () => {
      const page = await open(site.address)
      await page.waitForSelector(id('login-submit'), WAIT)
      await page.click(id('login-submit'))
      return page
    }],
    ['a duplicated tab', (first: Page) => duplicate(first)],
  ])('keeps the session until %s confirms the takeover', async (_, takeOver) => {
    await useContext()
    const first = await open(site.address)
    await logIn(first, 'alice')
    const second = await takeOver(first)
    await second.waitForSelector(QUESTION, WAIT)
    expect(await second.textContent(`${QUESTION} .uni-modal__bd`)).toBe(ELSEWHERE)
    await second.click(`${QUESTION} .uni-modal__btn_default`)
    await second.waitForSelector(`${id('login-submit')}:not(.is-off)`, WAIT)
    await isConnected(first)
    await second.reload()
    await second.waitForSelector(id('login-submit'), WAIT)
    await second.click(id('login-submit'))
    await second.click(`${QUESTION} .uni-modal__btn_primary`)
    await untilLoggedIn(second)
    await first.waitForSelector(id('connection-banner'), WAIT)
    // The first one is logged out: a reload does not take the session back without a confirmation.
    await first.reload()
    await first.waitForSelector(QUESTION, WAIT)
    await isConnected(second)
  }, 180_000)

  it('is not asked about after a logout, nor by a reloaded tab', async () => {
    await useContext()
    const page = await open(site.address)
    await logIn(page, 'alice')
    for (let reload = 0; reload < 5; reload++) {
      await page.reload()
      await untilLoggedIn(page)
    }
    await page.click('.uni-tabbar__item >> nth=1')
    await page.click(`${id('me-logout')}:visible`)
    await page.waitForSelector(id('login-submit'), WAIT)
    await page.click(id('login-submit'))
    await untilLoggedIn(page)
  }, 180_000)
})

describe('the text of the page', () => {
  /** WCAG's contrast of a text to its background. */
  const contrastOf = (page: Page, selector: string) =>
    page.locator(selector).evaluate((text) => {
      const numbers = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number)
      let behind: Element | null = text
      while (behind && (numbers(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement
      const [br = 255, bg = 255, bb = 255] = behind ? numbers(getComputedStyle(behind).backgroundColor) : []
      const [r = 0, g = 0, b = 0, a = 1] = numbers(getComputedStyle(text).color)
      const luminance = (channels: number[]) =>
        channels.map((channel) => channel / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index]!, 0)
      const lights = [luminance([r * a + br * (1 - a), g * a + bg * (1 - a), b * a + bb * (1 - a)]), luminance([br, bg, bb])].sort((one, other) => other - one)
      return (lights[0]! + 0.05) / (lights[1]! + 0.05)
    })

  it.each([
    ['zh-CN', 390, 'light', undefined],
    ['en-US', 390, 'light', undefined],
    ['en-US', 390, 'dark', undefined],
    ['zh-CN', 1280, 'dark', 'light'],
    ['en-US', 1280, 'light', 'dark'],
  ] as const)('breaks between words, is readable, and the question takes the focus (%s, %i px, %s, chosen: %s)', async (locale, width, colorScheme, chosen) => {
    watch(await browser.newContext({ viewport: { width, height: 844 }, locale, colorScheme }))
    await leadToGateway(context, gateway.url)
    const shot = (page: Page, name: string) => page.screenshot({ path: path.join(shots, `${name}-${locale}-${width}-${colorScheme}-${chosen ?? 'system'}.png`) })
    const page = await open(site.address)
    if (chosen) {
      await page.evaluate((theme) => localStorage.setItem('setting/theme', JSON.stringify(theme)), chosen)
      await page.reload()
    }
    await page.waitForSelector(id('login-submit'), WAIT)
    const note = page.locator(`${id('login-token')} .uni-input-placeholder`)
    expect(await note.evaluate((text) => text.scrollWidth - text.clientWidth)).toBeLessThanOrEqual(0)
    expect(await page.locator(id('login-backend')).evaluate((text) => getComputedStyle(text).wordBreak)).toBe('normal')
    await shot(page, 'login')
    await logIn(page, 'alice')
    const second = await open(`${site.address}?uid=alice`)
    await second.waitForSelector(QUESTION, WAIT)
    const question = second.getByRole('alertdialog')
    expect(await question.getAttribute('aria-label')).toBe(await second.textContent(`${QUESTION} .uni-modal__title`))
    expect(await question.evaluate((dialog) => dialog === document.activeElement)).toBe(true)
    for (const part of ['title', 'bd']) {
      expect(await contrastOf(second, `${QUESTION} .uni-modal__${part}`)).toBeGreaterThanOrEqual(4.5)
      expect(await second.locator(`${QUESTION} .uni-modal__${part}`).evaluate((text) => getComputedStyle(text).wordBreak)).toBe('normal')
    }
    await shot(second, 'question')
  }, 180_000)
})

/** Each is a legal id. */
const MARKUP_IDS = ['<img src=x onerror=ran()>', '<script>ran()<', '<svg onload=ran()>', '{{ran()}}', '$%7Bran()%7D', '&lt;b&gt;', '__proto__', '<iframe srcdoc=x>']
const MARKUP_TEXTS = [
  '<img src=x onerror="ran()">',
  '<script>ran()</script>',
  '<svg/onload=ran()>',
  '</text></view><iframe srcdoc="<script>parent.ran()</script>">',
  '<a href="javascript:ran()">tap</a>',
  '{{constructor.constructor("ran()")()}}',
  '"><details open ontoggle=ran()>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=ran()>',
]

it('shows markup in ids, texts and channel names as text, and creates no element of it', async () => {
  await useContext()
  await context.addInitScript(() => Object.assign(window, { ran: () => Object.assign(window, { hasRun: true }) }))
  const page = await open(site.address)
  await logIn(page, 'alice')
  for (const [index, uid] of MARKUP_IDS.entries()) {
    const mallory = await GatewayClient.login(gateway.url, uid)
    for (const text of MARKUP_TEXTS) expect(await mallory.ask({ t: 'peer', to: 'alice', text: wired(text) })).toMatchObject({ t: 'ok' })
    await mallory.ask({ t: 'peer', to: 'alice', text: MARKUP_TEXTS[index]! })
    await page.click(`${id('conversation-row')}[data-id=${JSON.stringify(`peer:${uid}`)}]:visible`, WAIT)
    for (const text of MARKUP_TEXTS) await hears(page, text)
    await page.click(id('nav-back'))
    await chatWith(page, 'channel', uid)
    await mallory.ask({ t: 'join', ch: uid })
    await mallory.ask({ t: 'send', ch: uid, text: wired(MARKUP_TEXTS[index]!) })
    await hears(page, MARKUP_TEXTS[index]!)
    await page.click(id('channel-info'))
    await page.waitForSelector(id('channel-leave'), WAIT)
    await page.goBack()
    await page.click(id('nav-back'))
    await mallory.logout()
  }
  await page.click(`${id('conversation-row')}:visible`, { button: 'right' })
  await page.click(`${SHEET} .uni-actionsheet__cell >> text=/^删除$/`)
  await page.waitForSelector(QUESTION, WAIT)
  expect(
    await page.evaluate(() => ({
      hasRun: 'hasRun' in window,
      made: document.querySelectorAll('img[onerror], svg[onload], iframe, a[href^="javascript"], details, math, body script:not([src])').length,
      polluted: 'ran' in {},
    })),
  ).toEqual({ hasRun: false, made: 0, polluted: false })
}, 300_000)
