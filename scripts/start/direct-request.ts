import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'

export interface DirectRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Not sent if it is empty. */
  readonly body?: string | Uint8Array
  /** Timeout for the whole request and answer, in ms. */
  readonly timeoutMs: number
}

/**
 * Requests a server of this machine or its network, and resolves once the answer's headers have arrived. Does not follow redirects. Unlike `fetch` and Node's
 * shared agent it never uses the proxy of NODE_USE_ENV_PROXY: a proxy does not reach this machine's own servers.
 */
export function requestDirectly(url: URL | string, { method = 'GET', headers = {}, body = '', timeoutMs }: DirectRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const ask = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest
    ask(url, { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }, resolve).once('error', reject).end(body)
  })
}

/** Reads JSON from `url`. Rejects if there is no answer, or it is not JSON. */
export async function jsonFrom(url: string, timeoutMs: number): Promise<unknown> {
  return JSON.parse(await text(await requestDirectly(url, { timeoutMs })))
}
