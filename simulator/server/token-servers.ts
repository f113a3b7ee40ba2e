import { isLoopbackName } from '../../gateway/origin'

/**
 * Returns the origin of VITE_RTM_TOKEN_URL if the phones may fetch tokens from it: if it is on this machine. With `--lan` they may not: other devices of the
 * network could then ask through this machine, and receive what is meant for this machine only.
 * @param host the address that the simulator listens on
 */
export function tokenServers(host: string, tokenUrl: string | undefined): string[] {
  if (!tokenUrl || !isLoopbackName(host)) return []
  const { origin, hostname } = new URL(tokenUrl)
  return isLoopbackName(hostname) ? [origin] : []
}
