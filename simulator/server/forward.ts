/** The proxy for wx.request of the phones: a browser restricts requests that WeChat allows. */
import type { IncomingMessage } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import { requestDirectly } from '../../scripts/start/direct-request'
import type { HttpRequest, HttpResponse, OverProxy } from '../runtime/types'

/** The limit of a phone's request, in JSON with its body in base64: more than any part of an upload, in bytes. */
const REQUEST_MAX_BYTES = 16 * 1_048_576
/** The limit of an answer, in bytes. A longer video cannot be loaded into a phone of the page. */
const RESPONSE_MAX_BYTES = 32 * 1_048_576
/** TRACE and CONNECT are left out: they could show or reach more than the phone may. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** As WeChat's own limit. */
const TIMEOUT_MAX_MS = 60_000
/** Headers of the connection, which are not forwarded. */
const OWN_HEADERS = new Set(['accept-encoding', 'connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

/** The reason why a request was not forwarded: a status and a sentence for the program's developer. */
export class NotForwarded extends Error {
  constructor(
    readonly status: 400 | 403 | 413 | 502,
    message: string,
  ) {
    super(message)
  }
}

/**
 * Reads the request of a phone and resolves to the answer. Rejects with {@link NotForwarded}.
 * @param targets the only allowed origins, such as `http://127.0.0.1:7070`
 * @param hosts by `host:port`, the address to use instead
 */
export async function forward(incoming: IncomingMessage, targets: readonly string[], hosts: Readonly<Record<string, string>>): Promise<OverProxy<HttpResponse>> {
  const wanted = await readRequest(incoming)
  if (!URL.canParse(wanted.url)) throw new NotForwarded(400, `${wanted.url} is no address`)
  const url = new URL(wanted.url)
  url.host = hosts[url.host] ?? url.host
  if (!targets.includes(url.origin) || url.username !== '' || url.password !== '') {
    throw new NotForwarded(403, `The simulator asks ${targets.join(' and ')} only, and not ${url.origin}.`)
  }
  const method = wanted.method.toUpperCase()
  if (!METHODS.has(method)) throw new NotForwarded(502, `${wanted.method} is not a method that is forwarded`)
  try {
    const response = await requestDirectly(url, {
      method,
      headers: Object.fromEntries(Object.entries(wanted.headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()))),
      body: Buffer.from(wanted.body, 'base64'),
      timeoutMs: Math.min(wanted.timeoutMs, TIMEOUT_MAX_MS),
    })
    const { statusCode: status = 0 } = response
    if (REDIRECTS.has(status)) {
      response.destroy()
      // A redirect would have to be checked again.
      throw new Error('unexpected redirect')
    }
    const headers = Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const)
    return { status, headers: Object.fromEntries(headers), body: (await buffer(upTo(RESPONSE_MAX_BYTES, response))).toString('base64') }
  } catch (error) {
    // A timeout has its reason in the cause.
    const { message, cause } = error as Error
    throw new NotForwarded(502, cause instanceof Error ? cause.message : message)
  }
}

async function readRequest(incoming: IncomingMessage): Promise<OverProxy<HttpRequest>> {
  let json: unknown
  try {
    json = JSON.parse(await text(upTo(REQUEST_MAX_BYTES, incoming)))
  } catch (error) {
    if (error instanceof TooLarge) throw new NotForwarded(413, error.message)
    throw new NotForwarded(400, 'not JSON')
  }
  if (!isHttpRequest(json)) throw new NotForwarded(400, 'not a request')
  return json
}

function isHttpRequest(value: unknown): value is OverProxy<HttpRequest> {
  if (typeof value !== 'object' || value === null) return false
  const { url, method, headers, body, timeoutMs } = value as Partial<Record<keyof HttpRequest, unknown>>
  const areHeaders = typeof headers === 'object' && headers !== null && Object.values(headers).every((one) => typeof one === 'string')
  return typeof url === 'string' && typeof method === 'string' && areHeaders && typeof body === 'string' && typeof timeoutMs === 'number' && timeoutMs > 0
}

class TooLarge extends Error {}

/** Throws {@link TooLarge} at the first chunk over `max` bytes. */
async function* upTo(max: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > max) throw new TooLarge(`more than ${max} bytes`)
    yield chunk
  }
}
