/** From which web pages a browser may talk to the gateway. */
import { networkInterfaces } from 'node:os'

/** Where mini programs come from. */
const WECHAT = 'https://servicewechat.com'

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
