import { isLoopbackName } from '../../gateway/origin'

/**
 * Returns the origin of VITE_RTM_TOKEN_URL when the phones may ask it for tokens: when it is on this machine. With `--lan` they may not,
 * since other devices of the network could then ask through this machine, and get what is given to this machine only.
 * @param host the address that the simulator listens on
 */
export function tokenServers(host: string, tokenUrl: string | undefined): string[] {
  if (!tokenUrl || !isLoopbackName(host)) return []
  const { origin, hostname } = new URL(tokenUrl)
  return isLoopbackName(hostname) ? [origin] : []
}
