// The development server against other programs, other pages and other users of the network: it serves its own page, and nothing else. It runs in a copy of
// the project with secrets in it. node_modules is outside of the copy, as in a workspace.
import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { lanAddress } from '../../scripts/start/network'
import { launchChromium } from '../../simulator/drive/chromium'
import { attackAddresses, cut, expectRefused, foreignHosts, foreignOrigins, SECRET, send, statusOf, SUFFIXES, UPGRADE } from '../support/attacks'
import { commandsIn, processesOf, untilPrinted, type Started } from '../support/commands'
import { freePort } from '../support/ports'
import { copyProject } from '../support/project-copy'

const root = fileURLToPath(new URL('../..', import.meta.url))
const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'dev-server-')))
const copy = path.join(parent, 'project')
const { run, endAll } = commandsIn(copy)

beforeAll(() => {
  copyProject(root, copy)
  const secrets = ['.env', '.env.local', '.npmrc', '.git/config', '.git/HEAD', 'private.key', 'src/lib/rtm.miniapp.js', 'static/.hidden', 'static/upload.key', 'static/server.PEM', 'static/id_rsa', 'src/notes.txt', '../outside.txt', '../elsewhere/outside.txt', '../outside.map']
  for (const file of secrets) {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true })
    writeFileSync(path.join(copy, file), file.includes('.env') ? `OTHER_SETTING=${SECRET}\n` : file.endsWith('.map') ? JSON.stringify({ sources: [], sourcesContent: [SECRET] }) : `# ${SECRET}\n`)
  }
  symlinkSync(path.join(parent, 'outside.txt'), path.join(copy, 'static/link.txt'))
  writeFileSync(path.join(copy, 'static/large.bin'), Buffer.alloc(5_000_000, 'x'))
  symlinkSync(path.join(parent, 'elsewhere'), path.join(copy, 'static/folder'))
})
afterAll(async () => {
  await endAll()
  rmSync(parent, { recursive: true, force: true })
})

interface Server {
  readonly command: Started
  readonly host: string
  readonly port: number
  readonly origin: string
}

async function started(command: 'start' | 'start --lan' | 'dev:h5'): Promise<Server> {
  const [port, gatewayPort] = [await freePort(), await freePort()]
  const host = command === 'start --lan' ? lanAddress(networkInterfaces())! : '127.0.0.1'
  const args = command === 'dev:h5' ? ['run', 'dev:h5', '--', '--host', host, '--strictPort'] : ['start', '--', '--no-mini-program', ...command.split(' ').slice(1)]
  const running = run('npm', [...args, '--port', String(port)], { GATEWAY_PORT: String(gatewayPort), ...(command === 'dev:h5' && { VITE_RTM_GATEWAY_URL: `ws://127.0.0.1:${gatewayPort}/rtm` }) })
  await untilPrinted(running, command === 'dev:h5' ? 'ready in' : 'Ctrl-C')
  return { command: running, host, port, origin: `http://${host}:${port}` }
}

/** Without a network there is no LAN address, and `--lan` says so instead of starting. */
const hasLan = lanAddress(networkInterfaces()) !== undefined

/** The number of open files and sockets of the command and its processes. Known on Linux only. */
function openFiles(command: Started): number {
  if (process.platform !== 'linux') return 0
  return processesOf(command.child).reduce((sum, { pid }) => sum + readdirSync(`/proc/${pid}/fd`).length, 0)
}

describe.each(['start', ...(hasLan ? (['start --lan'] as const) : []), 'dev:h5'] as const)('npm run %s', (command) => {
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    server = await started(command)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    await endAll()
  })

  /** A style sheet that the page has loaded, requested as by a link. */
  const servedStyle = async () => {
    const page = await browser.newPage()
    const style = page.waitForResponse((response) => new URL(response.url()).pathname.endsWith('.css'))
    await page.goto(server.origin)
    const { pathname } = new URL((await style).url())
    await page.close()
    expect(statusOf(await ask(pathname, 'Accept: text/css'))).toBe(200)
    return pathname
  }
  const get = (target: string, headers: readonly string[] = [`Host: ${server.host}:${server.port}`], method = 'GET') =>
    send(server, [`${method} ${target} HTTP/1.1`, ...headers, 'Connection: close'])
  /** The headers of Vite's client besides its origin. */
  const socketToken = async () => /const wsToken = "([^"]+)"/.exec(await ask('/@vite/client'))![1]!
  /** A request of the page's own, with other headers. */
  const ask = (target: string, ...headers: string[]) => get(target, [`Host: ${server.host}:${server.port}`, ...headers])

  // A crashed server refuses everything.
  afterEach(async () => expect(statusOf(await ask('/'))).toBe(200))

  it('serves the page with all its files, and follows a change of its sources', async () => {
    const page = await browser.newPage()
    const failed: string[] = []
    page.on('response', (response) => response.status() >= 400 && failed.push(`${response.status()} ${response.url()}`))
    // The reload ends what the page still loads in the background.
    page.on('requestfailed', (request) => request.failure()?.errorText !== 'net::ERR_ABORTED' && failed.push(request.url()))
    page.on('console', (message) => message.type() === 'error' && failed.push(message.text()))
    const hotUpdates = page.waitForEvent('websocket', (socket) => socket.url().startsWith(`ws://${server.host}:${server.port}/`))
    await page.goto(`${server.origin}/?uid=alice`)
    const socket = await hotUpdates
    if (command === 'dev:h5') {
      // No gateway runs here, and the page says so.
      await page.locator('[data-testid="connection-banner"]').waitFor({ timeout: 60_000 })
    } else {
      await page.locator('[data-testid="conversation-list"]').waitFor({ timeout: 60_000 })
      await page.locator('[data-testid="new-chat"]').click()
      await page.locator('[data-testid="new-chat-id"] input').fill('bob')
      await page.locator('[data-testid="new-chat-submit"]').click()
      await page.locator('[data-testid="composer-input"] textarea').waitFor()
    }
    const isGateway = (line: string) => line.includes('/rtm') && command === 'dev:h5'
    expect(failed.filter((line) => !isGateway(line))).toEqual([])

    // A new module, and through it a worker, which is not an import.
    const update = socket.waitForEvent('framereceived', ({ payload }) => String(payload).includes('full-reload'))
    writeFileSync(path.join(copy, 'src/added.worker.ts'), `postMessage('from the worker')\n`)
    writeFileSync(
      path.join(copy, 'src/added.ts'),
      `const worker = new Worker(new URL('./added.worker.ts', import.meta.url), { type: 'module' })\nworker.onmessage = ({ data }) => Object.assign(window, { added: data })\n`,
    )
    appendFileSync(path.join(copy, 'main.ts'), `\nimport '@/src/added'\n`)
    await update
    await page.waitForFunction(() => (window as { added?: string }).added === 'from the worker')
    expect(failed.filter((line) => !isGateway(line))).toEqual([])
    writeFileSync(path.join(copy, 'main.ts'), readFileSync(path.join(root, 'main.ts')))
    await page.close()
  }, 120_000)

  it('serves images of static/, and source maps of served files', async () => {
    for (const target of ['/', '/index.html', '/?uid=alice', '/main.ts', '/@vite/client', '/static/logo.png', '/static/tab/me.png', '/main.ts.map', `/main.ts?t=${Date.now()}`]) {
      expect(statusOf(await ask(target)), target).toBe(200)
    }
    // Vite must not see the page's query: elsewhere each of these means something to it.
    for (const suffix of SUFFIXES.filter((one) => /^\?[^#]*$/.test(one))) {
      const answer = await ask(`/${suffix}`)
      expect(statusOf(answer), suffix).toBe(200)
      expect(answer, suffix).toContain('<div id="app">')
    }
  })

  it('serves no other file, however the address is written', async () => {
    const targets = attackAddresses({ project: copy, parent, other: root })
    expect(targets.length).toBeGreaterThan(1_000)
    for (const target of targets) expectRefused(await ask(target), target)
  }, 120_000)

  it('sends the requested parts of a file, and closes a file when nothing reads it any more', async () => {
    const part = async (range: string) => {
      const answer = await ask('/static/large.bin', `Range: bytes=${range}`)
      return [statusOf(answer), Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0), /content-range: (.*)\r/i.exec(answer)?.[1]]
    }
    expect(await part('0-0')).toEqual([206, 1, 'bytes 0-0/5000000'])
    expect(await part('4999990-')).toEqual([206, 10, 'bytes 4999990-4999999/5000000'])
    expect(await part('5000000-')).toEqual([416, 0, 'bytes */5000000'])
    // No range at all: the whole file.
    expect((await part('5-2'))[0]).not.toBe(206)
    const before = openFiles(server.command)
    for (let i = 0; i < 60; i++) await cut(server, ['GET /static/large.bin HTTP/1.1', `Host: ${server.host}:${server.port}`], 'answered')
    await expect.poll(() => openFiles(server.command)).toBeLessThan(before + 20)
  }, 60_000)

  it('rejects any other host name', async () => {
    const { host, port } = server
    for (const name of foreignHosts(server)) for (const target of ['/', '/main.ts', '/@vite/client', '/static/logo.png']) expectRefused(await get(target, [`Host: ${name}`]), `Host: ${name}`)
    expectRefused(await get('/', []), 'no Host')
    for (const names of [[`${host}:${port}`, 'evil.example'], ['evil.example', `${host}:${port}`]]) expectRefused(await get('/', names.map((name) => `Host: ${name}`)), `two Hosts: ${names.join()}`)
  })

  it('rejects any other page, and any other method', async () => {
    const { origin } = server
    for (const target of ['/', '/main.ts', '/static/logo.png']) {
      for (const foreign of foreignOrigins(server)) expectRefused(await ask(target, `Origin: ${foreign}`), `Origin: ${foreign}`)
      expectRefused(await ask(target, `Origin: ${origin}`, 'Origin: http://evil.example'), 'two Origins')
      for (const site of ['cross-site', 'same-site', 'other']) {
        expectRefused(await ask(target, `Sec-Fetch-Site: ${site}`, 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script'), `a script of a ${site} page`)
        expectRefused(await ask(target, `Sec-Fetch-Site: ${site}`, 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'), `a frame of a ${site} page`)
      }
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) expectRefused(await get('/main.ts', undefined, method), method)
    expect(await get('/main.ts', undefined, 'CONNECT')).toBe('')
    // Links on other pages may lead here, and the page's own requests have its origin.
    expect(statusOf(await ask('/', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'))).toBe(200)
    expect(statusOf(await ask('/main.ts', `Origin: ${origin}`, 'Sec-Fetch-Site: same-origin'))).toBe(200)
    expect(statusOf(await get('/main.ts', undefined, 'HEAD'))).toBe(200)
  })

  it('reports changes to no other page and no other program', async () => {
    const { host, port, origin } = server
    const upgrade = (target: string, ...headers: string[]) =>
      send(server, [`GET ${target} HTTP/1.1`, ...UPGRADE, ...headers])
    const own = [`Host: ${host}:${port}`, `Origin: ${origin}`, 'Sec-WebSocket-Protocol: vite-hmr']
    const at = `/?token=${await socketToken()}`
    // One detail is wrong each time, although the token is known.
    const wrong: [string, ...string[]][] = [
      [at, own[0]!, own[2]!],
      [at, own[0]!, 'Origin: http://evil.example', own[2]!],
      [at, own[0]!, 'Origin: null', own[2]!],
      [at, own[0]!, `Origin: http://${host}:${port + 1}`, own[2]!],
      [at, 'Host: evil.example', 'Origin: http://evil.example', own[2]!],
      [at, `Host: evil.example:${port}`, `Origin: ${origin}`, own[2]!],
      [at, own[0]!, own[1]!],
      [at, own[0]!, own[1]!, 'Sec-WebSocket-Protocol: other'],
      [`/other${at}`, ...own],
      [`//[${at}`, ...own],
      [`/@fs/etc/passwd${at.slice(1)}`, ...own],
    ]
    for (const [target, ...headers] of wrong) expectRefused(await upgrade(target, ...headers), `${target} ${headers.join(', ')}`)
    expect(statusOf(await upgrade(at, ...own))).toBe(101)
  }, 60_000)

  it('keeps running when connections are reset and messages are malformed, and prints little', async () => {
    const { host, port, origin } = server
    const own = [`Host: ${host}:${port}`, ...UPGRADE, `Origin: ${origin}`, 'Sec-WebSocket-Protocol: vite-hmr']
    const at = `/?token=${await socketToken()}`
    for (let i = 0; i < 20; i++) {
      await cut(server, ['GET /x HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: x'])
      await cut(server, [`GET ${at} HTTP/1.1`, ...own])
      await cut(server, [`GET ${at} HTTP/1.1`, ...own.slice(1)])
      await cut(server, ['GET / HTTP/1.1', own[0]!])
    }
    for (const message of ['{"type":"custom","event":"vite:invalidate"}', '{"type":"custom","event":"vite:invalidate","data":null}', '{"type":"custom","event":"vite:invalidate","data":[]}', '{', 'null', '[]', '"x"', '']) {
      const socket = new WebSocket(`ws://${host}:${port}${at}`, 'vite-hmr', { origin })
      await once(socket, 'open')
      socket.send(message)
      socket.send('x', { binary: true })
      socket.close()
      await once(socket, 'close')
      expect(statusOf(await ask('/')), message).toBe(200)
    }
    for (let i = 0; i < 20; i++) expect(statusOf(await ask(`/?${'a'.repeat(20_000)}`))).toBe(431)
    const printed = server.command.text()
    expect(printed.match(/\[dev server\]/g)).toHaveLength(10)
    expect(printed).not.toContain('status code 431')
    // eslint-disable-next-line no-control-regex
    expect(printed).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]/)
  }, 60_000)

  it('lets a page of another origin read, run and show nothing', async () => {
    const evil = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>evil</title>'))
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
    try {
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`)
      const style = await servedStyle()
      const got = await page.evaluate(async ({ target, style, token }) => {
        const settled = (run: (done: (outcome: string) => void) => void) => new Promise<string>(run)
        const element = (name: 'script' | 'img' | 'link', set: Record<string, string>) =>
          settled((done) => {
            const one = Object.assign(document.createElement(name), set)
            one.onload = () => done('loaded')
            one.onerror = () => done('refused')
            document.head.append(one)
          })
        const read = (mode: RequestMode, path: string) => fetch(target + path, { mode }).then(async (answer) => (await answer.text()) || answer.type, () => 'refused')
        return {
          source: await read('cors', '/main.ts'),
          blind: await read('no-cors', '/main.ts'),
          script: await element('script', { src: `${target}/main.ts` }),
          module: await element('script', { type: 'module', src: `${target}/main.ts` }),
          style: await element('link', { rel: 'stylesheet', href: target + style }),
          picture: await element('img', { src: `${target}/static/logo.png` }),
          socket: await settled((done) => {
            const socket = new window.WebSocket(`${target.replace('http', 'ws')}/?token=${token}`, 'vite-hmr')
            socket.onopen = () => done('open')
            socket.onerror = () => done('refused')
          }),
        }
      }, { target: server.origin, style, token: await socketToken() })
      expect(got).toEqual(Object.fromEntries(Object.keys(got).map((name) => [name, 'refused'])))
      await page.setContent(`<iframe src="${server.origin}/?uid=alice"></iframe>`)
      await expect.poll(() => page.frames().length).toBe(2)
      await page.frames()[1]!.waitForLoadState()
      expect(await page.frames()[1]!.content()).not.toContain('id="app"')
      await page.close()
    } finally {
      evil.close()
    }
  }, 60_000)
})
