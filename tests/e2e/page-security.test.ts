// The built H5 against pages, links, texts and browser settings that mean it no good: what it stops, and that it works all the same.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startGateway, type Gateway } from '../../gateway/server'
import { encode } from '../../src/chat/envelope'
import { launchChromium, launchWithoutSiteData } from '../support/chromium'
import { GatewayClient } from '../support/gateway-client'
import { leadToGateway, serveH5, type Site } from '../support/h5-site'

const shots = fileURLToPath(new URL('__shots__', import.meta.url))
const id = (name: string) => `[data-testid="${name}"]`
const SHEET = '.uni-actionsheet_toggle'
const QUESTION = '.uni-modal:visible'
/** Chromium asks for the icon of a page that names none. */
const NO_ICON = '<!doctype html><link rel="icon" href="data:,">'
const WAIT = { timeout: 60_000 }

let gateway: Gateway
let site: Site
/** Of another origin, with pages of its own. */
let foreign: Site
let browser: Browser
let context: BrowserContext
/** Errors of the pages, and what their policy has refused. */
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

const wired = (text: string) => encode({ kind: 'text', id: `page-security-${++sent}`, text }, 'rich')

const tellAlice = (friend: GatewayClient, text: string) => friend.ask({ t: 'peer', to: 'alice', text: wired(text) })

async function uidOf(page: Page): Promise<string | null> {
  await page.click('.uni-tabbar__item >> nth=1')
  return page.textContent(`${id('me-uid')}:visible`)
}

/** Chats with bob and in a channel, hears from both, and goes from one to the other. */
async function chatsInBothKinds(page: Page | Frame): Promise<void> {
  const bob = await GatewayClient.login(gateway.url, 'bob')
  await chatWith(page, 'peer', 'bob')
  await says(page, 'to bob')
  expect(JSON.parse((await bob.next('peer')).text)).toMatchObject({ text: 'to bob' })
  await tellAlice(bob, 'from bob')
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

describe('where the browser keeps no site data', () => {
  it.each([
    ['zh-CN', '本机存储不可用，新消息只保留到关闭前'],
    ['en-US', 'Storage is unavailable: new messages last until you close the app'],
  ])('one logs in and chats in memory, and the page says so (%s)', async (locale, notice) => {
    watch(await launchWithoutSiteData(newProfile(), { locale }))
    await leadToGateway(context, gateway.url)
    const page = await open(site.address)
    await logIn(page, 'alice')
    expect(await page.evaluate(() => Object.prototype.toString.call(localStorage))).not.toBe('[object Storage]')
    expect(await page.textContent(`${id('storage-notice')}:visible`)).toBe(notice)
    await chatsInBothKinds(page)
    await page.screenshot({ path: path.join(shots, `no-site-data-${locale}.png`) })
  }, 180_000)

  it('the same holds inside a page of another site', async () => {
    watch(await launchWithoutSiteData(newProfile(), { locale: 'zh-CN' }))
    await leadToGateway(context, gateway.url)
    // Another site than 127.0.0.1.
    const page = await open(`${foreign.address.replace('127.0.0.1', 'localhost')}frame-plain`)
    const frame = page.frames()[1]!
    await logIn(frame, 'alice')
    await chatsInBothKinds(frame)
  }, 180_000)
})

describe('the policy of the page', () => {
  /** What the page's policy has refused, by directive. */
  const recordViolations = (page: Page) =>
    page.evaluate(() => {
      const violations: string[] = []
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violations.push(effectiveDirective))
      Object.assign(window, { violations })
    })
  const violationsOf = (page: Page) => page.evaluate(() => (window as unknown as { violations: string[] }).violations)

  it('stops injected scripts, handlers, eval, scripts and data of other origins, objects, frames, a new base, and forms', async () => {
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
    // Not by Playwright, which is exempt.
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
    // Each of them in the console, and nothing else.
    expect(problems.splice(0).filter((problem) => !/Content Security Policy|none\.png|404/.test(problem))).toEqual([])
  }, 180_000)

  it('refuses nothing that the app does', async () => {
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

  it('is logged in without a question in a browser where nobody is, each in a tab of their own, and after a reload', async () => {
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
    ['zh-CN', '以 alice 登录？', '打开的链接要以 alice 登录。如果 alice 已在另一个标签页登录，那边会下线。', '取消'],
    ['en-US', 'Log in as alice?', 'A link opened this page as alice. If alice is logged in in another tab, that tab will be logged out.', 'Cancel'],
  ])('takes no session from another tab without a yes, also in a window that another page opens (%s)', async (locale, title, text, cancel) => {
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
    // The first one is still connected.
    const bob = await GatewayClient.login(gateway.url, 'bob')
    expect(await tellAlice(bob, 'still here?')).toMatchObject({ t: 'ok', received: true })
    await bob.logout()
    expect(await first.locator(id('connection-banner')).count()).toBe(0)

    await second.reload()
    await second.click(`${QUESTION} .uni-modal__btn_primary`)
    await untilLoggedIn(second)
    await first.waitForSelector(id('connection-banner'), WAIT)
    // The first is logged in no more: the link may be opened again elsewhere once the second is closed.
    await second.close()
    await untilLoggedIn(await open(link('alice')))
  }, 180_000)

  it('takes a tab from no other user without a yes; after a no the tab stays theirs, without a further question', async () => {
    await useContext()
    const page = await open(link('alice'))
    await untilLoggedIn(page)
    await page.goto(link('mallory'))
    await page.waitForSelector(QUESTION, WAIT)
    expect(await page.textContent(`${QUESTION} .uni-modal__bd`)).toBe('打开的链接要以 mallory 登录，而这个标签页里登录的是 alice。')
    await page.screenshot({ path: path.join(shots, 'address-another.png') })
    await page.click(`${QUESTION} .uni-modal__btn_default`)
    await untilLoggedIn(page)
    await page.reload()
    await untilLoggedIn(page)
    expect(await uidOf(page)).toBe('alice')
    await page.goto(link('bob'))
    await page.click(`${QUESTION} .uni-modal__btn_primary`)
    await untilLoggedIn(page)
    expect(await uidOf(page)).toBe('bob')
  }, 180_000)

  it.each([
    ['zh-CN', '嵌在其他网页里时，不能用链接里的用户 ID 登录。请在单独的标签页里打开这个链接。'],
    ['en-US', 'Inside another page, the user ID in the link cannot log in. Open the link in a tab of its own.'],
  ])('is refused inside another page, also of the same site (%s)', async (locale, sentence) => {
    await useContext(locale)
    const alice = await open(link('alice'))
    await untilLoggedIn(alice)
    const page = await open(`${foreign.address}frame`)
    const frame = page.frames()[1]!
    await frame.waitForSelector(id('login-error'), WAIT)
    expect(await frame.textContent(id('login-error'))).toBe(sentence)
    await page.screenshot({ path: path.join(shots, `address-framed-${locale}.png`) })
    expect(await alice.locator(id('connection-banner')).count()).toBe(0)
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

it('shows markup in ids, texts and channel names as text, and makes no element of it', async () => {
  await useContext()
  await context.addInitScript(() => Object.assign(window, { ran: () => Object.assign(window, { hasRun: true }) }))
  const page = await open(site.address)
  await logIn(page, 'alice')
  for (const [index, uid] of MARKUP_IDS.entries()) {
    const mallory = await GatewayClient.login(gateway.url, uid)
    for (const text of MARKUP_TEXTS) expect(await tellAlice(mallory, text)).toMatchObject({ t: 'ok' })
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
