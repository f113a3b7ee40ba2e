/** HTTP for wx.request of both hosts, to this machine only. */
import type { HttpRequest, HttpResponse } from '../runtime/types'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

export async function httpRequest({ url, method, headers, body, timeoutMs }: HttpRequest): Promise<HttpResponse> {
  if (!LOOPBACK.has(new URL(url).hostname)) throw new Error(`${url} is not on this machine`)
  const response = await fetch(url, { method, headers: { ...headers }, body: body === '' ? undefined : body, signal: AbortSignal.timeout(timeoutMs) })
  const received: Record<string, string> = {}
  response.headers.forEach((value, name) => {
    received[name] = value
  })
  return { status: response.status, headers: received, body: await response.text() }
}
