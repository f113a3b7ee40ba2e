// The built H5 in a folder of a server: the files it requests, and an address without the slash.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type Gateway } from '../../gateway/server'
import { BASE_OUTPUT } from '../../scripts/test/builds'
import { launchChromium } from '../../simulator/drive/chromium'
import { leadToGateway, serveH5, type Site } from '../support/h5-site'

const id = (name: string) => `[data-testid="${name}"]`

let gateway: Gateway
let browser: Browser
let context: BrowserContext
let site: Site
let missing: string[]

beforeAll(async () => {
  gateway = await startGateway({ port: 0 })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})
afterEach(async () => {
  await context?.close()
  site?.close()
})

async function open(build: string, under: string, path: string): Promise<Page> {
  missing = []
  site = await serveH5({}, { build, under })
  context = await browser.newContext({ viewport: { width: 375, height: 667 }, locale: 'zh-CN' })
  const page = await context.newPage()
  await leadToGateway(page, gateway.url)
  page.on('response', (response) => response.status() >= 400 && missing.push(new URL(response.url()).pathname))
  await page.goto(new URL(path, site.address).href)
  return page
}

/** By everything with an image: the login, the empty list, the tabs. */
async function lookAround(page: Page): Promise<void> {
  await page.fill(`${id('login-uid')} input`, 'alice')
  await page.click(id('login-submit'))
  await page.waitForSelector(id('conversation-empty'))
  await page.click('.uni-tabbar__item >> nth=1')
  await page.waitForSelector(`${id('me-uid')}:visible`)
  await page.waitForLoadState('networkidle')
}

describe.each([
  ['the build for any folder', 'dist/build/h5', ['', '/chat', '/a/b.c', '/chat/chat']],
  ['the build with --base /chat/', BASE_OUTPUT, ['/chat']],
])('%s', (_, build, folders) => {
  test.each(folders)('finds all its files in %s/', { timeout: 60_000 }, async (under) => {
    const page = await open(build, under, `${under}/`)
    await lookAround(page)
    expect(missing).toEqual([])
  })

  test.each(folders.filter(Boolean))('opens %s/ when it is requested without the slash', { timeout: 60_000 }, async (under) => {
    const page = await open(build, under, `${under}?uid=alice#/src/pages/me/me`)
    await page.waitForSelector(`${id('me-uid')}:visible`)
    await page.click('.uni-tabbar__item >> nth=0')
    await page.waitForSelector(id('conversation-empty'))
  })
})
