// The panel of emojis on the built H5: with a mouse, by keyboard alone, and with a finger.
import type { Page } from 'playwright-core'
import { describe, expect, test, vi } from 'vitest'
import { chatWith, DESK, id, logIn, PHONE, useBuiltH5 } from '../support/built-h5'

const h5 = useBuiltH5({ rateLimits: false })
const FIELD = `${id('composer-input')} textarea`
const emoji = (of: string) => `${id('emoji')}[data-emoji="${of}"]`
const value = (page: Page) => page.locator(FIELD).inputValue()
const focused = (page: Page) => page.evaluate(() => document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid'))

async function thread(device: 'phone' | 'desk'): Promise<Page> {
  const page = await h5.tab(device === 'phone' ? PHONE : DESK)
  await page.goto(h5.address())
  await logIn(page, 'alice')
  await chatWith(page, 'bob')
  await page.waitForSelector(FIELD)
  return page
}

describe('with a mouse', () => {
  test('an emoji is put in at the caret, the field keeps the focus, and each step can be undone', async () => {
    const page = await thread('desk')
    await page.locator(FIELD).pressSequentially('ab')
    await page.keyboard.press('ArrowLeft')
    await page.click(id('composer-emoji'))
    await page.click(emoji('😂'))
    await page.click(emoji('☺️'))
    expect([await value(page), await focused(page)]).toEqual(['a😂☺️b', 'composer-input'])
    await page.keyboard.type('!')
    await page.click(id('emoji-erase'))
    await page.click(id('emoji-erase'))
    expect(await value(page)).toBe('a😂b')
    await page.keyboard.press('Control+z')
    expect(await value(page)).toBe('a😂☺️b')
    // The selection is replaced.
    await page.keyboard.press('Control+a')
    await page.click(emoji('🤣'))
    expect(await value(page)).toBe('🤣')
    await page.keyboard.press('Enter')
    await page.locator(id('message-text'), { hasText: '🤣' }).waitFor()
    expect(await value(page)).toBe('')
    expect(await page.locator(id('composer-send')).getAttribute('aria-disabled')).toBe('true')
    await page.click(emoji('🤣'))
    expect(await page.locator(id('composer-send')).getAttribute('aria-disabled')).toBe('false')
  })

  test('a right click offers skin tones', async () => {
    const page = await thread('desk')
    await page.click(id('composer-emoji'))
    await page.click(emoji('👋'), { button: 'right' })
    await page.click(emoji('👋🏽'))
    expect(await value(page)).toBe('👋🏽')
    await page.waitForSelector(id('emoji-group'))
  })
})

test('by keyboard alone: the arrows move between the emojis, Enter puts one in, the menu key offers skin tones, Escape closes', async () => {
  const page = await thread('desk')
  await page.locator(FIELD).pressSequentially('hi')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('composer-emoji')
  await page.keyboard.press('Enter')
  await page.waitForSelector(id('emoji'))
  // Past Send and the tabs.
  for (let at = 0; (await page.evaluate(() => document.activeElement?.getAttribute('role'))) !== 'listbox' && at < 20; at++) await page.keyboard.press('Tab')
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key)
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-emoji'))).toBe('😃')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  expect([await value(page), await page.evaluate(() => document.activeElement?.getAttribute('data-emoji'))]).toEqual(['hi😃😃', '😃'])
  await page.locator(emoji('👋')).focus()
  await page.keyboard.press('Shift+F10')
  await page.waitForSelector(id('emoji-tones-close'))
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-emoji'))).toBe('👋')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  expect([await value(page), await page.evaluate(() => document.activeElement?.getAttribute('data-emoji'))]).toEqual(['hi😃😃👋🏻', '👋'])
  await page.keyboard.press('Shift+F10')
  await page.waitForSelector(id('emoji-tones-close'))
  await page.keyboard.press('Escape')
  await page.waitForSelector(id('emoji-group'))
  await page.keyboard.press('Escape')
  await page.waitForSelector(id('emoji'), { state: 'detached' })
  expect(await focused(page)).toBe('composer-emoji')
})

test('with a finger: the panel takes the focus from the field, and the field takes it back', async () => {
  const page = await thread('phone')
  for (let at = 0; at < 15; at++) {
    await page.locator(FIELD).fill(`message ${at}`)
    await page.tap(id('composer-send'))
    await page.locator(id('message-text'), { hasText: new RegExp(`^message ${at}$`) }).waitFor()
  }
  await page.locator(FIELD).fill('ab')
  await page.locator(FIELD).evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(1, 1))
  await page.tap(id('composer-emoji'))
  await page.waitForSelector(id('emoji'))
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
  const bottomOf = async (name: string) => {
    const box = (await page.locator(id(name)).last().boundingBox())!
    return box.y + box.height
  }
  await vi.waitFor(async () => expect(await bottomOf('message-text')).toBeLessThan(await bottomOf('message-list')))
  await page.tap(emoji('😂'))
  await page.tap(emoji('🤣'))
  expect([await value(page), await page.evaluate(() => document.activeElement?.tagName === 'TEXTAREA')]).toEqual(['a😂🤣b', false])
  await page.tap(id('emoji-erase'))
  expect(await value(page)).toBe('a😂b')
  await page.tap(FIELD)
  await page.waitForSelector(id('emoji'), { state: 'detached' })
  await page.tap(id('composer-emoji'))
  await page.waitForSelector(id('emoji'))
  await page.tap(id('message-list'))
  await page.waitForSelector(id('emoji'), { state: 'detached' })
})
