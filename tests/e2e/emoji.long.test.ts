// axe over the panel of emojis, which has hundreds of elements.
import { expect, test } from 'vitest'
import { violations } from '../support/axe'
import { chatWith, DESK, id, logIn, useBuiltH5 } from '../support/built-h5'

const h5 = useBuiltH5()
const emoji = (of: string) => `${id('emoji')}[data-emoji="${of}"]`

test.each([
  ['light', {}],
  ['dark, in English', { colorScheme: 'dark', locale: 'en-US' }],
  ['forced colours', { forcedColors: 'active' }],
] as const)('axe finds nothing in it: %s', { timeout: 180_000 }, async (_what, options) => {
  const page = await h5.tab({ ...DESK, ...options })
  await page.goto(h5.address())
  await logIn(page, 'alice')
  await chatWith(page, 'bob')
  await page.click(id('composer-emoji'))
  await page.click(emoji('😂'))
  await page.click(id('composer-emoji'))
  await page.click(id('composer-emoji'))
  await page.waitForSelector(id('emoji'))
  const found = await violations(page)
  await page.locator(emoji('👋')).click({ button: 'right' })
  await page.waitForSelector(id('emoji-tones-close'))
  expect([...found, ...(await violations(page))]).toEqual([])
})
