// Which pictures of a long thread the built H5 loads, and how many at a time.
import { expect, test, vi } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { connected, DESK, id, useBuiltH5 } from '../support/built-h5'
import { FileClient } from '../support/file-client'
import { samplePicture } from '../support/wx-phone'

const h5 = useBuiltH5({ rateLimits: false, files: {} })
const PICTURES = 60

test('only pictures near the screen are loaded, three at a time, and others when the reader comes to them', { timeout: 90_000 }, async () => {
  const page = await h5.tab(DESK)
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  const bob = await h5.client('bob')
  const store = await FileClient.login(h5.gateway(), 'carol')
  const urls: string[] = []
  for (let index = 0; index < PICTURES; index++) {
    const { json } = await store.upload(Buffer.from(await samplePicture(400, 300 + index)), { kind: 'image', name: 'a.jpg', mime: 'image/jpeg' })
    urls.push(json.url)
    await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: `m${index}`, body: { kind: 'image', thumb: 'YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw==', ...json } }, 'rich') })
  }
  /** The pictures that were asked for, by their numbers, and how many of these requests were open at most. */
  const asked: number[] = []
  let [open, most] = [0, 0]
  const held: (() => void)[] = []
  let isHeld = true
  await page.route('**/f/*', async (route) => {
    asked.push(urls.indexOf(new URL(route.request().url()).pathname))
    most = Math.max(most, ++open)
    if (isHeld) await new Promise<void>((go) => held.push(go))
    open--
    await route.continue()
  })
  await vi.waitFor(async () => expect(await page.locator(id('conversation-unread')).textContent()).toBe(String(PICTURES)), 20_000)
  // It opens at the first one, which is unread.
  await page.locator(id('conversation-row')).click()
  await vi.waitFor(() => expect(asked).toHaveLength(3), 20_000)
  // The reader jumps to the end before the others had their turn.
  await page.click(id('jump-to-latest'))
  await vi.waitFor(async () => expect(await page.locator(`${id('message-row')}[data-id="m${PICTURES - 1}"]`).isVisible()).toBe(true), 20_000)
  isHeld = false
  for (const go of held.splice(0)) go()
  const near = () => asked.filter((index) => index >= PICTURES - 20)
  await vi.waitFor(() => expect(near().length).toBeGreaterThanOrEqual(12), 20_000)
  expect(most).toBe(3)
  expect(asked.filter((index) => index >= 20 && index < PICTURES - 20)).toEqual([])
  // The reader goes back to the first ones, and those that had no turn are loaded now.
  await page.click(id('jump-to-unread'))
  await vi.waitFor(() => expect(asked.filter((index) => index < 20).length).toBeGreaterThanOrEqual(10), 20_000)
  expect(most).toBe(3)
  expect(new Set(asked).size).toBe(asked.length)
})
