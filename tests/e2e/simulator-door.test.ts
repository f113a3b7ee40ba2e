// The simulator's port against other programs, other pages and other users of the network: it serves its own page, and nothing else.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lanAddress } from '../../scripts/start/network'
import { launchChromium } from '../../simulator/drive/chromium'
import { listen, type HttpServerOptions, type SimulatorHttpServer } from '../../simulator/server/http-server'
import { pageFile } from '../../simulator/server/page-files'
import type { BuildState, Program, ServedBundle } from '../../simulator/server/program'
import { tokenServers } from '../../simulator/server/token-servers'
import { attackAddresses, cut, expectRefused, foreignHosts, foreignOrigins, send, statusOf, SUFFIXES, UPGRADE } from '../support/attacks'
import { freePort } from '../support/ports'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** A program that is built on a test's request. */
class TestProgram implements Program {
  build: BuildState = { state: 'building', version: 0 }
  bundle: ServedBundle | undefined
  private readonly listeners = new Set<(build: BuildState) => void>()

  onBuild(listener: (build: BuildState) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  set(build: BuildState): void {
    this.build = build
    for (const listener of this.listeners) listener(build)
  }

  built(version: number): void {
    this.bundle = { json: Buffer.from(`{"bundle":${version}}`), etag: `"${version}"` }
    this.set({ state: 'ready', version })
  }
}

const FILES = new Map([
  ['/shell.html', pageFile('shell.html', Buffer.from('<!doctype html><title>shell</title><iframe src="/phone?uid=alice"></iframe><script src="/assets/shell.js"></script>'))],
  ['/phone.html', pageFile('phone.html', Buffer.from('<!doctype html><title>phone</title><script src="/assets/phone.js"></script>'))],
  ['/assets/shell.js', pageFile('shell.js', Buffer.from(`try { new Function('return 1')() } catch (error) { window.refused = error.name }`))],
  ['/assets/phone.js', pageFile('phone.js', Buffer.from(`window.made = new Function('return 6 * 7')()`))],
  ['/assets/phone.css', pageFile('phone.css', Buffer.from('body { color: red }'))],
])

interface Opened {
  readonly host: string
  readonly port: number
  readonly origin: string
  readonly program: TestProgram
  readonly printed: string[]
  readonly server: SimulatorHttpServer
}

const open: Opened[] = []

async function opened(host: string, changes: Partial<HttpServerOptions> = {}): Promise<Opened> {
  const port = await freePort()
  const program = new TestProgram()
  const printed: string[] = []
  const server = await listen({
    host,
    port,
    program,
    pageFiles: () => FILES,
    settings: { hosts: { '127.0.0.1:7070': `${host}:7171` }, users: ['alice', 'bob'], production: false },
    gateways: [`${host}:7171`],
    targets: [`http://${host}:7171`],
    print: (text) => printed.push(text),
    ...changes,
  })
  const result = { host, port, origin: `http://${host}:${port}`, program, printed, server }
  open.push(result)
  return result
}

const lan = lanAddress(networkInterfaces())
const REFUSED = [403, 404, 405]
const PATHS = ['/', '/phone?uid=alice', '/bundle.json', '/settings.json', '/assets/phone.js', '/events', '/request']

describe.each(['127.0.0.1', ...(lan === undefined ? [] : [lan])])('the simulator at %s', (host) => {
  let server: Opened
  beforeAll(async () => {
    server = await opened(host)
    server.program.built(1)
  })
  afterAll(async () => {
    for (const one of open.splice(0)) await one.server.close()
  })

  const get = (target: string, headers: readonly string[] = [`Host: ${server.host}:${server.port}`], method = 'GET') => send(server, [`${method} ${target} HTTP/1.1`, ...headers, 'Connection: close'])
  /** A request of the page's own, with other headers. */
  const ask = (target: string, ...headers: string[]) => get(target, [`Host: ${server.host}:${server.port}`, ...headers])

  // A crashed server refuses everything.
  afterEach(async () => expect(statusOf(await ask('/'))).toBe(200))

  it('serves its pages, whatever their query, with the headers that restrict them', async () => {
    for (const page of ['/', '/phone']) {
      for (const suffix of SUFFIXES.filter((one) => /^(?:$|\?[^#]*$)/.test(one))) {
        const answer = await ask(page + suffix)
        expect(statusOf(answer), page + suffix).toBe(200)
        expect(answer).toContain(page === '/' ? '<title>shell' : '<title>phone')
      }
    }
    for (const target of ['/', '/phone?uid=alice', '/bundle.json', '/settings.json', '/assets/phone.js', '/assets/phone.css', '/nothing']) {
      const answer = await ask(target)
      expect(answer, target).toContain('X-Content-Type-Options: nosniff\r\n')
      expect(answer, target).toContain('X-Frame-Options: SAMEORIGIN\r\n')
      expect(answer, target).toContain('Cross-Origin-Resource-Policy: same-origin\r\n')
      expect(answer.toLowerCase(), target).not.toContain('access-control-')
    }
    const policyOf = async (target: string) => /Content-Security-Policy: (.*)\r/.exec(await ask(target))![1]!
    const [shell, phone] = [await policyOf('/'), await policyOf('/phone?uid=alice')]
    for (const policy of [shell, phone]) for (const rule of ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]) expect(policy).toContain(rule)
    expect(shell).toMatch(/script-src 'self';.*connect-src 'self';.*frame-ancestors 'none'/)
    expect(shell).not.toContain('unsafe-eval')
    expect(phone).toMatch(new RegExp(`script-src 'self' 'unsafe-eval';.*connect-src 'self' ws://${host}:7171;.*frame-ancestors 'self'`))
    expect(phone).not.toContain('frame-src')
  })

  it('serves no file, however the address is written', async () => {
    const targets = attackAddresses({ project: root, parent: path.dirname(root), other: path.join(path.dirname(root), 'other') })
    expect(targets.length).toBeGreaterThan(1_000)
    for (const target of targets) expectRefused(await ask(target), target, REFUSED)
    for (const target of ['/shell.html', '/phone.html', '/phone/', '/phone.', '/PHONE', '/assets/', '/assets', '/assets/../shell.html', '/assets/%2e%2e/shell.html', '/assets/phone.js/', '//phone', '/%70hone', '/phone#x', '/phone;x', '/constructor', '/__proto__']) {
      expectRefused(await ask(target), target, REFUSED)
    }
  }, 120_000)

  it('rejects any other host name', async () => {
    for (const name of foreignHosts(server)) for (const target of PATHS) expectRefused(await get(target, [`Host: ${name}`]), `Host: ${name}`)
    expectRefused(await get('/', []), 'no Host')
    const own = `${host}:${server.port}`
    for (const names of [[own, 'evil.example'], ['evil.example', own]]) expectRefused(await get('/', names.map((name) => `Host: ${name}`)), `two Hosts: ${names.join()}`)
    expect(statusOf(await get('/', [`Host: localhost:${server.port}`]))).toBe(200)
  })

  it('rejects any other page, and any other method', async () => {
    const { origin } = server
    for (const target of PATHS) {
      for (const foreign of foreignOrigins(server)) expectRefused(await ask(target, `Origin: ${foreign}`), `Origin: ${foreign}`)
      expectRefused(await ask(target, `Origin: ${origin}`, 'Origin: http://evil.example'), 'two Origins')
      for (const site of ['cross-site', 'same-site', 'other']) {
        expectRefused(await ask(target, `Sec-Fetch-Site: ${site}`, 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script'), `a script of a ${site} page`)
        expectRefused(await ask(target, `Sec-Fetch-Site: ${site}`, 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'), `a frame of a ${site} page`)
      }
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
        // Without an origin, a forwarding request does not come from a page.
        expectRefused(await get(target, undefined, method), `${method} ${target}`)
      }
      expect(await get(target, undefined, 'CONNECT')).toBe('')
    }
    // Links on other pages may lead here, and the shell shows a phone in a frame.
    for (const page of ['/', '/phone?uid=alice']) expect(statusOf(await ask(page, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'))).toBe(200)
    expect(statusOf(await ask('/phone?uid=alice', 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'))).toBe(200)
    expect(statusOf(await ask('/bundle.json', `Origin: ${origin}`, 'Sec-Fetch-Site: same-origin'))).toBe(200)
    expect(statusOf(await ask('/bundle.json', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'))).toBe(403)
    expect(statusOf(await get('/bundle.json', undefined, 'HEAD'))).toBe(200)
    for (const target of ['/events', '/request']) expect(statusOf(await get(target, undefined, 'HEAD')), target).toBe(405)
  })

  it('rejects every upgrade, keeps running when connections are reset, and prints little', async () => {
    const own = [`Host: ${host}:${server.port}`, ...UPGRADE]
    for (const target of ['/', '/events', '/rtm', '//[', '/phone?uid=alice']) {
      expectRefused(await send(server, [`GET ${target} HTTP/1.1`, ...own, `Origin: ${server.origin}`]), target)
      expectRefused(await send(server, [`GET ${target} HTTP/1.1`, ...own, `Origin: ${server.origin}`, 'Sec-WebSocket-Protocol: vite-hmr']), target)
    }
    for (let i = 0; i < 20; i++) {
      await cut(server, ['GET /x HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: x'])
      await cut(server, ['GET /events HTTP/1.1', own[0]!], 'answered')
      await cut(server, ['POST /request HTTP/1.1', own[0]!, `Origin: ${server.origin}`, 'Content-Type: application/json', 'Content-Length: 100'])
      expect(statusOf(await ask(`/?${'a'.repeat(20_000)}`))).toBe(431)
      expectRefused(await ask(`/\u001b[31m${i}`), 'a control character', REFUSED)
    }
    expect(server.printed).toHaveLength(10)
    // eslint-disable-next-line no-control-regex
    expect(server.printed.join('')).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/)
  }, 60_000)

  it('lets a page of another origin read, run, show and send nothing', async () => {
    const evil = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>evil</title>'))
    evil.listen(0, '127.0.0.1')
    await once(evil, 'listening')
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`)
      const got = await page.evaluate(async (target) => {
        const element = (name: 'script' | 'link', set: Record<string, string>) =>
          new Promise<string>((done) => {
            const one = Object.assign(document.createElement(name), set)
            one.onload = () => done('loaded')
            one.onerror = () => done('refused')
            document.head.append(one)
          })
        const read = (path: string, init: RequestInit) => fetch(target + path, init).then(async (answer) => (await answer.text()) || answer.type, () => 'refused')
        return {
          bundle: await read('/bundle.json', { mode: 'cors' }),
          blind: await read('/bundle.json', { mode: 'no-cors' }),
          request: await read('/request', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }),
          form: await read('/request', { method: 'POST', mode: 'no-cors', body: '{}' }),
          script: await element('script', { src: `${target}/assets/phone.js` }),
          module: await element('script', { type: 'module', src: `${target}/assets/phone.js` }),
          style: await element('link', { rel: 'stylesheet', href: `${target}/assets/phone.css` }),
          events: await new Promise<string>((done) => {
            const events = new EventSource(`${target}/events`)
            events.onopen = () => done('open')
            events.onerror = () => done('refused')
          }),
        }
      }, server.origin)
      expect(got).toEqual(Object.fromEntries(Object.keys(got).map((name) => [name, 'refused'])))
      for (const path of ['/', '/phone?uid=alice']) {
        await page.setContent(`<iframe src="${server.origin}${path}"></iframe>`)
        await expect.poll(() => page.frames().length).toBe(2)
        await page.frames()[1]!.waitForLoadState()
        expect(await page.frames()[1]!.content()).not.toMatch(/<title>(?:shell|phone)/)
      }
      // Its own page shows a phone, which may compile texts into functions.
      await page.goto(server.origin)
      await expect.poll(() => page.frames().find((frame) => frame.url().includes('/phone'))?.evaluate('window.made')).toBe(42)
      expect(await page.evaluate('window.refused')).toBe('EvalError')
    } finally {
      await browser.close()
      evil.close()
    }
  }, 60_000)
})

describe('the program for the phones of the simulator', () => {
  afterEach(async () => {
    for (const one of open.splice(0)) await one.server.close()
  })

  it('is a sentence until there is a build, then the bundle, and is sent once only', async () => {
    const { origin, program } = await opened('127.0.0.1')
    const early = await fetch(`${origin}/bundle.json`)
    expect([early.status, await early.text()]).toEqual([503, '小程序正在构建。\nThe mini program is being built.'])
    program.set({ state: 'failed', version: 0, message: 'x' })
    expect(await (await fetch(`${origin}/bundle.json`)).text()).toContain('could not be built')
    program.built(7)
    const first = await fetch(`${origin}/bundle.json`)
    expect(await first.json()).toEqual({ bundle: 7 })
    const etag = first.headers.get('etag')!
    expect((await fetch(`${origin}/bundle.json`, { headers: { 'If-None-Match': etag } })).status).toBe(304)
    // A failed build removes nothing.
    program.set({ state: 'failed', version: 7, message: 'x' })
    expect(await (await fetch(`${origin}/bundle.json`)).json()).toEqual({ bundle: 7 })
    expect(await (await fetch(`${origin}/settings.json`)).json()).toEqual({ hosts: { '127.0.0.1:7070': '127.0.0.1:7171' }, users: ['alice', 'bob'], production: false, version: 7 })
  })

  it('follows each build, starting with the latest one', async () => {
    const { origin, program } = await opened('127.0.0.1')
    const { body, headers } = await fetch(`${origin}/events`)
    expect(headers.get('content-type')).toContain('text/event-stream')
    const events = (body as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    const next = async () => Buffer.from((await events.next()).value!).toString()
    expect(await next()).toBe('event: build\ndata: {"state":"building","version":0}\n\n')
    program.built(7)
    expect(await next()).toBe('event: build\ndata: {"state":"ready","version":7}\n\n')
    program.set({ state: 'failed', version: 7, message: 'line 1\nline 2' })
    expect(await next()).toBe('event: build\ndata: {"state":"failed","version":7,"message":"line 1\\nline 2"}\n\n')
  })

  it('shows that the page is being built', async () => {
    const { origin } = await opened('127.0.0.1', { pageFiles: () => undefined })
    for (const page of ['/', '/phone']) expect((await fetch(origin + page)).status).toBe(503)
    expect((await fetch(`${origin}/assets/phone.js`)).status).toBe(404)
  })
})

describe('wx.request through the simulator', () => {
  /** The gateway, and another program of this machine. */
  let gateway: Server
  let other: Server
  let hits: string[]
  let server: Opened
  const originOf = (one: Server) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`

  beforeEach(async () => {
    hits = []
    const serve = (name: string, answer: (request: IncomingMessage, response: ServerResponse) => void) => {
      const one = createServer((request, response) => {
        hits.push(`${name} ${request.method} ${request.url}`)
        answer(request, response)
      })
      return new Promise<Server>((resolve) => one.listen(0, '127.0.0.1', () => resolve(one)))
    }
    other = await serve('other', (_, response) => response.end('secret'))
    gateway = await serve('gateway', (request, response) => {
      if (request.url === '/away') response.writeHead(302, { Location: `${originOf(other)}/secret` }).end()
      else if (request.url === '/endless') {
        const chunk = Buffer.alloc(1_048_576)
        const write = () => response.write(chunk, (error) => error ?? write())
        write()
      } else if (request.url === '/silent') request.resume()
      else request.pipe(response.writeHead(201, { 'X-Host': request.headers.host, 'X-Own': String(request.headers['x-own']) }))
    })
    const { host } = new URL(originOf(gateway))
    server = await opened('127.0.0.1', { settings: { hosts: { '127.0.0.1:7070': host }, users: [], production: false }, targets: [`http://${host}`] })
  })
  afterEach(async () => {
    for (const one of [gateway, other]) {
      one.closeAllConnections()
      one.close()
    }
    for (const one of open.splice(0)) await one.server.close()
  })

  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const JSON_TYPE = { 'Content-Type': 'application/json' }
  const post = (body: string, headers: Record<string, string> = { Origin: server.origin, ...JSON_TYPE }) => fetch(`${server.origin}/request`, { method: 'POST', headers, body })
  const wanted = (url: string, changes: object = {}) => JSON.stringify({ url, method: 'GET', headers: {}, body: '', timeoutMs: 5_000, ...changes })

  it('reaches the gateway, also by the address inside the build', async () => {
    const answer = await post(wanted('http://127.0.0.1:7070/echo?x=1', { method: 'POST', body: base64('你好'), headers: { 'X-Own': 'yes', Host: 'evil.example', Connection: 'Upgrade' } }))
    expect(answer.status).toBe(200)
    const { host } = new URL(originOf(gateway))
    expect(await answer.json()).toMatchObject({ status: 201, body: base64('你好'), headers: { 'x-own': 'yes', 'x-host': host } })
    expect(hits).toEqual(['gateway POST /echo?x=1'])
  })

  it('reaches no other program, and follows no redirect', async () => {
    const { port } = new URL(originOf(gateway))
    const addresses = [
      originOf(other), server.origin, `${server.origin}/request`, 'http://evil.example/', `http://evil.example:${port}/`, `http://${new URL(originOf(gateway)).host}@evil.example/`, `http://user:word@127.0.0.1:${port}/`,
      `https://127.0.0.1:${port}/`, `ftp://127.0.0.1:${port}/`, 'file:///etc/passwd', 'data:text/plain,x', 'http://169.254.169.254/latest/meta-data/', `http://[::ffff:127.0.0.1]:${port}/`, `http://0.0.0.0:${port}/`,
    ]
    for (const address of addresses) {
      const answer = await post(wanted(address))
      expect(answer.status, address).toBe(403)
      expect(await answer.json(), address).toEqual({ error: expect.stringContaining(`asks ${originOf(gateway)} only`) })
    }
    expect(hits).toEqual([])
    const away = await post(wanted(`${originOf(gateway)}/away`))
    expect([away.status, await away.json()]).toEqual([502, { error: expect.stringContaining('redirect') }])
    expect(hits).toEqual(['gateway GET /away'])
  })

  it('accepts JSON of its own page only', async () => {
    const body = wanted(`${originOf(gateway)}/echo`)
    expect((await post(body, JSON_TYPE)).status, 'no origin').toBe(403)
    expect((await post(body, { ...JSON_TYPE, Origin: originOf(other) })).status, 'another origin').toBe(403)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json-x']) {
      expect((await post(body, { Origin: server.origin, 'Content-Type': type })).status, type).toBe(415)
    }
    for (const wrong of ['', '{', 'null', '[]', '{}', wanted('no address'), wanted('http://127.0.0.1:7070/', { headers: { a: 1 } }), wanted('http://127.0.0.1:7070/', { timeoutMs: -1 }), wanted('http://127.0.0.1:7070/', { body: 1 })]) {
      expect((await post(wrong)).status, wrong).toBe(400)
    }
    expect(hits).toEqual([])
  })

  it('limits the sizes of request and answer, and the time', async () => {
    const tooMuch = await post(wanted('http://127.0.0.1:7070/echo', { method: 'POST', body: 'x'.repeat(16 * 1_048_576) }))
    expect([tooMuch.status, hits]).toEqual([413, []])
    for (const [path, reason] of [['/endless', 'more than 33554432 bytes'], ['/silent', 'timeout']] as const) {
      const answer = await post(wanted(`http://127.0.0.1:7070${path}`, path === '/silent' ? { timeoutMs: 50 } : {}))
      expect([answer.status, await answer.json()]).toEqual([502, { error: expect.stringContaining(reason) }])
    }
    for (const method of ['TRACE', 'CONNECT', 'GET /x', '']) expect((await post(wanted('http://127.0.0.1:7070/', { method }))).status, method).toBe(502)
    expect((await post(wanted('http://127.0.0.1:7070/', { headers: { 'a b': 'x' } }))).status).toBe(502)
  })

  it('asks a token server of this machine, and with --lan none', () => {
    expect(tokenServers('127.0.0.1', 'http://localhost:8080/token')).toEqual(['http://localhost:8080'])
    expect(tokenServers('127.0.0.1', undefined)).toEqual([])
    expect(tokenServers('127.0.0.1', '')).toEqual([])
    expect(tokenServers('127.0.0.1', 'https://tokens.example.com/')).toEqual([])
    expect(tokenServers('192.168.1.5', 'http://127.0.0.1:7070/token')).toEqual([])
  })
})
