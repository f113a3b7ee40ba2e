/** What the banner says about the session. */
import type { Session, StopReason } from './session'

export type Banner = 'none' | 'connecting' | 'reconnecting' | 'offline' | StopReason

/**
 * What to tell the person of their session, and of the device's network. Nothing while all is well, and nothing on the login
 * page, which says by itself what it waits for.
 */
export function banner(session: Session, networkOnline: boolean): Banner {
  switch (session.phase) {
    case 'out':
    case 'online':
      return 'none'
    case 'stopped':
      return session.why
    case 'reconnecting':
      return networkOnline ? 'reconnecting' : 'offline'
    case 'leaving':
      return session.next ? connecting(networkOnline) : 'none'
    case 'fetching':
    case 'logging-in':
    case 'pausing':
      return connecting(networkOnline)
  }
}

function connecting(networkOnline: boolean): Banner {
  return networkOnline ? 'connecting' : 'offline'
}
