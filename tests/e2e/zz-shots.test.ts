import { test } from 'vitest'
import { chatWith, DESK, id, logIn, PHONE, useBuiltH5, says } from '../support/built-h5'
const h5 = useBuiltH5({ rateLimits: false })
for (const [name, options] of [
  ['h5-phone-zh-light', { ...PHONE, colorScheme: 'light' }],
  ['h5-phone-en-dark', { ...PHONE, colorScheme: 'dark', locale: 'en-US' }],
  ['h5-wide-en-light', { ...DESK, viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1, locale: 'en-US', colorScheme: 'light' }],
  ['h5-wide-zh-dark', { ...DESK, viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1, colorScheme: 'dark' }],
  ['h5-small-zh-light', { ...PHONE, viewport: { width: 320, height: 568 } }],
] as const) test(name, async () => {
  const page = await h5.tab(options as never)
  await page.goto(h5.address())
  await logIn(page, `alice-${name}`)
  await chatWith(page, 'bob')
  await says(page, 'hello')
  await page.click(id('composer-emoji'))
  await page.waitForSelector(id('emoji'))
  await page.screenshot({ path: `/tmp/h/shots/${name}.png` })
  for (const e of ['😂', '👋', '👍', '🤣']) { await page.locator(`${id('emoji')}[data-emoji="${e}"]`).click() }
  await page.click(id('composer-emoji'))
  await page.click(id('composer-emoji'))
  await page.waitForSelector(id('emoji'))
  await page.screenshot({ path: `/tmp/h/shots/${name}-2.png` })
  await page.locator(`${id('emoji')}[data-emoji="👋"]`).first().click({ button: 'right' })
  if (name.includes('wide')) await page.waitForSelector(id('emoji-tones-close'))
  await page.screenshot({ path: `/tmp/h/shots/${name}-3.png` })
})
