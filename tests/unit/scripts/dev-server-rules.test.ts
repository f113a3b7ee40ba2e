import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { addressesInCode, addressesInHtml, answerTo, isOwnHost, isOwnOrigin, isProxied, type Served } from '../../../scripts/vite/dev-server-rules'

const headers = (values: Record<string, string | string[]>) => new Map(Object.entries(values).map(([name, value]) => [name, [value].flat()]))

describe('the host name of a request', () => {
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
    expect(isOwnHost({ headers: headers({ host }), localAddress })).toBe(true)
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
  ])('is not this server’s: %s on %s', (host, localAddress) => {
    expect(isOwnHost({ headers: headers({ host }), localAddress })).toBe(false)
  })

  it('is accepted if the configuration allows it, and only then', () => {
    const request = { headers: headers({ host: 'chat.test:5173' }), localAddress: '127.0.0.1' }
    expect(isOwnHost(request)).toBe(false)
    for (const allowed of [['Chat.test'], ['.chat.test'], ['.test'], true] as const) expect(isOwnHost(request, allowed)).toBe(true)
    expect(isOwnHost(request, ['test', 'other.test', 'at.test', '.hat.test', 't'])).toBe(false)
    expect(isOwnHost({ ...request, headers: headers({ host: 'a@chat.test' }) }, true)).toBe(false)
  })

  it('is the authority in HTTP/2', () => {
    expect(isOwnHost({ headers: headers({ ':authority': 'localhost:5173' }), localAddress: '::1' })).toBe(true)
    expect(isOwnHost({ headers: headers({ ':authority': 'evil.example' }), localAddress: '::1' })).toBe(false)
    expect(isOwnOrigin({ headers: headers({ ':authority': 'localhost:5173', origin: 'https://localhost:5173' }) })).toBe(true)
  })

  it('may be given only once', () => {
    expect(isOwnHost({ headers: headers({ host: ['localhost', 'localhost'] }), localAddress: '127.0.0.1' })).toBe(false)
    expect(isOwnHost({ headers: headers({}), localAddress: '127.0.0.1' })).toBe(false)
  })
})

describe('the page that sends the request', () => {
  const from = (values: Record<string, string>, isPage = false) => isOwnOrigin({ headers: headers({ host: 'localhost:5173', ...values }) }, isPage)
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

  it('is the server’s own, a program, or a user at the address bar', () => {
    const own: Record<string, string>[] = [{}, { origin: 'http://localhost:5173' }, { origin: 'https://localhost:5173' }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }]
    for (const values of own) expect(from(values), JSON.stringify(values)).toBe(true)
  })

  it('may be another one if it links to the page, and to nothing else', () => {
    expect(from(link, true)).toBe(true)
    expect(from(link)).toBe(false)
    expect(from({ ...link, 'sec-fetch-dest': 'iframe' }, true)).toBe(false)
    expect(from({ ...link, 'sec-fetch-mode': 'no-cors' }, true)).toBe(false)
    expect(from({ ...link, origin: 'http://evil.example' }, true)).toBe(false)
  })

  it('is not the server’s on another port of the same machine', () => {
    expect(from({ origin: 'http://localhost:3000' })).toBe(false)
    expect(from({ origin: 'http://127.0.0.1:5173' })).toBe(false)
    expect(from({ 'sec-fetch-site': 'same-site' })).toBe(false)
  })
})

describe('an address', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'guard-'))
  const files = ['static/头像（1）.png', 'static/a,b [2]~.png', 'static/a.pem', 'static/id_rsa', 'src/lib/tone.mp3', 'src/lib/sdk.js', 'other/a.png', 'node_modules/.vite/deps/a.js', 'node_modules/.vite/deps/_metadata.json']
  for (const file of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), '')
  }
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  // The last ones in the form of a plugin that watches such files.
  const loaded = ['/main.ts', '/src/头像.ts', '\0helper', '/src/a.vue?vue&type=style&index=0&lang.scss', '/static/a.png?url', '/private.key', '/.env.local', '/src/.secret', '/id_ed25519']
  const served: Served = { base: '/', root, deps: 'node_modules/.vite/deps', isLoaded: (url) => loaded.includes(url) }
  const at = (target: string, more: Partial<Served> = {}) => answerTo(target, { ...served, ...more })

  it.each([
    '/main.ts', '/main.ts?t=1700000000000', '/main.ts?import', '/main.ts?import&t=1700000000000', '/main.ts.map', '/src/%E5%A4%B4%E5%83%8F.ts', '/@id/__x00__helper',
    '/src/a.vue?vue&type=style&index=0&lang.scss', '/src/a.vue?t=1700000000000&vue&type=style&index=0&lang.scss', '/static/a.png?import&url', '/@vite/client',
    '/node_modules/.vite/deps/a.js?v=0abc', '/node_modules/.vite/deps/a.js',
  ])('that the page loads is passed to Vite unchanged: %s', (target) => {
    expect(at(target)).toEqual({ url: target })
  })

  it.each(['/static/头像（1）.png', '/static/a,b [2]~.png', '/src/lib/tone.mp3'])('of a file that styles and templates name is that file: %s', (file) => {
    expect(at(encodeURI(file))).toEqual({ file: file.slice(1) })
    expect(at(`${encodeURI(file)}?x=1`)).toEqual({ file: file.slice(1) })
    // Also if a module names it. An imported one is a module itself.
    expect(at(encodeURI(file), { isLoaded: () => true })).toEqual({ file: file.slice(1) })
    expect(at(`${encodeURI(file)}?import`, { isLoaded: () => true })).toEqual({ url: `${encodeURI(file)}?import` })
  })

  it.each([
    '', '*', 'main.ts', '//main.ts', '/main.ts?raw', '/main.ts?t=1', '/main.ts?t=17000000000000', '/main.ts?import=', '/main.ts?import&import', '/main.ts?t=1700000000000&t=1700000000001', '/main.ts#', '/main.ts\\',
    '/main.ts\0', '/main.ts%', '/Main.ts', '/./main.ts', '/x/../main.ts', '/t=1700000000000/main.ts', '/src/a.vue', '/src/a.vue?vue&type=script', '/src/a.vue?vue&type=style&index=0&lang.scss.map', '/@vite/client?raw',
    '/node_modules/.vite/deps/none.js', '/node_modules/.vite/deps/_metadata.json', '/node_modules/.vite/deps/../x.js', '/node_modules/.vite/deps/a/b.js', '/node_modules/.vite/deps/a.js?raw', '/static/a.pem',
    '/static/id_rsa', '/static/none.png', '/static', '/static/', '/src/lib/sdk.js', '/other/a.png', '/static/../other/a.png', '/static/%2e%2e/other/a.png', '/private.key', '/.env.local', '/src/.secret', '/id_ed25519', '/private.key?import',
  ])('of anything else is rejected: %j', (target) => {
    expect(at(target)).toBeUndefined()
  })

  it('of the page is served without its query', () => {
    for (const target of ['/', '/index.html', '/?uid=alice', '/?import&raw', '/index.html?url']) expect(at(target)).toEqual({ url: '/' })
  })

  it('begins with the base if there is one, to which Vite redirects from the root', () => {
    const base = '/chat/'
    expect(at('/chat/?uid=alice', { base })).toEqual({ url: '/chat/' })
    expect(at('/chat/main.ts?import', { base })).toEqual({ url: '/chat/main.ts?import' })
    expect(at('/chat/src/lib/tone.mp3?t=1', { base })).toEqual({ file: 'src/lib/tone.mp3' })
    for (const target of ['/', '/?raw', '/chat', '/chat?raw']) expect(at(target, { base }), target).toEqual({ url: target.split('?')[0] })
    for (const target of ['/main.ts', '/chatter/main.ts', '/x/chat/']) expect(at(target, { base }), target).toBeUndefined()
  })

  it('of a proxy rule goes to the proxy', () => {
    const rules = ['/api', '^/v\\d+/']
    for (const target of ['/api', '/api/users?raw=../x', '/api-v2/x', '/v1/x', '/api/...']) expect(isProxied(target, rules), target).toBe(true)
    for (const target of ['/', '/src/api', '/x/v1/', '/@fs/api', '/api/../private.key', '/api/%2e%2e/x', '/api/..%2fx', '/api/..\\x', '/api/%', '/api/.', '//api']) expect(isProxied(target, rules), target).toBe(false)
  })

  it('is found in HTML and in served code', () => {
    expect(addressesInHtml(`<script src="/main.ts"></script><link rel="icon" href='/static/a.png'><script src="//evil.example/x.js"></script><a href="/x">`)).toEqual(['/main.ts', '/static/a.png', '//evil.example/x.js'])
    const code = `new Worker(new URL("/src/w.ts?worker_file&type=module", import.meta.url)); const css = "a{background:url(/src/a.png?x=1)} b{src:url('/node_modules/f/f.woff2') , url(\\"/f/g.woff\\")} c{background:url(data:image/png;base64,AA)}"`
    expect(addressesInCode(code)).toEqual(['/src/w.ts?worker_file&type=module', '/src/a.png?x=1', '/node_modules/f/f.woff2', '/f/g.woff'])
  })
})
