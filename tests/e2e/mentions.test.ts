// Mentions, and the keys of the composer, on the built H5.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { DESK, id, logIn, useBuiltH5 } from '../support/built-h5'

const h5 = useBuiltH5({ rateLimits: false })
const FIELD = `${id('composer-input')} textarea`
const value = (page: Page) => page.locator(FIELD).inputValue()

async function channel(): Promise<Page> {
  const page = await h5.tab(DESK)
  await page.goto(h5.address())
  await logIn(page, 'alice')
  await page.click(id('new-chat'))
  await page.click(`${id('new-chat-kind')}[data-kind="channel"]`)
  await page.locator(`${id('new-chat-id')} input`).fill('general')
  await page.click(id('new-chat-submit'))
  await page.waitForSelector(FIELD)
  return page
}

test('an @ offers users, and the chosen name takes the place of what was typed, at the caret', async () => {
  const page = await channel()
  await page.locator(FIELD).pressSequentially('hi !')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('@bo')
  await page.click(`${id('mention-item')}[data-id="bo"]`)
  expect(await value(page)).toBe('hi @bo !')
  await page.keyboard.type('@')
  await page.click(`${id('mention-item')}[data-id="*"]`)
  expect(await value(page)).toMatch(/^hi @bo @\S+ !$/)
  await page.keyboard.type('@')
  await page.waitForSelector(id('mention-item'))
  await page.keyboard.press('Escape')
  await page.waitForSelector(id('mention-item'), { state: 'detached' })
})

test('the up arrow in an empty field edits the last own message, and Escape leaves that', async () => {
  const page = await channel()
  await page.locator(FIELD).pressSequentially('helo')
  await page.keyboard.press('Enter')
  await page.locator(id('message-text'), { hasText: 'helo' }).waitFor()
  await page.keyboard.press('ArrowUp')
  await page.waitForSelector(id('composer-editing'))
  expect(await value(page)).toBe('helo')
  await page.keyboard.press('Escape')
  await page.waitForSelector(id('composer-editing'), { state: 'detached' })
  expect(await value(page)).toBe('')
})
