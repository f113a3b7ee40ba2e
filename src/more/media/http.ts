/** HTTP requests on both platforms, over uni.request. */
import { MediaError } from './port'

export interface HttpResponse {
  readonly status: number
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** uni.request's. WeChat has no PATCH. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'DELETE'

export interface HttpRequest {
  readonly method: HttpMethod
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | ArrayBuffer
}

/** A store that does not answer within this time is not there, ms. */
const TIMEOUT_MS = 60_000

/** Resolves to the answer, whatever its status is. Rejects with MediaError `offline` if there is none. `onTask` is called with a function that ends the request. */
export function request({ method, url, headers = {}, body }: HttpRequest, onTask?: (abort: () => void) => void): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const task = uni.request({
      method,
      url,
      header: { ...headers },
      ...(body !== undefined && { data: body }),
      timeout: TIMEOUT_MS,
      // The raw text: an answer that is no JSON is judged by its reader.
      dataType: 'text',
      success: ({ statusCode, header, data }) => resolve({ status: statusCode, headers: lowerCased(header), body: typeof data === 'string' ? data : '' }),
      fail: ({ errMsg }: { errMsg?: string }) => reject(new MediaError('offline', errMsg ?? 'request:fail')),
    })
    onTask?.(() => task.abort())
  })
}

function lowerCased(header: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries((header ?? {}) as Record<string, unknown>).map(([name, value]) => [name.toLowerCase(), String(value)]))
}
