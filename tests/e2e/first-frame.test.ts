// A tab of the built H5 before all of its code has loaded: it has the chosen theme and language.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { connected, DESK, id, SHEET, useBuiltH5 } from '../support/built-h5'

const shots = fileURLToPath(new URL('__shots__', import.meta.url))
const h5 = useBuiltH5()

async function chooses(page: Page, setting: string, choice: string): Promise<void> {
  await page.click(id(setting))
  await page.click(`${SHEET} .uni-actionsheet__cell >> text=/^${choice}$/`)
  await page.waitForSelector(SHEET, { state: 'detached' })
}

const styleOf = (page: Page, selector: string) =>
  page.locator(selector).evaluate((element) => {
    const { backgroundColor, color } = getComputedStyle(element)
    return [backgroundColor, color]
  })

/** Loads the page again without the matching files, until the resolved function is called. */
async function reloadWithout(page: Page, files: string): Promise<() => Promise<void>> {
  let give = () => {}
  const isGiven = new Promise<void>((resolve) => (give = resolve))
  await page.route(files, async (route) => {
    await isGiven
    await route.continue()
  })
  await page.reload({ waitUntil: 'commit' })
  return async () => {
    give()
    await page.waitForSelector(`${id('conversation-list')}, ${id('me-uid')}`)
  }
}

const LOOKS = {
  light: { page: 'rgb(237, 237, 237)', bar: 'rgb(247, 247, 247)', title: 'rgb(0, 0, 0)', tab: 'rgb(5, 131, 65)' },
  dark: { page: 'rgb(25, 25, 25)', bar: 'rgb(30, 30, 30)', title: 'rgb(255, 255, 255)', tab: 'rgb(7, 193, 96)' },
} as const

test.each([
  { system: 'light', theme: '深色', looks: 'dark', language: 'English', title: 'Me', tabs: ['Chats', 'Me'] },
  { system: 'dark', theme: '浅色', looks: 'light', language: '简体中文', title: '我', tabs: ['会话', '我'] },
] as const)('$theme and $language are kept from the first frame on, when the system is $system', { timeout: 90_000 }, async ({ system, theme, looks, language, title, tabs }) => {
  mkdirSync(shots, { recursive: true })
  const page = await h5.tab({ ...DESK, colorScheme: system })
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  await page.click('.uni-tabbar__item >> nth=1')
  await chooses(page, 'me-theme', theme)
  await chooses(page, 'me-language', language)

  const giveAll = await reloadWithout(page, '**/assets/*.js')
  await page.waitForSelector('#app', { state: 'attached' })
  await page.waitForFunction(() => document.styleSheets.length === 2)
  expect((await styleOf(page, 'body'))[0]).toBe(LOOKS[looks].page)
  await giveAll()
  await page.unrouteAll({ behavior: 'wait' })

  const givePages = await reloadWithout(page, '**/assets/src-pages-*.js')
  await page.waitForSelector('.uni-tabbar')
  expect(await page.locator('.uni-page-head__title').textContent()).toBe(title)
  expect(await page.locator('.uni-tabbar__label').allTextContents()).toEqual(tabs)
  expect(await styleOf(page, '.uni-page-head')).toEqual([LOOKS[looks].bar, LOOKS[looks].title])
  expect((await styleOf(page, '.uni-tabbar'))[0]).toBe(LOOKS[looks].bar)
  expect((await styleOf(page, '.uni-tabbar__label >> nth=1'))[1]).toBe(LOOKS[looks].tab)
  await page.screenshot({ path: path.join(shots, `first-frame-${looks}.png`) })
  await givePages()
  await page.waitForSelector(`${id('me-uid')}:visible`)
})
