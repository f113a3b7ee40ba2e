/** What the banner says about the session. */
import type { Session, StopReason } from './session'

export type Banner = 'none' | 'connecting' | 'reconnecting' | 'offline' | StopReason

/**
 * What to tell who is logged in of their session, and of the device's network: nothing while all is well. On the login page
 * there is no banner.
 */
export function banner(session: Session, networkOnline: boolean): Banner {
  switch (session.phase) {
    // RTM notices a lost connection after seconds; that the device has no network is known at once.
    case 'online':
      return networkOnline ? 'none' : 'offline'
    case 'stopped':
      return session.why
    case 'reconnecting':
      return networkOnline ? 'reconnecting' : 'offline'
    case 'leaving':
      return session.next ? connecting(networkOnline) : 'none'
    // The app has just started, and reads what is on the device.
    case 'out':
    case 'fetching':
    case 'logging-in':
    case 'pausing':
      return connecting(networkOnline)
  }
}

function connecting(networkOnline: boolean): Banner {
  return networkOnline ? 'connecting' : 'offline'
}
