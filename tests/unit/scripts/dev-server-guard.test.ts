import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isOwnHost, isOwnOrigin, isProxied, servedUrl, type Served } from '../../../scripts/vite/dev-server-guard'

describe('the name that a request asks for', () => {
  it.each([
    ['localhost:5173', '127.0.0.1'],
    ['LOCALHOST', '::1'],
    ['127.0.0.1:5173', '127.0.0.1'],
    ['127.0.0.2:5173', '127.0.0.2'],
    ['[::1]:5173', '::1'],
    ['192.168.1.5:5173', '192.168.1.5'],
    // A server that listens on all addresses sees IPv4 as IPv6.
    ['192.168.1.5:5173', '::ffff:192.168.1.5'],
    ['[fd00::5]:5173', 'fd00::5'],
    // A container or an editor forwards a port of this machine.
    ['localhost:8080', '172.17.0.2'],
  ])('is this server’s own: %s on %s', (host, localAddress) => {
    expect(isOwnHost({ headers: { host: [host] }, localAddress })).toBe(true)
  })

  it.each([
    ['evil.example:5173', '127.0.0.1'],
    ['192.168.1.6:5173', '192.168.1.5'],
    ['192.168.1.5:5173', '127.0.0.1'],
    ['localhost.evil.example', '127.0.0.1'],
    ['evil.localhost', '127.0.0.1'],
    ['127.0.0.1.', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['a@localhost', '127.0.0.1'],
    ['', '127.0.0.1'],
    ['undefined', undefined],
    ['', undefined],
    ['[]', ''],
  ])('is another one’s: %s on %s', (host, localAddress) => {
    expect(isOwnHost({ headers: { host: [host] }, localAddress })).toBe(false)
  })

  it('is taken when the configuration allows it, and only then', () => {
    const request = { headers: { host: ['chat.test:5173'] }, localAddress: '127.0.0.1' }
    expect(isOwnHost(request)).toBe(false)
    expect(isOwnHost(request, ['chat.test'])).toBe(true)
    expect(isOwnHost(request, ['test', '.test', 'other.test'])).toBe(false)
  })

  it('is given once', () => {
    expect(isOwnHost({ headers: { host: ['localhost', 'localhost'] }, localAddress: '127.0.0.1' })).toBe(false)
    expect(isOwnHost({ headers: {}, localAddress: '127.0.0.1' })).toBe(false)
  })
})

describe('the page that asks', () => {
  const from = (headers: Record<string, string>, isPage = false) =>
    isOwnOrigin({ headers: Object.fromEntries(Object.entries({ host: 'localhost:5173', ...headers }).map(([name, value]) => [name, [value]])) }, isPage)
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

  it('is the server’s own, a program, or a person at the address bar', () => {
    for (const headers of [{}, { origin: 'http://localhost:5173' }, { origin: 'https://localhost:5173' }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }]) {
      expect(from(headers as Record<string, string>), JSON.stringify(headers)).toBe(true)
    }
  })

  it('may be another one when it links to the page, and to nothing else', () => {
    expect(from(link, true)).toBe(true)
    expect(from(link)).toBe(false)
    expect(from({ ...link, 'sec-fetch-dest': 'iframe' }, true)).toBe(false)
    expect(from({ ...link, 'sec-fetch-mode': 'no-cors' }, true)).toBe(false)
    expect(from({ ...link, origin: 'http://evil.example' }, true)).toBe(false)
  })

  it('is another one’s on another port of the same machine', () => {
    expect(from({ origin: 'http://localhost:3000' })).toBe(false)
    expect(from({ origin: 'http://127.0.0.1:5173' })).toBe(false)
    expect(from({ 'sec-fetch-site': 'same-site' })).toBe(false)
  })
})

describe('an address', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'guard-'))
  for (const file of ['static/头像 1.png', 'static/a.pem', 'src/lib/tone.mp3', 'src/lib/sdk.js', 'other/a.png']) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), '')
  }
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const loaded = ['/main.ts', '/src/头像.ts', '\0helper', '/src/a.vue?vue&type=style&index=0&lang.scss', '/static/a.png?url']
  const served: Served = { base: '/', root, deps: '/node_modules/.vite/deps/', isLoaded: (url) => loaded.includes(url) }
  const at = (target: string, more: Partial<Served> = {}) => servedUrl(target, { ...served, ...more })

  it.each([
    '/main.ts', '/main.ts?t=1700000000000', '/main.ts?import', '/main.ts?import&t=1700000000000', '/main.ts.map', '/src/%E5%A4%B4%E5%83%8F.ts', '/@id/__x00__helper',
    '/src/a.vue?vue&type=style&index=0&lang.scss', '/src/a.vue?t=1700000000000&vue&type=style&index=0&lang.scss', '/static/a.png?import&url', '/@vite/client',
    '/node_modules/.vite/deps/chunk-A1.js?v=0abc', '/node_modules/.vite/deps/@scope_name.js.map', '/static/%E5%A4%B4%E5%83%8F%201.png', '/src/lib/tone.mp3',
  ])('that the page loads is served as it is: %s', (target) => {
    expect(at(target)).toBe(target)
  })

  it.each([
    '', '*', 'main.ts', '//main.ts', '/main.ts?raw', '/main.ts?t=1', '/main.ts?t=17000000000000', '/main.ts?import=', '/main.ts#', '/main.ts\\', '/main.ts\0', '/main.ts%', '/Main.ts', '/./main.ts', '/x/../main.ts',
    '/t=1700000000000/main.ts', '/src/a.vue', '/src/a.vue?vue&type=script', '/@vite/client?raw', '/node_modules/.vite/deps/_metadata.json', '/node_modules/.vite/deps/../x.js', '/node_modules/.vite/deps/a/b.js',
    '/node_modules/.vite/deps/a.js?raw', '/static/a.pem', '/static/none.png', '/static', '/src/lib/sdk.js', '/other/a.png', '/static/../other/a.png', '/static/%2e%2e/other/a.png', '/src/lib/tone.mp3?raw',
  ])('of anything else is not: %j', (target) => {
    expect(at(target)).toBeUndefined()
  })

  it('of the page is served without its query', () => {
    for (const target of ['/', '/index.html', '/?uid=alice', '/?import&raw', '/index.html?url']) expect(at(target)).toBe('/')
  })

  it('of a proxy rule goes to the proxy', () => {
    expect(['/api', '/api/users?raw', '/api-v2/x', '/v1/x'].map((target) => isProxied(target, ['/api', '^/v\\d+/']))).toEqual([true, true, true, true])
    expect(['/', '/src/api', '/x/v1/', '/@fs/api'].map((target) => isProxied(target, ['/api', '^/v\\d+/']))).toEqual([false, false, false, false])
  })

  it('begins with the base where there is one', () => {
    const base = '/chat/'
    expect(at('/chat/?uid=alice', { base })).toBe('/chat/')
    expect(at('/chat/main.ts?import', { base })).toBe('/chat/main.ts?import')
    expect(at('/chat/src/lib/tone.mp3?t=1', { base })).toBe('/chat/src/lib/tone.mp3')
    for (const target of ['/', '/main.ts', '/chat', '/chatter/main.ts']) expect(at(target, { base }), target).toBeUndefined()
  })
})
