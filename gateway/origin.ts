/** From which web pages a browser may talk to the gateway, and under which host names. */
import type { IncomingMessage } from 'node:http'
import { networkInterfaces } from 'node:os'

/** Where mini programs come from. */
const WECHAT = 'https://servicewechat.com'

/** What the operator says about the names of the gateway and of its pages. */
export interface Guard {
  /** The address or name that the gateway listens on. */
  readonly host: string
  readonly allowedOrigins: readonly string[]
}

/** A host name, or an address (IPv6 in brackets), and perhaps a port. No user, no path. */
const AUTHORITY = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/

/** The host name of the `Host` header in lower case, without its port; undefined where there is not exactly one. */
export function hostName({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>): string | undefined {
  const [host = '', ...others] = headersDistinct.host ?? []
  return others.length > 0 ? undefined : AUTHORITY.exec(host.toLowerCase())?.[1]
}

/**
 * Whether `Host` names the gateway: by a loopback name, the address that the connection came in on, the one it listens on, or the
 * host of an allowed origin. A web page whose own name was turned into an address of this machine is known by that name. Without
 * the header (HTTP/1.0) it is not a browser.
 */
export function isAllowedHost(request: Pick<IncomingMessage, 'headersDistinct' | 'socket'>, { host, allowedOrigins }: Guard): boolean {
  if (!request.headersDistinct.host) return true
  const name = hostName(request)
  if (name === undefined) return false
  const own = [host.toLowerCase(), (request.socket.localAddress ?? '').replace(/^::ffff:|%.*$/g, '')]
  return (
    isLoopbackName(name) ||
    own.some((address) => name === address || name === `[${address}]`) ||
    allowedOrigins.some((origin) => URL.canParse(origin) && new URL(origin).hostname === name)
  )
}

/**
 * Without an Origin header it is not a browser, and free to connect. Browsers may from pages of this machine (by a loopback
 * name or one of its addresses, at any port), from WeChat, and from `allowed`.
 */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined) return true
  if (origin === WECHAT || allowed.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return (protocol === 'http:' || protocol === 'https:') && (isLoopbackName(hostname) || isOwnAddress(hostname))
}

/** Whether a host name of a URL (IPv6 in brackets) means this machine itself. */
export function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

/** Whether a socket's remote address is this machine itself. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '')
}

function isOwnAddress(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === bare))
}
