// Pictures and files on the built H5: chosen, looked at, sent with a caption, and those of another client shown.
import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { encode, type OutgoingMessage } from '../../src/chat/message/envelope'
import { FileClient } from '../support/file-client'
import { chatWith, connected, DESK, id, says, shows, useBuiltH5 } from '../support/built-h5'
import { samplePicture } from '../support/wx-phone'

const h5 = useBuiltH5({ rateLimits: false, files: {} })

async function openChat(): Promise<Page> {
  const page = await h5.tab(DESK)
  page.on('console', (message) => expect(message.text()).not.toMatch(/Content Security Policy/))
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  await chatWith(page, 'bob')
  return page
}

async function choose(page: Page, kind: string, files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  await page.click(id('composer-attach'))
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click(`${id('attach-item')}[data-kind="${kind}"]`)])
  await chooser.setFiles(files)
}

/** The picture in a row, once it has loaded: its own width. */
const loaded = (page: Page, index: number) =>
  vi.waitFor(async () => {
    const width = await page.locator(id('message-image')).nth(index).locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)
    expect(width).toBeGreaterThan(0)
    return width
  }, 20_000)

test('pictures are looked at, go with a caption, and are shown in their rows', { timeout: 90_000 }, async () => {
  const page = await openChat()
  const bob = await h5.client('bob')
  const pictures = await Promise.all([samplePicture(400, 300), samplePicture(300, 400)])
  await choose(page, 'image', pictures.map((bytes, index) => ({ name: `${index}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) })))
  await page.waitForSelector(id('attach-preview'))
  expect(await page.locator(id('attach-remove')).count()).toBe(2)
  await page.locator(`${id('attach-caption')} input`).fill('周末的照片')
  await page.screenshot({ path: 'dist/test/shots/h5-attach-preview.png' })
  await page.click(id('attach-send'))
  await vi.waitFor(async () => expect(await page.locator(id('message-image')).count()).toBe(2), 20_000)
  await says(page, '好看吗')
  type Sent = { kind: string; text?: string; url: string; sha256: string; bytes: number }
  const envelopes = () => bob.all('peer').map(({ text }) => JSON.parse(text) as Sent).filter(({ kind }) => kind !== 'typing')
  await vi.waitFor(() => expect(envelopes()).toHaveLength(3), 20_000)
  const sent = envelopes()
  expect(sent.map(({ kind, text }) => [kind, text])).toEqual([
    ['image', '周末的照片'],
    ['image', undefined],
    ['text', '好看吗'],
  ])
  const stored = await FileClient.with(h5.gateway(), '').ask(sent[0]!.url)
  expect([stored.body.length, createHash('sha256').update(stored.body).digest('hex')]).toEqual([sent[0]!.bytes, sent[0]!.sha256])
  await loaded(page, 0)
  await loaded(page, 1)
  await page.screenshot({ path: 'dist/test/shots/h5-media.png' })
  await page.locator(id('message-image')).first().click()
  await page.waitForSelector(id('viewer-image'))
  await page.screenshot({ path: 'dist/test/shots/h5-viewer.png' })
  await page.goBack()
  await page.waitForSelector(id('message-image'))
  // After a reload they come from this device.
  await page.reload()
  await page.waitForSelector(id('message-image'))
  await loaded(page, 0)
})

test('of more than nine chosen files nine go, and the dialog names the others', { timeout: 90_000 }, async () => {
  const page = await openChat()
  await choose(page, 'file', Array.from({ length: 16 }, (_, index) => ({ name: `${index}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') })))
  await page.waitForSelector('.uni-modal__bd')
  const line = (index: number) => `${index}.txt：一次最多发送 9 个。`
  expect(await page.locator('.uni-modal__bd').textContent()).toBe([9, 10, 11, 12, 13].map(line).concat('还有 2 个').join('\n'))
  await page.click('.uni-modal__btn_primary')
  await vi.waitFor(async () => expect(await page.locator(id('message-file')).count()).toBe(9), 20_000)
})

test('a picture that comes keeps the list where it is, and is shown once it has been loaded', { timeout: 90_000 }, async () => {
  const page = await openChat()
  const store = await FileClient.login(h5.gateway(), 'carol')
  const { json } = await store.upload(Buffer.from(await samplePicture(400, 300)), { kind: 'image', name: 'a.jpg', mime: 'image/jpeg' })
  const bob = await h5.client('bob')
  const say = (envelope: OutgoingMessage) => bob.ask({ t: 'peer', to: 'alice', text: encode(envelope, 'rich') })
  await say({ kind: 'message', id: 'm1', body: { kind: 'image', thumb: 'YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw==', ...(json as { url: string; bytes: number; mime: string; sha256: string; width: number; height: number }) } })
  await say({ kind: 'message', id: 'm2', body: { kind: 'text', text: '收到了吗' } })
  await shows(page, '收到了吗')
  const box = () => page.locator(id('message-image')).boundingBox()
  const before = await box()
  await loaded(page, 0)
  expect(await box()).toEqual(before)
})

test('a picture that the store does not have any more says so', { timeout: 90_000 }, async () => {
  const page = await openChat()
  const bob = await h5.client('bob')
  const body = { kind: 'image' as const, url: '/f/AAAAAAAAAAAAAAAAAAAAAA', bytes: 500, mime: 'image/jpeg', sha256: 'a'.repeat(64), width: 40, height: 30, thumb: 'YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw==' }
  await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: 'gone', body }, 'rich') })
  await vi.waitFor(async () => expect(await page.locator(id('message-image')).textContent()).toBe('已过期'), 20_000)
})
