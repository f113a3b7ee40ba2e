/** Runs a built mini program in Chromium: one self-contained page on loopback, with real layout, touches and typing. */
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from './chromium'
import type { MiniProgram, PrivacyState, StartOptions, Theme, Where } from './driver'
import { readFolder, writeFolder } from './folder-disk'
import { proxiedRequest } from './http-request'
import { openPhone } from './phone'
import { runOptions } from './run-options'
import { RemoteMiniProgram, type Host } from './remote-mini-program'
import type { BrowserOptions, BrowserProgram } from '../runtime/browser'
import { PLAIN_PHONES } from '../runtime/phone-size'
import type { HttpRequest, OverProxy } from '../runtime/types'
import { compiledBuild, DEFAULT_DIST, RUNTIME_GLOBAL, runtimeScript } from '../compile/runtime-script'

const SHOTS = fileURLToPath(new URL('../../dist/test/shots', import.meta.url))
/** How long an unused browser stays open for the next test. */
const IDLE_MS = 2_000

/** The page's global variable that holds the running program. */
const PROGRAM = 'miniProgram'

export async function startInChromium(options: StartOptions = {}): Promise<MiniProgram> {
  const { bundle } = compiledBuild(options.dist ?? DEFAULT_DIST)
  const phone = openPhone(options.dir)
  let privacy = options.privacy ?? 'agreed'
  let online = options.online ?? true
  const html = () => pageHtml({ ...runOptions(bundle, phone, options), privacy, online, files: readFolder(phone.dir) })
  const server = await serve(html)
  const page = await borrowPage()
  await page.emulateMedia({ colorScheme: options.theme ?? 'light' })
  const errors: string[] = []
  const onError = (error: Error) => void errors.push(`uncaught: ${error.stack ?? error.message}`)
  page.on('pageerror', onError)
  await page.goto(server.url)

  const host: Host = {
    name: 'chromium',
    page,
    call: async (method, args) => {
      const result = await evaluate(page, 'call', [method, args])
      return method === 'problems' ? [...(result as string[]), ...errors] : result
    },
    tap: async (testId, where) => {
      const { x, y } = await pointOf(page, testId, where)
      await page.touchscreen.tap(x, y)
    },
    longPress: async (testId, where) => {
      const { x, y } = await pointOf(page, testId, where)
      const session = await page.context().newCDPSession(page)
      // The finger stays down until the press counts as one, however slow the machine is.
      const pressed = evaluate(page, 'nextLongPress', [])
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] })
      await pressed
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      await session.detach()
    },
    hold: async (testId, run, where) => {
      const { x, y } = await pointOf(page, testId, where)
      const session = await page.context().newCDPSession(page)
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] })
      await run(async (px) => void (await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x, y: y - px }] })))
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      await session.detach()
    },
    type: async (testId, text, where) => {
      await pointOf(page, testId, where)
      await evaluate(page, 'focusField', [testId, where, 'all'])
      if (text === '') await page.keyboard.press('Backspace')
      else await page.keyboard.insertText(text)
    },
    confirm: async (testId, where) => {
      await pointOf(page, testId, where)
      await evaluate(page, 'focusField', [testId, where, 'end'])
      await page.keyboard.press('Enter')
    },
    settled: async () => void (await evaluate(page, 'settled', [])),
    setTheme: (theme) => page.emulateMedia({ colorScheme: theme as Theme }),
    screenshot: async (name) => {
      fs.mkdirSync(SHOTS, { recursive: true })
      const file = path.join(SHOTS, `${name}.png`)
      await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
      return file
    },
    saveDisk,
    restart: async () => {
      await saveDisk()
      privacy = (await evaluate(page, 'call', ['privacy', []])) as PrivacyState
      online = (await evaluate(page, 'call', ['isOnline', []])) as boolean
      errors.length = 0
      await page.goto(server.url)
    },
    close: async () => {
      await saveDisk()
      page.off('pageerror', onError)
      await returnPage(page)
      server.close()
      phone.dispose()
    },
  }
  return new RemoteMiniProgram(host)

  async function saveDisk(): Promise<void> {
    writeFolder(phone.dir, (await evaluate(page, 'exportFiles', [])) as Record<string, string>)
  }
}

async function pointOf(page: Page, testId: string, where?: Where): Promise<{ x: number; y: number }> {
  return (await evaluate(page, 'pointOf', [testId, where])) as { x: number; y: number }
}

function evaluate(page: Page, method: keyof BrowserProgram, args: readonly unknown[]): Promise<unknown> {
  return page.evaluate(
    ([global, name, given]) => {
      const program = (window as unknown as Record<string, Record<string, (...args: unknown[]) => unknown>>)[global as string]
      const run = program?.[name as string]
      if (!run) throw new Error('the mini program did not start')
      return run(...(given as unknown[]))
    },
    [PROGRAM, method, args] as const,
  )
}

function pageHtml(options: BrowserOptions): string {
  const css = fs.readFileSync(new URL('../runtime/base.css', import.meta.url), 'utf8')
  return `<!doctype html><html lang="${options.language.startsWith('zh') ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><title>Mini program</title><meta name="viewport" content="width=device-width,initial-scale=1"><style>${css}</style></head>
<body><div id="phone"></div>
<script>${inScript(runtimeScript())}</script>
<script>window.${PROGRAM} = ${RUNTIME_GLOBAL}.startInPage(${inScript(JSON.stringify(options))}, document.getElementById('phone'))</script>
</body></html>`
}

function inScript(source: string): string {
  return source.replace(/<\/script/gi, '<\\/script').replace(/<!--/g, '<\\!--')
}

interface PageServer {
  readonly url: string
  close(): void
}

/** The page, and the proxy for its wx.request. */
async function serve(html: () => string): Promise<PageServer> {
  const server = http.createServer((request, response) => {
    if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html())
    else if (request.url === '/request') void forward(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function forward(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const wanted = JSON.parse(Buffer.concat(chunks).toString('utf8')) as OverProxy<HttpRequest>
  // The program has aborted it.
  const answer = await proxiedRequest(wanted, (abort) => response.once('close', abort)).catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}

let shared: Promise<Browser> | undefined
let users = 0
let idle: NodeJS.Timeout | undefined
/** Blank pages ready for a program. Reusing one is several times faster than opening one. Each program has an origin of its own. */
const spare: Page[] = []

/** Takes a page of the one browser that all programs of this process share. */
async function borrowPage(): Promise<Page> {
  clearTimeout(idle)
  users++
  shared ??= launchChromium()
  const known = spare.pop()
  if (known) return known
  const { width, height, pixelRatio } = PLAIN_PHONES.ios
  const context = await (await shared).newContext({ viewport: { width, height }, deviceScaleFactor: pixelRatio, hasTouch: true, isMobile: true })
  return context.newPage()
}

async function returnPage(page: Page): Promise<void> {
  await page.goto('about:blank')
  spare.push(page)
  users--
  if (users > 0) return
  idle = setTimeout(() => {
    spare.length = 0
    void shared?.then((browser) => browser.close())
    shared = undefined
  }, IDLE_MS)
}
