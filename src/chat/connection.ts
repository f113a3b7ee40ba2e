/** What the banner says about the connection. */

/** RTM's states and reasons, as src/rtm/port.ts has them. */
type State = 'DISCONNECTED' | 'CONNECTING' | 'CONNECTED' | 'RECONNECTING' | 'ABORTED'
type Reason =
  | 'LOGIN'
  | 'LOGIN_SUCCESS'
  | 'LOGIN_FAILURE'
  | 'LOGIN_TIMEOUT'
  | 'INTERRUPTED'
  | 'LOGOUT'
  | 'BANNED_BY_SERVER'
  | 'REMOTE_LOGIN'
  | 'TOKEN_EXPIRED'

export type Banner = 'none' | 'connecting' | 'offline' | 'kicked' | 'banned' | 'token-expired'

/**
 * What to tell the person, from the newest state, the reason it came with (undefined before the first), and whether the
 * device has a network. Nothing while CONNECTED, and nothing after a logout. Whoever is refused at the first login hears it
 * on the login page, which has no banner.
 */
export function banner(state: State, reason: Reason | undefined, networkOnline: boolean): Banner {
  if (state === 'CONNECTED') return 'none'
  if (reason === undefined || reason === 'LOGOUT') return 'none'
  if (reason === 'REMOTE_LOGIN') return 'kicked'
  if (reason === 'BANNED_BY_SERVER') return 'banned'
  if (reason === 'TOKEN_EXPIRED') return 'token-expired'
  return networkOnline ? 'connecting' : 'offline'
}
