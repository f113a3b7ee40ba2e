// The simulator as a user sees it: two phones in real Chromium, the program built from a copy of the project, a real gateway.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Frame, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { launchChromium } from '../../simulator/drive/chromium'
import { commandsIn, untilPrinted } from '../support/commands'
import { freePort } from '../support/ports'
import { copyProject } from '../support/project-copy'

const root = fileURLToPath(new URL('../..', import.meta.url))
const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'simulator-')))
const copy = path.join(parent, 'project')
const { run, endAll } = commandsIn(copy)

let origin: string
let browser: Browser
beforeAll(async () => {
  copyProject(root, copy)
  const [port, gatewayPort] = [await freePort(), await freePort()]
  origin = `http://127.0.0.1:${port}`
  const simulator = run('npm', ['run', 'dev:simulator', '--', '--port', String(port)], { GATEWAY_PORT: String(gatewayPort) })
  browser = await launchChromium()
  await untilPrinted(simulator, 'Ctrl-C', 110_000)
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await endAll()
  rmSync(parent, { recursive: true, force: true })
})

const contexts: BrowserContext[] = []
afterEach(async () => {
  const problems: string[] = []
  for (const context of contexts.splice(0)) {
    const frames = context.pages().flatMap((page) => page.frames())
    for (const frame of frames) problems.push(...(await frame.evaluate(() => (window.phone?.lines() ?? []).filter(({ level }) => level === 'problem').map(({ text }) => text))))
    await context.close()
  }
  expect(problems).toEqual([])
})

async function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN', ...options })
  contexts.push(context)
  return context
}

/** One phone: its program's elements by their test ids, and its controls on the desk. */
class Phone {
  constructor(
    readonly page: Page,
    readonly uid: string,
  ) {}

  /** An element of the top page. */
  get(testId: string): Locator {
    return this.page.frameLocator(`iframe[data-uid=${this.uid}]`).locator(`[data-testid=${testId}]:visible`)
  }

  control(testId: string): Locator {
    return this.page.locator(`[data-testid=phone-${this.uid}] [data-testid=${testId}]`)
  }

  get document(): Frame {
    const frame = this.page.frames().find((one) => one.url().endsWith(`/phone?uid=${this.uid}`))
    if (!frame) throw new Error(`${this.uid} has no frame`)
    return frame
  }

  async isListed(): Promise<void> {
    await this.get('conversation-list').waitFor()
  }

  async openChat(peer: string): Promise<void> {
    await this.get('new-chat').first().click()
    await this.get('new-chat-id').locator('input').fill(peer)
    await this.get('new-chat-submit').click()
    await this.get('composer-input').waitFor()
  }

  /** Sends with the keyboard's own key. */
  async say(text: string): Promise<void> {
    await this.get('composer-input').locator('textarea').click()
    await this.page.keyboard.insertText(text)
    await this.get('composer-send').click()
    await this.hears(text)
  }

  async hears(text: string): Promise<void> {
    await this.get('message-text').getByText(text, { exact: true }).waitFor()
  }

  texts(): Promise<string[]> {
    return this.get('message-text').allInnerTexts()
  }
}

/** Both phones, logged in and on the list. */
async function openBoth(context: BrowserContext): Promise<{ page: Page; alice: Phone; bob: Phone }> {
  const page = await context.newPage()
  await page.goto(origin)
  const [alice, bob] = [new Phone(page, 'alice'), new Phone(page, 'bob')]
  await Promise.all([alice.isListed(), bob.isListed()])
  return { page, alice, bob }
}

/** Both phones with their thread open and one message each. */
async function openThread(context: BrowserContext): Promise<{ page: Page; alice: Phone; bob: Phone }> {
  const both = await openBoth(context)
  const { alice, bob } = both
  await alice.openChat('bob')
  await alice.say('下午三点，方便吗？')
  await bob.get('conversation-row').first().click()
  await bob.hears('下午三点，方便吗？')
  await bob.say('方便，三点见。')
  await alice.hears('方便，三点见。')
  return both
}

describe('the simulator', () => {
  it('logs two phones in, lets them chat, and keeps confirmed writes through a kill', async () => {
    const { alice, bob } = await openThread(await newContext())
    expect(await alice.texts()).toEqual(await bob.texts())
    await alice.get('message-status').filter({ hasText: /^已(送达|读)$/ }).first().waitFor()

    await alice.control('kill').click()
    await alice.control('phone-state').getByText('已结束').waitFor()
    await bob.say('会议室还是老地方？')
    await alice.control('start').click()
    await alice.get('conversation-row').first().click()
    await alice.hears('会议室还是老地方？')
    expect(await alice.texts()).toEqual(['下午三点，方便吗？', '方便，三点见。', '会议室还是老地方？'])
    expect(await alice.control('problem-badge').count()).toBe(0)
  }, 90_000)

  it('changes theme, size and language of a phone, and keeps its pages', async () => {
    const { alice, bob } = await openThread(await newContext())
    const background = () => alice.document.evaluate(() => getComputedStyle(document.querySelector('.phone-page:last-child page') as Element).backgroundColor)
    expect(await background()).toBe('rgb(237, 237, 237)')
    await alice.control('theme-dark').click()
    await vi.waitUntil(async () => (await background()) === 'rgb(17, 17, 17)')
    expect(await bob.document.evaluate(() => document.getElementById('phone')?.dataset['theme'])).toBe('light')

    await alice.control('model').selectOption('android')
    await alice.hears('方便，三点见。')
    expect(await alice.document.evaluate(() => [window.innerWidth, window.innerHeight])).toEqual([360, 800])
    await alice.control('language-en').click()
    // The other phone may have read it by now.
    await alice.get('message-status').filter({ hasText: /^(Delivered|Read)$/ }).first().waitFor()
    expect(await alice.document.evaluate(() => window.phone?.pages().length)).toBe(2)
  }, 90_000)

  it('uses the browser’s theme on the desk until another is chosen', async () => {
    const { page, alice } = await openBoth(await newContext({ colorScheme: 'dark' }))
    const desks = async () => [
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      await alice.document.evaluate(() => getComputedStyle(document.documentElement).colorScheme),
    ]
    const [light, dark] = [['rgb(236, 238, 241)', 'light'], ['rgb(20, 21, 23)', 'dark']]
    expect(await desks()).toEqual(dark)
    await page.emulateMedia({ colorScheme: 'light' })
    await vi.waitFor(async () => expect(await desks()).toEqual(light))
    await page.getByTestId('desk-theme').click()
    await vi.waitFor(async () => expect(await desks()).toEqual(dark))
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.getByTestId('desk-theme').click()
    await vi.waitFor(async () => expect(await desks()).toEqual(light))
    await page.reload()
    await alice.isListed()
    expect(await desks()).toEqual(light)
  }, 90_000)

  it('takes the network away and gives it back, and then sends the messages written offline', async () => {
    const { alice, bob } = await openThread(await newContext())
    await bob.control('network-off').click()
    await bob.get('connection-banner').first().waitFor()
    await bob.say('断网时写的')
    expect(await bob.get('message-status').last().getAttribute('class')).toMatch(/is-(queued|sending)/)
    await bob.control('network-slow').click()
    await alice.hears('断网时写的')
    await bob.get('connection-banner').first().waitFor({ state: 'detached' })
  }, 90_000)

  it('hides a phone for 60 s: WeChat closes its sockets after 5 s, and it catches up when it is back', async () => {
    const context = await newContext()
    await context.clock.install()
    const { page, alice, bob } = await openThread(context)
    const sockets = () => alice.document.evaluate(() => window.phone?.sockets().map(({ state }) => state))
    expect(await sockets()).toEqual(['open'])
    const hiddenAt = (await page.evaluate(() => Date.now())) + 60_000
    await page.clock.pauseAt(hiddenAt)
    await alice.control('hide-60').click()
    await alice.control('phone-state').getByText('在后台').waitFor()
    await page.clock.fastForward(4_900)
    expect(await sockets()).toEqual(['open'])
    await page.clock.fastForward(100)
    expect(await sockets()).toEqual(['closed'])
    await page.clock.resume()
    await bob.say('在吗？')
    await page.clock.pauseAt(hiddenAt + 30_000)
    await page.clock.runFor(29_000)
    expect(await sockets(), 'a program whose code is stopped connects again').toEqual(['closed'])
    await page.clock.runFor(1_000)
    await page.clock.resume()
    await alice.hears('在吗？')
    await alice.control('phone-state').getByText('运行中').waitFor()
  }, 90_000)

  it('runs a phone in one page at a time, also alone in a narrow window', async () => {
    const context = await newContext({ viewport: { width: 400, height: 800 } })
    const first = await context.newPage()
    await first.goto(`${origin}/phone?uid=alice`)
    await first.locator('[data-testid=conversation-list]').waitFor()
    expect(await first.evaluate(() => document.getElementById('phone')?.getBoundingClientRect().width)).toBe(400)
    const second = await context.newPage()
    await second.goto(`${origin}/phone?uid=alice`)
    await second.getByText('这部手机已在另一个页面中运行').waitFor()
    expect(await second.locator('[data-testid]').count()).toBe(0)
    await first.close()
    await second.locator('[data-testid=conversation-list]').waitFor()
  }, 90_000)

  it('fills a disk, shows the program’s work in its panels, and takes a screenshot', async () => {
    const { page, alice, bob } = await openThread(await newContext())
    await page.getByTestId('panels-toggle').click()
    await vi.waitUntil(async () => Number(await page.getByTestId('set-data-calls').innerText()) > 0)
    await page.getByTestId('panel-sockets').click()
    await page.getByTestId('frames').getByText('peer', { exact: true }).first().waitFor()
    await page.getByTestId('panel-pages').click()
    expect(await page.getByTestId('page-stack').innerText()).toContain('/src/pages/thread/thread')
    await page.getByTestId('panel-console').click()
    await page.getByTestId('console-verdict').getByText('没有问题').waitFor()
    await page.getByTestId('panels-toggle').click()

    const png = await bob.document.evaluate(async () => (await window.phone?.screenshot())?.size)
    expect(png).toBeGreaterThan(10_000)

    await alice.control('disk-full').click()
    await bob.say('存不下了')
    await alice.hears('存不下了')
    await alice.get('storage-notice').first().waitFor()
  }, 90_000)

  it('asks for the privacy consent as WeChat does, keeps it through a restart, and can be set to refuse', async () => {
    const { alice } = await openThread(await newContext())
    const copyFirst = async () => {
      await alice.get('message-text').first().click({ delay: 600 })
      await alice.document.getByText('复制', { exact: true }).click()
    }
    const privacy = () => alice.control('privacy').inputValue()
    expect(await privacy()).toBe('declared')
    await copyFirst()
    await alice.get('privacy-contract').click()
    await alice.document.getByText('关闭', { exact: true }).click()
    await alice.get('privacy-agree').click()
    await alice.document.getByText('内容已复制').waitFor()
    expect(await alice.get('privacy-popup').count()).toBe(0)
    await vi.waitUntil(async () => (await privacy()) === 'agreed')

    await alice.control('start').click()
    await alice.get('conversation-row').first().click()
    await alice.hears('方便，三点见。')
    await copyFirst()
    await alice.document.getByText('内容已复制').waitFor()

    await alice.control('privacy').selectOption('undeclared')
    await copyFirst()
    await alice.document.getByText('没有声明这项功能（setClipboardData）').waitFor()
    await alice.document.getByText('好', { exact: true }).click()
    await alice.control('privacy').selectOption('refused')
    await copyFirst()
    await alice.document.getByText('你没有同意隐私保护指引').waitFor()
    expect(await alice.control('problem-badge').count()).toBe(0)
  }, 90_000)

  it('keeps running the last good build, and shows a changed source file on both phones, with pages and disk kept', async () => {
    const { alice, bob } = await openThread(await newContext())
    const file = path.join(copy, 'src/locales/zh.ts')
    const source = readFileSync(file, 'utf8')
    writeFileSync(file, `${source}\nconst = 1\n`)
    for (const { document } of [alice, bob]) await document.getByText('新代码没有构建成功').waitFor()
    await alice.say('旧版本还在')
    await bob.hears('旧版本还在')
    expect(source).toContain("'发消息'")
    writeFileSync(file, source.replace("'发消息'", "'说点什么'"))
    for (const phone of [alice, bob]) {
      await phone.get('composer-input').locator('textarea[placeholder="说点什么"]').waitFor()
      await phone.hears('旧版本还在')
      expect(await phone.document.getByText('新代码没有构建成功').isVisible()).toBe(false)
    }
  }, 120_000)
})
