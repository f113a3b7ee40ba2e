// What takes and plays media on H5, in Chromium with its fake microphone, under a policy as strict as the page's.
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build, type Plugin } from 'vite'
import { thumbHashToApproximateAspectRatio } from 'thumbhash'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../../simulator/drive/chromium'
import { mp3Duration } from '../../simulator/wx/media/mp3'
import { pictureHeader } from '../../simulator/wx/media/picture-header'
import { VOICE_MP3 } from '../../simulator/wx/media/voice-sound'
import { samplePicture, withExif } from '../support/wx-phone'

const require = createRequire(import.meta.url)
const root = resolve(__dirname, '../..')
const MODULES = ['take-pictures', 'take-video', 'take-file', 'take-place', 'record-voice', 'play-voice', 'save-to-album']
const POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; img-src 'self' blob:; media-src 'self' blob:"

let browser: Browser
let page: Page
let address: string
let close = () => {}

/** The modules for H5, by the names of their files, as a global of the page. */
async function builtModules(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const { initPreContext, preJs } = require('@dcloudio/uni-cli-shared')
  initPreContext('h5', undefined, 'h5', false)
  const entry: Plugin = {
    name: 'entry',
    enforce: 'pre',
    resolveId: (id) => (id === 'entry' ? '\0entry' : undefined),
    load: (id) => (id === '\0entry' ? `${MODULES.map((name, index) => `import * as m${index} from '@/src/platform/media/${name}'`).join('\n')}\nwindow.media = Object.assign({}, ${MODULES.map((_, index) => `m${index}`).join(', ')})` : undefined),
    transform: (code, id) => (code.includes('#endif') && !id.includes('node_modules') ? { code: preJs(code, id), map: null } : undefined),
  }
  const bundle = await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    plugins: [entry],
    resolve: { alias: [{ find: /^@\//, replacement: `${root}/` }] },
    build: { write: false, minify: false, target: 'esnext', modulePreload: { polyfill: false }, rollupOptions: { input: 'entry', output: { entryFileNames: 'entry.js' } } },
  })
  const { output } = bundle as { output: readonly { fileName: string; code?: string; source?: string | Uint8Array }[] }
  return new Map(output.map(({ fileName, code, source }) => [`/${fileName}`, code ?? source ?? '']))
}

beforeAll(async () => {
  const files = await builtModules()
  const server = createServer(({ url = '/' }, response) => {
    const file = files.get(url)
    if (url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><script type="module" src="entry.js"></script><button id="go">go</button>`)
    else if (url === '/voice.mp3') response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(Buffer.from(VOICE_MP3, 'base64'))
    else if (file === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'text/javascript' }).end(file)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  browser = await launchChromium(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'])
  close = () => {
    server.closeAllConnections()
    server.close()
  }
})

afterAll(async () => {
  await browser.close()
  close()
})

const problems: string[] = []

beforeEach(async () => {
  problems.length = 0
  const context = await browser.newContext({ permissions: ['microphone', 'geolocation'], geolocation: { latitude: 31.5, longitude: 121.25 } })
  page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  await page.goto(address)
  await page.waitForFunction(() => 'media' in window)
  return () => context.close()
})

/** Runs a function of the modules in a tap, and gives its choosers these files. */
async function take(call: string, files: readonly { name: string; mimeType: string; buffer: Buffer }[]): Promise<unknown> {
  await page.evaluate((code) => {
    const run = new Promise((resolve) => document.getElementById('go')?.addEventListener('click', () => resolve(code.split('.').reduce((run: unknown, name) => (run as Record<string, () => unknown>)[name], (window as unknown as { media: object }).media as unknown)), { once: true }))
    const given = window as unknown as { taken: Promise<unknown> }
    given.taken = run.then((start) => (start as () => Promise<unknown>)())
  }, call)
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#go')])
  await chooser.setFiles([...files])
  return page.evaluate(async () => {
    const read = async (file: Record<string, unknown>) => ({ ...file, source: [...new Uint8Array(await (file['source'] as Blob).arrayBuffer())] })
    const answer = (await (window as unknown as { taken: Promise<unknown> }).taken) as { ok: boolean; value: { files: Record<string, unknown>[]; left: unknown[] } }
    return answer.ok ? { ...answer, value: { ...answer.value, files: await Promise.all(answer.value.files.map(read)) } } : answer
  })
}

type Answer = { ok: true; value: { files: { source: number[]; bytes: number; thumb: string; width: number }[]; left: unknown[] } }

describe('on H5', () => {
  it('pictures are upright, at most 1,920 px, and tell nothing of camera and place', async () => {
    const photo = Buffer.from(withExif(await samplePicture(3_000, 1_500), 6))
    const answer = (await take('takePictures', [
      { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo },
      { name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') },
      { name: 'phone.heic', mimeType: 'image/heic', buffer: Buffer.from('no picture') },
    ])) as Answer
    expect(answer).toMatchObject({ ok: true, value: { files: [{ kind: 'image', name: 'photo.jpg', mime: 'image/jpeg', width: 960, height: 1920 }], left: [{ name: 'broken.jpg', why: 'unreadable' }, { name: 'phone.heic', why: 'heic' }] } })
    const [{ source, bytes, thumb }] = answer.value.files as [Answer['value']['files'][0]]
    const written = Buffer.from(source)
    expect(written).toHaveLength(bytes)
    expect(pictureHeader(written)).toEqual({ type: 'jpeg', width: 960, height: 1920, orientation: 1 })
    expect(written.includes('secret place')).toBe(false)
    expect(thumb.length).toBeLessThanOrEqual(36)
    expect(thumbHashToApproximateAspectRatio(Buffer.from(thumb, 'base64'))).toBeLessThan(0.8)
    expect(problems).toEqual([])
  })

  it('files come with their types', async () => {
    const answer = await take('takeFiles', [{ name: '报价.pdf', mimeType: 'application/pdf', buffer: Buffer.from('pdf') }])
    expect(answer).toMatchObject({ ok: true, value: { files: [{ kind: 'file', name: '报价.pdf', mime: 'application/pdf', bytes: 3 }] } })
  })

  it('a place is where the browser is', async () => {
    expect(await page.evaluate(() => (window as unknown as { media: { takePlace(): unknown } }).media.takePlace())).toMatchObject({ ok: true, value: { lat: 31.5, lng: 121.25, name: '' } })
  })

  it('a recording is MP3 of 16 kHz with its levels, made in a worker', async () => {
    const voice = await page.evaluate(async () => {
      const { recordVoice } = (window as unknown as { media: { recordVoice(options: object): Promise<{ ok: true; value: { stop(): Promise<Record<string, unknown>> } }> } }).media
      let heard = 0
      let enough = () => {}
      const loud = new Promise<void>((resolve) => (enough = resolve))
      const recording = await recordVoice({ onLevel: () => ++heard === 30 && enough() })
      if (!recording.ok) return recording as never
      await loud
      const file = await recording.value.stop()
      return { ...file, source: [...new Uint8Array(await (file['source'] as Blob).arrayBuffer())] }
    })
    expect(voice).toMatchObject({ kind: 'voice', mime: 'audio/mpeg', levels: expect.stringMatching(/^[0-9a-v]{32}$/) })
    const { source, ms, bytes, levels } = voice as unknown as { source: number[]; ms: number; bytes: number; levels: string }
    expect(source).toHaveLength(bytes)
    const first = Uint8Array.from(source)
    // MPEG-2, layer III, 16 kHz, 24 kbit/s, mono.
    expect([first[0], (first[1] ?? 0) & 0xfe, (first[2] ?? 0) & 0xfc, (first[3] ?? 0) >> 6]).toEqual([0xff, 0xf2, 0x38, 3])
    expect(Math.abs((mp3Duration(first) ?? 0) - ms)).toBeLessThan(600)
    // The fake microphone beeps.
    expect(new Set(levels).size).toBeGreaterThan(1)
    expect(problems).toEqual([])
  })

  it('a microphone that is not allowed is a refusal', async () => {
    await page.context().clearPermissions()
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
    })
    expect(await page.evaluate(() => (window as unknown as { media: { recordVoice(): unknown } }).media.recordVoice())).toMatchObject({ ok: false, reason: 'no-permission' })
  })

  it('voices play one at a time, and to their end', async () => {
    const ends = await page.evaluate(async () => {
      const { playVoice, setVoiceSpeed } = (window as unknown as { media: { playVoice(address: string, listeners: { onEnd(how: string): void }): void; setVoiceSpeed(speed: number): void } }).media
      const told: string[] = []
      setVoiceSpeed(2)
      playVoice('voice.mp3', { onEnd: (how) => told.push(`first ${how}`) })
      await new Promise<void>((resolve) => {
        playVoice('voice.mp3', {
          onEnd: (how) => {
            told.push(`second ${how}`)
            resolve()
          },
        })
      })
      await new Promise<void>((resolve) => {
        playVoice('missing.mp3', {
          onEnd: (how) => {
            told.push(`third ${how}`)
            resolve()
          },
        })
      })
      return told
    })
    expect(ends).toEqual(['first interrupted', 'second over', 'third failed'])
  })
})
