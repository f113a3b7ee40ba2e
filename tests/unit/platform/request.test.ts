/** Against a real server, through a `uni.request` over fetch. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { fetchToken, setTokenHeaders } from '@/src/platform/request'

let server: Server
let origin: string
let asked: string[]
let respond: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(String(request.url))
    respond(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  asked = []
  vi.stubGlobal('uni', {
    request({ url, header, timeout, dataType, success, fail }: any) {
      fetch(url, { headers: header, signal: AbortSignal.timeout(timeout) })
        .then(async (response) => {
          const text = await response.text()
          success({ statusCode: response.status, data: dataType === 'text' ? text : JSON.parse(text) })
        })
        .catch((error) => fail({ errMsg: `request:fail ${error.message}` }))
    },
  })
})

const answer = (body: string, status = 200) => (respond = (_, response) => response.writeHead(status).end(body))
const fetched = () => fetchToken(`${origin}/token`, 'alice')

describe('fetching a token', () => {
  it.each([
    ['JSON', '{"token":"006abc+/="}', '006abc+/='],
    ["JSON with Agora's name", '{"rtmToken":"007abc"}', '007abc'],
    ['JSON with more in it', '{"code":0,"token":"","rtmToken":"007abc"}', '007abc'],
    ['text', '006abc\n', '006abc'],
    ['text in quotes', '"006abc"', '006abc'],
    ['digits', '123456', '123456'],
  ])('reads it from %s', async (_, body, token) => {
    answer(body)
    expect(await fetched()).toEqual({ token, expiresIn: undefined, filesBearer: undefined })
  })

  it.each([
    ['{"token":"006abc","expiresIn":600}', 600],
    ['{"token":"006abc","expiresIn":0}', undefined],
    ['{"token":"006abc","expiresIn":-5}', undefined],
    ['{"token":"006abc","expiresIn":"600"}', undefined],
  ])('reads from %s how many seconds it is valid', async (body, expiresIn) => {
    answer(body)
    expect(await fetched()).toEqual({ token: '006abc', expiresIn, filesBearer: undefined })
  })

  it.each([
    ['{"token":"006abc","filesBearer":"eyJ2.x-_"}', 'eyJ2.x-_'],
    ['{"token":"006abc","filesBearer":""}', undefined],
    ['{"token":"006abc","filesBearer":"a b"}', undefined],
    ['{"token":"006abc","filesBearer":{}}', undefined],
  ])('reads from %s the bearer for files', async (body, filesBearer) => {
    answer(body)
    expect(await fetched()).toMatchObject({ token: '006abc', filesBearer })
  })

  it('sends the caller’s headers, requested again each time', async () => {
    const seen: unknown[] = []
    respond = (request, response) => {
      seen.push(request.headers.authorization)
      response.end('006abc')
    }
    let logins = 0
    setTokenHeaders(async () => ({ Authorization: `Bearer ${++logins}` }))
    await fetched()
    await fetched()
    expect(seen).toEqual(['Bearer 1', 'Bearer 2'])
    setTokenHeaders(() => Promise.reject(new Error('not logged in at the shop')))
    await expect(fetched()).rejects.toMatchObject({ failure: 'headers' })
    setTokenHeaders(() => new Promise(() => undefined))
    await expect(fetchToken(`${origin}/token`, 'alice', { timeoutMs: 30 })).rejects.toMatchObject({ failure: 'headers' })
    expect(seen).toHaveLength(2)
    setTokenHeaders(() => ({}))
  })

  it.each(['', '{}', '[]', 'null', 'true', '{"token":1}', '{"token":"a b"}', '{"data":{"token":"a"}}', '<html></html>', 'try again later', '{"token":'])(
    'finds none in %j',
    async (body) => {
      answer(body)
      await expect(fetched()).rejects.toMatchObject({ name: 'TokenRequestError', failure: 'malformed' })
    },
  )

  it.each([
    ['/token', 'alice', '/token?uid=alice'],
    ['/token?app=1', 'alice', '/token?app=1&uid=alice'],
    ['/token?', '100%', '/token?uid=100%25'],
    ['/token?a=1&', 'a&b=c+d e#', '/token?a=1&uid=a%26b%3Dc%2Bd%20e%23'],
    ['/token#part', '..', '/token?uid=..'],
  ])('asks %s for %s', async (path, uid, expected) => {
    answer('006abc')
    await fetchToken(origin + path, uid)
    expect(asked).toEqual([expected])
  })

  it('reports the status of a refusal', async () => {
    answer('{"token":"006abc"}', 403)
    await expect(fetched()).rejects.toMatchObject({ failure: 'status', status: 403 })
  })

  it('reports a missing server, and a silent one', async () => {
    await expect(fetchToken('http://127.0.0.1:1/token', 'alice')).rejects.toMatchObject({ failure: 'network' })
    respond = () => {}
    await expect(fetchToken(`${origin}/token`, 'alice', { timeoutMs: 30 })).rejects.toMatchObject({ failure: 'network' })
  })
})
