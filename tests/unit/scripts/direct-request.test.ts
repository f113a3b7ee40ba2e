import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startGateway, type Gateway } from '@/gateway/server'
import { jsonFrom, requestDirectly } from '@/scripts/start/direct-request'
import { runningOrNewGateway } from '@/scripts/start/gateway'

const HOST = '127.0.0.1'
const TIMEOUT_MS = 15_000
let gateway: Gateway

beforeEach(async () => {
  gateway = await startGateway({ host: HOST, port: 0 })
  // A proxy that does not answer, as NODE_USE_ENV_PROXY puts it before both.
  vi.stubGlobal('fetch', () => new Promise(() => {}))
  Object.assign(http.globalAgent, { addRequest: () => {} })
})
afterEach(async () => {
  vi.unstubAllGlobals()
  // The agent's own methods come from its prototype.
  Reflect.deleteProperty(http.globalAgent, 'addRequest')
  await gateway.close()
})

it('reaches a server of this machine without the proxy', async () => {
  expect(await jsonFrom(`http://${HOST}:${gateway.port}/healthz`, TIMEOUT_MS)).toHaveProperty('protocol')
})

it('finds the running gateway, and leaves it running', async () => {
  const used = await runningOrNewGateway('npm run dev:simulator', HOST, gateway.port, undefined)
  await used.close()
  expect(used.url).toBe(gateway.url)
  expect(await jsonFrom(`http://${HOST}:${gateway.port}/healthz`, TIMEOUT_MS)).toHaveProperty('protocol')
})

it('sends a method and a body, and follows no redirect', async () => {
  const asked: string[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    asked.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`)
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
  const { port } = server.address() as AddressInfo
  const response = await requestDirectly(`http://${HOST}:${port}/a`, { method: 'POST', body: 'words', timeoutMs: TIMEOUT_MS })
  response.resume()
  expect([response.statusCode, asked]).toEqual([302, ['POST /a words']])
  await new Promise((resolve) => server.close(resolve))
})
