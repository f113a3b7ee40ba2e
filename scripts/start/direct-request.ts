import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'

export interface DirectRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** None when it is empty. */
  readonly body?: string
  /** Milliseconds until the request is given up, its answer included. */
  readonly timeoutMs: number
}

/**
 * Asks a server of this machine or of its network, and resolves to the answer when its headers are there. Redirects are not followed.
 * Unlike `fetch` and Node's shared agent it never goes through the proxy that NODE_USE_ENV_PROXY takes from the environment: a proxy
 * does not reach this machine's own servers.
 */
export function requestDirectly(url: URL | string, { method = 'GET', headers = {}, body = '', timeoutMs }: DirectRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const ask = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest
    ask(url, { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }, resolve).once('error', reject).end(body)
  })
}

/** Reads the JSON that `url` answers with. Rejects when there is no answer, or another one. */
export async function jsonFrom(url: string, timeoutMs: number): Promise<unknown> {
  return JSON.parse(await text(await requestDirectly(url, { timeoutMs })))
}
