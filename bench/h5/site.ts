/** The H5 production build with a real gateway, and a browser with a long history on its disk. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { conversationId, type ConversationId } from '@/src/chat/conversation/conversation'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { NEUTRAL_SETTINGS } from '../../scripts/test/builds'
import { launchChromium } from '../../simulator/drive/chromium'
import { startServer, type ServerProcess } from '../gateway/processes'
import type { Filling, fill } from './fill'

const OUTPUT = 'dist/bench/h5'
const UID = 'reader'
const VIEWPORT = { viewport: { width: 375, height: 667 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, locale: 'zh-CN' }
/** Conversations besides the measured ones: the list renders its maximum number of rows. */
const OTHERS = 100
/** The maximum of the settings page. */
const LIMITS = { messagesPerConversation: 100_000, bytes: 150_000_000 }
const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
])

/** The conversation with `length` messages. */
export function conversationOf(length: number): ConversationId {
  return conversationId('peer', `with-${length}`)
}

/** One of the conversations that are all unread. */
export function unreadOf(index: number): ConversationId {
  return conversationId('peer', `unread-${index}`)
}

export class H5Site {
  private constructor(
    private readonly gateway: ServerProcess,
    private readonly stopServing: () => Promise<void>,
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    private readonly address: string,
  ) {}

  /** Builds, serves and fills. `lengths`: those of the conversations. `unread`: those of the conversations without a read message. */
  static async open(lengths: readonly number[], unread: readonly number[] = []): Promise<H5Site> {
    const gateway = await startServer('gateway')
    try {
      await buildH5(gateway.url)
      const { address, stop } = await serve(OUTPUT, await bundle('bench/h5/fill.ts'))
      const browser = await launchChromium()
      const context = await browser.newContext(VIEWPORT)
      await context.addInitScript(await bundle('bench/h5/probe.ts'))
      const site = new H5Site(gateway, stop, browser, context, address)
      const others = Array.from({ length: OTHERS }, (_, i) => ({ id: conversationId('peer', `other-${i}`), length: 1 }))
      const conversations = [...others, ...lengths.map((length) => ({ id: conversationOf(length), length })), ...unread.map((length, index) => ({ id: unreadOf(index), length, isUnread: true }))]
      await site.prepare({ person: { appId: LOCAL_APP_ID, uid: UID }, conversations })
      return site
    } catch (error) {
      await gateway.stop()
      throw error
    }
  }

  /** A tab that is logged in and shows the list of conversations. */
  async logIn(): Promise<Page> {
    const page = await this.context.newPage()
    page.on('pageerror', (error) => {
      throw error
    })
    await page.goto(`${this.address}/?uid=${UID}`)
    await page.waitForSelector('[data-testid="conversation-row"]')
    // Connected, so the login is complete.
    await page.waitForSelector('[data-testid="connection-banner"]', { state: 'detached' })
    return page
  }

  /** The tasks of `page`'s main thread while `work` runs: the processor time of each, ms. */
  async tasksDuring(page: Page, work: () => Promise<void>): Promise<number[]> {
    await this.browser.startTracing(page, { categories: ['toplevel', '__metadata', 'disabled-by-default-devtools.timeline'] })
    await work()
    return mainThreadTasks(JSON.parse((await this.browser.stopTracing()).toString()).traceEvents)
  }

  async close(): Promise<void> {
    await this.browser.close()
    await this.stopServing()
    await this.gateway.stop()
  }

  private async prepare(filling: Filling): Promise<void> {
    const page = await this.context.newPage()
    await page.goto(this.address)
    await page.waitForSelector('[data-testid="login-submit"]')
    // In the form in which uni.setStorageSync stores a text, since the build does not export it by name.
    await page.evaluate(([key, value]) => localStorage.setItem(key, value), ['setting/history-limits', JSON.stringify(LIMITS)] as const)
    await page.goto(`${this.address}/fill.html`)
    await page.evaluate((what) => (globalThis as unknown as { fill: typeof fill }).fill(what), filling)
    await page.close()
  }
}

/** The fields of Chromium's trace events that are used here. Times in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** The thread's processor time. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

function mainThreadTasks(events: readonly TraceEvent[]): number[] {
  const tasks = new Map<string, number[]>()
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  for (const event of events) if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') tasks.set(thread(event), [])
  for (const event of events) if (event.name === 'RunTask' && event.tdur !== undefined) tasks.get(thread(event))?.push(event.tdur / 1_000)
  // There may be a spare renderer, which is idle.
  return [...tasks.values()].reduce((most, each) => (sum(each) > sum(most) ? each : most), [])
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

async function buildH5(gatewayUrl: string): Promise<void> {
  await rm(OUTPUT, { recursive: true, force: true })
  const env = { ...process.env, NODE_ENV: 'production', ...NEUTRAL_SETTINGS, VITE_RTM_GATEWAY_URL: gatewayUrl, UNI_OUTPUT_DIR: path.resolve(OUTPUT) }
  const child = spawn(process.execPath, ['scripts/uni.mjs', 'build'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the H5 build failed:\n${printed}`)
}

/** Bundles a module of the bench as a script for a page. */
async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [file], bundle: true, format: 'iife', target: 'es2020', write: false })
  const [script] = outputFiles
  if (!script) throw new Error('esbuild wrote nothing')
  return script.text
}

async function serve(folder: string, fillScript: string): Promise<{ address: string; stop: () => Promise<void> }> {
  const root = path.resolve(folder)
  const extra = new Map([
    ['/fill.html', '<!doctype html><script src="/fill.js"></script>'],
    ['/fill.js', fillScript],
  ])
  const answer = async ({ url = '/' }: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(url, 'http://site')
    const name = pathname === '/' ? '/index.html' : pathname
    const type = TYPES.get(path.extname(name)) ?? 'application/octet-stream'
    try {
      const body = extra.get(name) ?? (await readFile(path.join(root, name)))
      response.writeHead(200, { 'Content-Type': type }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
