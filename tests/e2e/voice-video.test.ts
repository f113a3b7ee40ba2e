// Voice and video on the built H5, with Chromium's fake microphone: recorded by holding the bar, cancelled, sent, heard, and a video chosen and played.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { mp3Duration } from '../../simulator/wx/media/mp3'
import { FileClient } from '../support/file-client'
import { encode } from '../../src/chat/message/envelope'
import { VOICE_MP3 } from '../../simulator/wx/media/voice-sound'
import { chatWith, connected, DESK, id, PHONE, useBuiltH5 } from '../support/built-h5'
import type { GatewayClient } from '../support/gateway-client'

const h5 = useBuiltH5(
  { rateLimits: false, files: {} },
  { isQuiet: true, flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] },
)

/** Two seconds, 160 × 120, H.264 and AAC. */
const CLIP = readFileSync(path.resolve(__dirname, '../support/clip.mp4'))

interface SentVoice {
  readonly kind: string
  readonly url: string
  readonly sha256: string
  readonly bytes: number
  readonly ms: number
  readonly levels: string
}

/** A page as `uid` in the thread with `peer`. */
async function openChat(uid: string, peer: string, options = DESK): Promise<Page> {
  const page = await h5.tab({ ...options, permissions: ['microphone'] })
  // Each tab is another user: the sessions of a profile would be shared.
  await page.goto(`${h5.address()}?uid=${uid}`)
  await connected(page)
  await chatWith(page, peer)
  return page
}

const voicesOf = (client: GatewayClient) => client.all('peer').map(({ text }) => JSON.parse(text) as SentVoice).filter(({ kind }) => kind === 'voice')

async function centre(page: Page, hook: string): Promise<{ readonly x: number; readonly y: number }> {
  const box = await page.locator(id(hook)).boundingBox()
  if (!box) throw new Error(`${hook} is not shown`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

const time = (page: Page, text: string) => vi.waitFor(async () => expect(await page.locator(id('voice-time')).textContent()).toBe(text), 20_000)
const label = async (page: Page) => (await page.locator(id('voice-bar')).textContent())?.trim()

test('a mouse that holds the bar records, and the other side gets MP3 of that length', { timeout: 90_000 }, async () => {
  const page = await openChat('alice', 'bob')
  const bob = await h5.client('bob')
  await page.click(id('composer-voice'))
  await page.waitForSelector(id('voice-bar'))
  const { x, y } = await centre(page, 'voice-bar')
  await page.mouse.move(x, y)
  await page.mouse.down()
  await time(page, '0:02')
  expect(await label(page)).toBe('松开 发送')
  await page.screenshot({ path: 'dist/test/shots/h5-voice-recording.png' })
  await page.mouse.up()
  await page.waitForSelector(id('message-voice'))
  await vi.waitFor(() => expect(voicesOf(bob)).toHaveLength(1), 20_000)
  const [voice] = voicesOf(bob) as [SentVoice]
  const { body } = await FileClient.with(h5.gateway(), '').ask(voice.url)
  expect([body.length, createHash('sha256').update(body).digest('hex')]).toEqual([voice.bytes, voice.sha256])
  expect(voice.levels).toMatch(/^[0-9a-v]{32}$/)
  expect(voice.ms).toBeGreaterThanOrEqual(2_000)
  expect(Math.abs((mp3Duration(body) ?? 0) - voice.ms)).toBeLessThan(600)
  await page.screenshot({ path: 'dist/test/shots/h5-voice-row.png' })
})

test('a finger that slides up cancels, and one that slides back sends', { timeout: 90_000 }, async () => {
  const page = await openChat('alice', 'bob', PHONE)
  const bob = await h5.client('bob')
  await page.tap(id('composer-voice'))
  await page.waitForSelector(id('voice-bar'))
  const { x, y } = await centre(page, 'voice-bar')
  const finger = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) => finger.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x, y: at }] })
  await touch('touchStart', y)
  await time(page, '0:01')
  await touch('touchMove', y - 80)
  await vi.waitFor(async () => expect(await label(page)).toBe('松开 取消'))
  await page.screenshot({ path: 'dist/test/shots/h5-voice-cancelling.png' })
  await touch('touchEnd')
  await page.waitForSelector(id('voice-state'), { state: 'detached' })
  await touch('touchStart', y)
  await time(page, '0:01')
  await touch('touchMove', y - 80)
  await vi.waitFor(async () => expect(await label(page)).toBe('松开 取消'))
  await touch('touchMove', y - 20)
  await vi.waitFor(async () => expect(await label(page)).toBe('松开 发送'))
  await touch('touchEnd')
  await vi.waitFor(() => expect(voicesOf(bob)).toHaveLength(1), 20_000)
  expect(await page.locator(id('message-voice')).count()).toBe(1)
})

test('a voice that is tapped is followed by the next unheard one, at the speed that was chosen', { timeout: 90_000 }, async () => {
  const page = await h5.tab(DESK)
  // Their ends come when the test says so.
  await page.addInitScript(() => {
    const played: HTMLAudioElement[] = []
    Object.assign(window, { played })
    HTMLMediaElement.prototype.play = function () {
      played.push(this as HTMLAudioElement)
      return Promise.resolve()
    }
  })
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  await chatWith(page, 'bob')
  const store = await FileClient.login(h5.gateway(), 'bob')
  const bob = await h5.client('bob')
  for (const id of ['v1', 'v2']) {
    const { json } = await store.upload(Buffer.from(VOICE_MP3, 'base64'), { kind: 'voice', name: 'a.mp3', mime: 'audio/mpeg' })
    const stored = json as { url: string; bytes: number; mime: string; sha256: string; ms: number }
    await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id, body: { kind: 'voice', ...stored, levels: '0v'.repeat(16) } }, 'rich') })
  }
  const voices = page.locator(id('message-voice'))
  await vi.waitFor(async () => expect(await voices.count()).toBe(2), 20_000)
  const areNew = async () => (await voices.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')?.endsWith('，未听'))))
  const played = () => page.evaluate(() => (window as unknown as { played: HTMLAudioElement[] }).played.map(({ playbackRate }) => playbackRate))
  const end = (index: number) => page.evaluate((at) => (window as unknown as { played: HTMLAudioElement[] }).played[at]?.dispatchEvent(new Event('ended')), index)
  await page.screenshot({ path: 'dist/test/shots/h5-voice-unheard.png' })
  await voices.first().click()
  await vi.waitFor(async () => expect(await played()).toEqual([1]))
  expect(await areNew()).toEqual([false, true])
  // The ear is the phone's.
  expect(await page.locator(id('voice-speaker')).count()).toBe(0)
  await page.click(id('voice-speed'))
  await vi.waitFor(async () => expect(await page.locator(id('voice-speed')).textContent()).toBe('1.5×'))
  await page.screenshot({ path: 'dist/test/shots/h5-voice-playing.png' })
  expect(await played()).toEqual([1.5])
  await end(0)
  // The first one was closed, which resets its speed.
  await vi.waitFor(async () => expect(await played()).toEqual([1, 1.5]))
  expect(await areNew()).toEqual([false, false])
  await end(1)
  await vi.waitFor(async () => expect(await page.locator(id('voice-speed')).count()).toBe(0))
  expect(await played()).toHaveLength(2)
})

test('a video is chosen from a file, arrives, and plays in the viewer', { timeout: 90_000 }, async () => {
  const page = await openChat('alice', 'bob')
  const bob = await h5.client('bob')
  await page.click(id('composer-attach'))
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click(`${id('attach-item')}[data-kind="video"]`)])
  await chooser.setFiles([{ name: 'clip.mp4', mimeType: 'video/mp4', buffer: CLIP }])
  await page.waitForSelector(id('message-video'))
  const videos = () => bob.all('peer').map(({ text }) => JSON.parse(text) as SentVoice & { readonly width: number; readonly height: number }).filter(({ kind }) => kind === 'video')
  await vi.waitFor(() => expect(videos()).toHaveLength(1), 20_000)
  expect(videos()[0]).toMatchObject({ width: 160, height: 120, mime: 'video/mp4' })
  expect(Math.abs((videos()[0]?.ms ?? 0) - 2_000)).toBeLessThan(200)
  await page.click(id('message-video'))
  const video = page.locator(id('viewer-video'))
  await video.waitFor()
  await vi.waitFor(async () => expect(await video.evaluate((element) => (element as HTMLVideoElement).currentTime)).toBeGreaterThan(0), 20_000)
  await page.screenshot({ path: 'dist/test/shots/h5-viewer-video.png' })
})
