/** HTTP for wx.request of both hosts, to this machine only. */
import type { HttpRequest, HttpResponse, OverProxy } from '../runtime/types'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

export async function httpRequest({ url, method, headers, body, timeoutMs, aborting }: HttpRequest): Promise<HttpResponse> {
  if (!LOOPBACK.has(new URL(url).hostname)) throw new Error(`${url} is not on this machine`)
  const ending = new AbortController()
  aborting?.(() => ending.abort())
  const response = await fetch(url, {
    method,
    headers: { ...headers },
    body: body.length === 0 ? undefined : new Uint8Array(body),
    signal: AbortSignal.any([ending.signal, AbortSignal.timeout(timeoutMs)]),
  })
  const received: Record<string, string> = {}
  response.headers.forEach((value, name) => {
    received[name] = value
  })
  return { status: response.status, headers: received, body: new Uint8Array(await response.arrayBuffer()) }
}

/** The same for a phone in a browser, which sends and takes JSON. */
export async function proxiedRequest(wanted: OverProxy<HttpRequest>, aborting: HttpRequest['aborting']): Promise<OverProxy<HttpResponse>> {
  const response = await httpRequest({ ...wanted, body: Buffer.from(wanted.body, 'base64'), aborting })
  return { ...response, body: Buffer.from(response.body).toString('base64') }
}
