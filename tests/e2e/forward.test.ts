// Selecting and forwarding messages on the built H5: with the mouse and by keys, and the ways out.
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { action, chatWith, connected, DESK, id, MENU, says, shows, useBuiltH5 } from '../support/built-h5'

const h5 = useBuiltH5({ rateLimits: false })
const row = (page: Page, index: number) => page.locator(id('message-row')).nth(index)

async function choose(page: Page, name: string, index: number): Promise<void> {
  await row(page, index).locator('.bubble').click({ button: 'right', position: { x: 5, y: 5 } })
  await page.waitForSelector(MENU)
  await page.click(action(name))
  await page.waitForSelector(MENU, { state: 'detached' })
}

test('messages are selected and forwarded as one; Escape leaves the selection', { timeout: 90_000 }, async () => {
  const page = await h5.tab(DESK)
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  const bob = await h5.client('bob')
  await chatWith(page, 'bob')
  for (const [n, text] of ['one', 'two', 'three'].entries()) {
    await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: `forward-${n}`, body: { kind: 'text', text } }, 'rich') })
    await shows(page, text)
  }
  await says(page, 'mine')

  await choose(page, 'select', 0)
  await page.waitForSelector(id('selection-bar'))
  expect(await page.locator(id('composer-input')).isVisible()).toBe(false)
  await page.keyboard.press('Escape')
  await page.waitForSelector(id('selection-bar'), { state: 'detached' })
  expect(await page.locator(id('message-check')).count()).toBe(0)

  await choose(page, 'select', 0)
  await page.waitForSelector(id('selection-bar'))
  // A click anywhere on the row, and a key on its check.
  await row(page, 3).click({ position: { x: 150, y: 20 } })
  await page.locator(id('message-check')).nth(1).focus()
  await page.keyboard.press('Enter')
  await vi.waitFor(async () => expect(await page.locator(`${id('message-check')}.is-on`).count()).toBe(3), 20_000)
  await page.screenshot({ path: 'dist/test/shots/h5-selection.png' })
  await page.click(id('selection-forward'))
  await page.click(`${id('forward-target')}[data-id="peer:bob"]`)
  await page.click(`${id('forward-mode')}[data-kind="record"]`)
  await page.screenshot({ path: 'dist/test/shots/h5-forward.png' })
  await page.click(id('forward-send'))
  await page.waitForSelector(id('message-record'))
  await vi.waitFor(() => expect(bob.all('peer').map(({ text }) => (JSON.parse(text) as { kind: string }).kind)).toContain('record'), 20_000)
  await page.click(id('message-record'))
  await page.waitForSelector(id('record-entry'))
  expect(await page.locator(id('record-entry')).count()).toBe(3)
  // The entries are read again after a reload.
  await page.reload()
  await page.waitForSelector(id('record-entry'))
  expect(await page.locator(id('record-entry')).count()).toBe(3)
})
