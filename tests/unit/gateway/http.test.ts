import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { isAllowedOrigin } from '../../../gateway/origin'
import type { Gateway } from '../../../gateway/server'
import { verifyToken } from '../../../gateway/token'
import { GatewayClient } from '../../support/gateway-client'
import { useGateways } from '../../support/gateways'

const appId = '0123456789abcdef0123456789abcdef'
const certificate = 'fedcba9876543210fedcba9876543210'
const tokens = { appId, certificate, devTokens: true }

interface Answer {
  status: number | undefined
  headers: Record<string, unknown>
  body: any
}

function get(gateway: Gateway, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port: gateway.port, host: gateway.host, path, headers, method }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text ? JSON.parse(text) : undefined }))
    })
    asked.on('error', reject).end()
  })
}

describe('HTTP', () => {
  const gateways = useGateways()

  it.each([
    ['says nothing', ''],
    ['sends half a request', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'],
    ['sends half a body', 'POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx'],
    ['keeps the connection', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n'],
  ])('a client who %s is disconnected', async (_what, text) => {
    const gateway = await gateways.start({ timing: { requestTimeoutMs: 50 } })
    const socket = connect(gateway.port, gateway.host, () => socket.write(text))
    socket.on('error', () => undefined).resume()
    await once(socket, 'close')
  })

  it('/healthz reports its state', async () => {
    const gateway = await gateways.start()
    await gateways.login(gateway, 'alice')
    expect(await get(gateway, '/healthz')).toMatchObject({ status: 200, body: { status: 'ok', protocol: 1, connections: 1, live: 1, channels: 0 } })
  })

  it.each(['/', '/rtm', '/healthz/', '//', '/%', '/__proto__'])('%s is not found', async (path) => {
    expect(await get(await gateways.start(), path)).toMatchObject({ status: 404 })
  })

  it('only GET is supported', async () => {
    expect(await get(await gateways.start(), '/healthz', {}, 'POST')).toMatchObject({ status: 405 })
  })

  it('a WebSocket at another path is not found', async () => {
    const gateway = await gateways.start()
    for (const path of ['/', '/rtm/x', '/other']) {
      await expect(GatewayClient.connect(gateway.url.replace('/rtm', path))).rejects.toThrow('404')
    }
  })
})

describe('/token', () => {
  const gateways = useGateways()

  it('issues tokens that log in', async () => {
    const gateway = await gateways.start(tokens)
    for (const [query, kind] of [['', '006'], ['&kind=006', '006'], ['&kind=007', '007']]) {
      const { status, body } = await get(gateway, `/token?uid=${encodeURIComponent('100% #1')}${query}`)
      expect(status).toBe(200)
      expect(body).toMatchObject({ kind, uid: '100% #1', expiresIn: 86_400 })
      await gateways.login(gateway, '100% #1', { appId, token: body.token })
    }
  })

  it('issues tokens with a requested lifetime', async () => {
    const gateway = await gateways.start(tokens)
    for (const kind of ['006', '007']) {
      const { body } = await get(gateway, `/token?uid=alice&kind=${kind}&expire=60`)
      const owner = { appId, certificate, uid: 'alice' }
      expect(verifyToken(body.token, { ...owner, now: Date.now() }).ok).toBe(true)
      expect(verifyToken(body.token, { ...owner, now: Date.now() + 61_000 })).toMatchObject({ reason: 'expired' })
    }
  })

  it.each([
    ...['', '?uid=', '?uid=a/b', '?uid=null', '?uid[]=alice', '?uid=alice%0d%0a', '?uid=alice%00', '?uid=%2561/', '?uid=%e7%88%b1', `?uid=${'a'.repeat(65)}`],
    ...['?uid=alice&uid=bob', '?uid=alice&uid=alice', '?uid=alice&kind=008', '?uid=alice&kind='],
    ...['0', '-1', '+60', '060', '0x10', '1e4', '%2060%20', '60.5', '60.0', 'NaN', 'Infinity', 'x', '', '86401', '9'.repeat(400)].map((expire) => `?uid=alice&expire=${expire}`),
  ])('rejects %j', async (query) => {
    expect(await get(await gateways.start(tokens), `/token${query}`)).toMatchObject({ status: 400 })
  })

  it.each([
    ['without a certificate', { devTokens: true }],
    ['unless the operator asks for it', { appId, certificate }],
  ])('is missing %s', async (_when, options) => {
    expect(await get(await gateways.start(options), '/token?uid=alice')).toMatchObject({ status: 404 })
  })

  it.each([
    ...['Forwarded', 'Via', 'X-Real-IP', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded', 'x-forwarded-anything', 'CF-Connecting-IP', 'True-Client-IP'].map(
      (name): [string, string] => [name, '203.0.113.9'],
    ),
    ['Forwarded', ''],
    ['Sec-Fetch-Site', 'cross-site'],
  ])('rejects requests through a proxy or from another site: %s %j', async (name, value) => {
    expect(await get(await gateways.start(tokens), '/token?uid=alice', { [name]: value })).toMatchObject({ status: 403 })
  })

  it('answers with JSON and nothing else', async () => {
    const { headers } = await get(await gateways.start(tokens), '/token?uid=alice')
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  })

  it('answers only pages of this machine', async () => {
    const gateway = await gateways.start(tokens)
    const page = await get(gateway, '/token?uid=alice', { Origin: 'http://localhost:5173' })
    expect(page).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': 'http://localhost:5173', vary: 'Origin' } })
    const evil = await get(gateway, '/token?uid=alice', { Origin: 'https://evil.example' })
    expect(evil).toMatchObject({ status: 403 })
    expect(evil.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('does not answer under a name that was rebound to a loopback address', async () => {
    const gateway = await gateways.start(tokens)
    expect(await get(gateway, '/token?uid=alice', { Host: 'evil.example' })).toMatchObject({ status: 403 })
  })

  it('warns that it is for development', async () => {
    const warnings: string[] = []
    const quiet = () => undefined
    const log = { debug: quiet, info: quiet, error: quiet, warn: (message: string) => void warnings.push(message) }
    const gateway = await gateways.start({ ...tokens, log })
    await get(gateway, '/token?uid=alice')
    expect(warnings).toEqual([expect.stringContaining('FOR DEVELOPMENT ONLY')])
  })
})

describe('a browser', () => {
  const gateways = useGateways()
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const own = addresses.find(({ internal, family }) => !internal && family === 'IPv4')

  it.each([
    'http://localhost:5173',
    'https://localhost',
    'http://127.0.0.1:8080',
    'http://127.9.9.9',
    'http://[::1]:3000',
    'https://servicewechat.com',
  ])('may connect from %s', async (origin) => {
    const gateway = await gateways.start()
    const client = await GatewayClient.connect(gateway.url, { Origin: origin })
    client.ws.terminate()
  })

  it.each([
    ...['https://evil.example', 'http://localhost.evil.example', 'http://127.0.0.1.evil.example', 'http://evil.example/http://localhost', 'http://localhost:1@evil.example'],
    ...['http://evil.example#localhost', 'http://evil.example?localhost', 'http://localhost%2eevil.example', 'http://localhost.', 'http://0.0.0.0', 'http://[::ffff:127.0.0.1]'],
    ...['https://servicewechat.com.evil.example', 'http://servicewechat.com', 'https://servicewechat.com:8443', 'https://evilservicewechat.com', 'https://servicewechat.com/'],
    ...['file://', 'null', '', 'ftp://localhost', 'ws://localhost', 'data:text/html,x', 'chrome-extension://localhost', '10.0.0.1', 'localhost', '*', 'http://'],
    ...['http://localhost, http://evil.example', 'http://evil.example, http://localhost', 'http://localhost http://evil.example'],
  ])('may not connect from %j', async (origin) => {
    const gateway = await gateways.start()
    await expect(GatewayClient.connect(gateway.url, { Origin: origin })).rejects.toThrow('403')
  })

  it('may connect from an origin that the operator allows', async () => {
    const gateway = await gateways.start({ allowedOrigins: ['https://chat.example'] })
    const client = await GatewayClient.connect(gateway.url, { Origin: 'https://chat.example' })
    client.ws.terminate()
    await expect(GatewayClient.connect(gateway.url, { Origin: 'https://chat.example:8443' })).rejects.toThrow('403')
  })

  it.runIf(own)("may connect from this machine's own address", () => {
    expect(isAllowedOrigin(`http://${own?.address}:5173`, [])).toBe(true)
  })
})
