/** What the gateway answers over plain HTTP: `/healthz`, and in development `/token`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../src/chat/time/clock'
import { isValidId } from '../src/chat/rtm-limits'
import { hostName, isAllowedHost, isAllowedOrigin, isLoopbackAddress, isLoopbackName, type Guard } from './origin'
import { issueToken, type TokenKind } from './token'
import type { Logger } from './logger'

const DAY_S = 24 * 3_600
/** What proxies add: the one who asks is somewhere else, though the proxy is on this machine. */
const PROXY_HEADER = /^(forwarded|via|x-real-ip|x-forwarded.*|.*-client-ip|.*-connecting-ip)$/

export interface HttpOptions {
  readonly appId: string
  readonly certificate: string | undefined
  readonly devTokens: boolean
  readonly guard: Guard
  readonly log: Logger
  readonly health: () => object
  readonly clock: Clock
}

export function handleHttp(request: IncomingMessage, response: ServerResponse, options: HttpOptions): void {
  // What is asked here is asked once in a while: no socket is kept for the next time.
  response.shouldKeepAlive = false
  if (!isAllowedHost(request, options.guard)) return answer(response, 403, { error: 'this host name is not allowed' })
  const url = requestUrl(request)
  if (!url) return answer(response, 400, { error: 'not a URL' })
  if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, { error: 'only GET' })
  switch (url.pathname) {
    case '/healthz':
      return answer(response, 200, options.health())
    case '/token':
      return answerToken(request, response, url, options)
    default:
      return answer(response, 404, { error: 'not found' })
  }
}

/** The URL that was asked for; only its path and query mean anything. */
export function requestUrl({ url = '/' }: IncomingMessage): URL | undefined {
  const text = `http://gateway${url.startsWith('/') ? url : `/${url}`}`
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Gives anybody on this machine a token for any user: what a token server must never do. */
function answerToken(request: IncomingMessage, response: ServerResponse, url: URL, { appId, certificate, devTokens, guard, log, clock }: HttpOptions): void {
  if (certificate === undefined || !devTokens) return answer(response, 404, { error: 'not found' })
  const { origin, 'sec-fetch-site': site } = request.headers
  // the Host header keeps a web page out that has turned its own name into a loopback address
  const host = hostName(request)
  const isHere = isLoopbackAddress(request.socket.remoteAddress) && host !== undefined && isLoopbackName(host)
  if (!isHere || Object.keys(request.headers).some((name) => PROXY_HEADER.test(name))) {
    return answer(response, 403, { error: 'tokens are given to this machine only' })
  }
  if (site === 'cross-site' || !isAllowedOrigin(origin, guard.allowedOrigins)) return answer(response, 403, { error: 'this origin is not allowed' })
  if (origin !== undefined) response.setHeader('Access-Control-Allow-Origin', origin).setHeader('Vary', 'Origin')

  const [uid, ...others] = url.searchParams.getAll('uid')
  if (!isValidId(uid) || others.length > 0) return answer(response, 400, { error: 'uid is not one user id' })
  const kind = tokenKind(url.searchParams.get('kind'))
  if (!kind) return answer(response, 400, { error: 'kind is neither 006 nor 007' })
  const lifetime = tokenLifetime(url.searchParams.get('expire'))
  if (lifetime === undefined) return answer(response, 400, { error: `expire is not a number of seconds from 1 to ${DAY_S}` })

  log.warn('GET /token gave a token to somebody who only had to ask: FOR DEVELOPMENT ONLY', { uid, kind })
  const token = issueToken(kind, { appId, certificate, uid, now: clock.now() }, lifetime)
  answer(response, 200, { token, kind, uid, expiresIn: lifetime })
}

/** 006 unless asked: the mini program SDK 1.0.0 refuses 007. */
function tokenKind(text: string | null): TokenKind | undefined {
  if (text === null) return '006'
  return text === '006' || text === '007' ? text : undefined
}

function tokenLifetime(text: string | null): number | undefined {
  if (text === null) return DAY_S
  const seconds = Number(text)
  return /^[1-9]\d*$/.test(text) && seconds <= DAY_S ? seconds : undefined
}

function answer(response: ServerResponse, status: number, body: object): void {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
  response.writeHead(status, headers).end(JSON.stringify(body))
}
