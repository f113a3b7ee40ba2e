/** The state of the session that the banner shows. */
import type { Session, StopReason } from './session'

export type Banner = 'none' | 'connecting' | 'reconnecting' | 'offline' | StopReason

/** The state to show to the logged-in user, from their session and the device's network. 'none' if there is no problem. The login page has no banner. */
export function banner(session: Session, networkOnline: boolean): Banner {
  switch (session.phase) {
    // RTM notices a lost connection after seconds. A device without a network is known at once.
    case 'online':
      return networkOnline ? 'none' : 'offline'
    case 'stopped':
      return session.why
    case 'reconnecting':
      return networkOnline ? 'reconnecting' : 'offline'
    case 'leaving':
      return session.next ? connecting(networkOnline) : 'none'
    // The app has just started, and reads the device's storage.
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
