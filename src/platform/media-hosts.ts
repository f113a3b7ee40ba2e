import { httpsHost } from '@/src/chat/util/web-address'

/**
 * Whether a picture or another medium may be loaded from `address`: over https from a host of `VITE_MEDIA_HOSTS`, by default the gateway's own (.env.example).
 * From anywhere, any sender could make every reader's device call any host. On H5 the Content-Security-Policy has the same hosts.
 */
export function mayLoad(address: string): boolean {
  const host = httpsHost(address)
  return host !== undefined && (import.meta.env.VITE_MEDIA_HOSTS ?? '').split(',').some((allowed) => matches(host, allowed))
}

/** `*.example.com` allows every host below example.com, and not example.com itself. */
function matches(host: string, allowed: string): boolean {
  if (allowed.startsWith('*.')) return host.endsWith(allowed.slice(1)) && host.length >= allowed.length
  return allowed !== '' && host === allowed
}
