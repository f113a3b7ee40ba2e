/** wx.request: HTTP to this machine only, as tests have no other network. */
import type { HostParts } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, WxFailure, type Options } from './callbacks'

const TIMEOUT_MS = 60_000

/** A RequestTask. Aborting it only stops its callbacks. */
export function requestApi(problems: Problems, host: HostParts, isOnline: () => boolean): (options: Options) => Record<string, unknown> {
  return (options) => {
    let aborted = false
    const run = asyncApi(problems, 'request', async ({ url, method = 'GET', header, data, dataType = 'json', timeout = TIMEOUT_MS }) => {
      if (!isOnline()) throw new WxFailure('the network is offline')
      const upper = String(method).toUpperCase()
      const target = upper === 'GET' && data && typeof data === 'object' ? withQuery(String(url), data as Options) : String(url)
      const response = await host
        .request({
          url: target,
          method: upper,
          headers: { 'content-type': 'application/json', ...(header as Record<string, string>) },
          body: upper === 'GET' || data === undefined ? '' : typeof data === 'string' ? data : JSON.stringify(data),
          timeoutMs: Number(timeout),
        })
        .catch((error: unknown) => {
          throw new WxFailure(error instanceof Error ? error.message : String(error))
        })
      if (aborted) throw new WxFailure('abort')
      return { data: dataType === 'json' ? parsed(response.body) : response.body, statusCode: response.status, header: response.headers, cookies: [] }
    })
    void run({ ...options, complete: options['complete'] ?? (() => undefined) })
    return {
      abort: () => {
        aborted = true
      },
      onHeadersReceived: () => undefined,
      offHeadersReceived: () => undefined,
    }
  }
}

function withQuery(url: string, data: Options): string {
  const query = Object.entries(data).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return query.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${query.join('&')}`
}

/** As WeChat does: the text itself if it is not JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}
