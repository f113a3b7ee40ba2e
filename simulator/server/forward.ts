/** The way out for wx.request of the phones, since a browser holds back what WeChat does not. */
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { HttpRequest, HttpResponse } from '../runtime/types'

/** What a phone may send, its JSON included, in bytes. */
const REQUEST_MAX_BYTES = 1_048_576
/** What may come back, in bytes. */
const RESPONSE_MAX_BYTES = 10 * 1_048_576
/** As WeChat's own limit. */
const TIMEOUT_MAX_MS = 60_000
/** What belongs to the connection, and not to the request. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

/** Why a request was not forwarded: a status and a sentence for the program's developer. */
export class NotForwarded extends Error {
  constructor(
    readonly status: 400 | 403 | 413 | 502,
    message: string,
  ) {
    super(message)
  }
}

/**
 * Reads the request of a phone, and resolves to the answer it got. Rejects with {@link NotForwarded}.
 * @param targets the origins (`http://127.0.0.1:7070`) that it may go to, and no other
 * @param hosts by `host:port`, the one to ask instead
 */
export async function forward(incoming: IncomingMessage, targets: readonly string[], hosts: Readonly<Record<string, string>>): Promise<HttpResponse> {
  const wanted = await readRequest(incoming)
  if (!URL.canParse(wanted.url)) throw new NotForwarded(400, `${wanted.url} is no address`)
  const url = new URL(wanted.url)
  url.host = hosts[url.host] ?? url.host
  if (!targets.includes(url.origin) || url.username !== '' || url.password !== '') {
    throw new NotForwarded(403, `The simulator asks ${targets.join(' and ')} only, and not ${url.origin}.`)
  }
  try {
    const response = await fetch(url, {
      method: wanted.method,
      headers: Object.entries(wanted.headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase())),
      body: wanted.body === '' ? undefined : wanted.body,
      // It would have to be judged again.
      redirect: 'error',
      signal: AbortSignal.timeout(Math.min(wanted.timeoutMs, TIMEOUT_MAX_MS)),
    })
    const headers: Record<string, string> = {}
    response.headers.forEach((value, name) => {
      headers[name] = value
    })
    // Node iterates the stream; the types are a browser's.
    const body = response.body as AsyncIterable<Uint8Array> | null
    return { status: response.status, headers, body: body ? await text(upTo(RESPONSE_MAX_BYTES, body)) : '' }
  } catch (error) {
    const { message, cause } = error as Error
    throw new NotForwarded(502, cause instanceof Error ? cause.message : message)
  }
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
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

function isHttpRequest(value: unknown): value is HttpRequest {
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
