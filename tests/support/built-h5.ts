/** The built H5 in Chromium, connected to a gateway: the setup of a test file, and user actions on its pages. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { startGateway, type Gateway, type GatewayOptions } from '../../gateway/server'
import { launchChromium } from '../../simulator/drive/chromium'
import { GatewayClient } from './gateway-client'
import { leadToGateway, serveH5, type Site } from './h5-site'

/** A selector by test hook. */
export const id = (name: string) => `[data-testid="${name}"]`
/** A selector of the browser's own field behind uni's, by test hook. */
export const field = (name: string) => `${id(name)} input, ${id(name)} textarea`
/** uni's sheet of actions, while it is shown. */
export const SHEET = '.uni-actionsheet_toggle'
/** The menu of a message, while it is open. */
export const MENU = id('message-menu')
/** An action of it. */
export const action = (name: string) => `${id('menu-action')}[data-action="${name}"]`

/** A narrow desktop window. */
export const DESK: BrowserContextOptions = { viewport: { width: 375, height: 667 }, deviceScaleFactor: 2, locale: 'zh-CN' }
export const PHONE: BrowserContextOptions = { ...DESK, hasTouch: true, isMobile: true }

export interface BuiltH5 {
  readonly gateway: () => Gateway
  /** The page's address, with a `/` at its end. */
  readonly address: () => string
  /** The browser profile of this test. It exists once there is a tab. */
  readonly context: () => BrowserContext
  /** An empty tab. The first of a test creates a profile with these options, which all tabs of the test share. An error in a page fails the test. */
  readonly tab: (options?: BrowserContextOptions) => Promise<Page>
  /** Another user, logged in until the test ends. */
  readonly client: (uid: string) => Promise<GatewayClient>
}

/**
 * For one file of tests.
 * @param isQuiet whether errors in a page's console fail the test too
 * @param flags of the browser's command line
 */
export function useBuiltH5(gatewayOptions: Partial<GatewayOptions> = {}, { isQuiet = false, flags = [] }: { readonly isQuiet?: boolean; readonly flags?: readonly string[] } = {}): BuiltH5 {
  let gateway: Gateway
  let site: Site
  let browser: Browser
  let context: BrowserContext | undefined
  const problems: string[] = []
  const clients: GatewayClient[] = []

  beforeAll(async () => {
    gateway = await startGateway({ port: 0, ...gatewayOptions })
    site = await serveH5()
    browser = await launchChromium(flags)
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
    await gateway?.close()
  })
  afterEach(async () => {
    // A request that is under way has no page any more to be answered.
    for (const target of context ? [...context.pages(), context] : []) await target.unrouteAll({ behavior: 'ignoreErrors' })
    await context?.close()
    context = undefined
    for (const client of clients.splice(0)) client.ws.terminate()
    expect(problems.splice(0)).toEqual([])
  })

  async function newContext(options: BrowserContextOptions): Promise<BrowserContext> {
    const created = await browser.newContext(options)
    await leadToGateway(created, gateway.url)
    return created
  }

  return {
    gateway: () => gateway,
    address: () => site.address,
    context() {
      if (!context) throw new Error('this test has opened no tab')
      return context
    },
    async tab(options = PHONE) {
      context ??= await newContext(options)
      const page = await context.newPage()
      page.on('pageerror', (error) => problems.push(error.stack ?? error.message))
      page.on('console', (message) => {
        if (isQuiet && message.type() === 'error') problems.push(message.text())
      })
      return page
    },
    async client(uid) {
      const client = await GatewayClient.login(gateway.url, uid)
      clients.push(client)
      return client
    },
  }
}

/** Logs in on the login page. */
export async function logIn(page: Page, uid: string): Promise<void> {
  await page.fill(field('login-uid'), uid)
  await page.click(id('login-submit'))
  await connected(page)
}

/** Waits for the list of conversations and a connection. */
export async function connected(page: Page): Promise<void> {
  await page.waitForSelector(id('conversation-list'))
  await page.waitForSelector(id('connection-banner'), { state: 'detached' })
}

/** Starts a chat with a peer from the list of conversations. Ends in its thread. */
export async function chatWith(page: Page, uid: string): Promise<void> {
  await page.click(`${id('new-chat')}:visible`)
  await page.fill(field('new-chat-id'), uid)
  await page.click(id('new-chat-submit'))
  await page.waitForSelector(field('composer-input'))
}

/** Sends a message from the composer, and waits until the thread shows it. */
export async function says(page: Page, text: string): Promise<void> {
  await page.fill(field('composer-input'), text)
  await page.click(id('composer-send'))
  await shows(page, text)
}

/** Waits until the thread shows a message. */
export async function shows(page: Page, text: string): Promise<void> {
  await vi.waitFor(async () => expect(await texts(page)).toContain(text), { timeout: 20_000 })
}

/** The words of the open menu of a message. The button that opens all reactions has an icon only. */
export const actions = (page: Page) => page.locator(`${id('menu-action')}:not([data-action=react])`).allTextContents()

/** Taps beside the menu of a message. */
export async function closeMenu(page: Page): Promise<void> {
  await page.click(id('message-menu-close'), { position: { x: 2, y: 2 } })
  await page.waitForSelector(MENU, { state: 'detached' })
}

/** The messages of the thread, in order. */
export const texts = (page: Page) => page.locator(id('message-text')).allTextContents()
