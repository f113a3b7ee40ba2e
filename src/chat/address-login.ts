/** H5: what becomes of a user that the address of the page names (`?uid=`). Any other page can make a browser open such an address. */

/** `session`: goes on as this tab's session; `log-in`: logs in the named user; `ask`: the same after a question; `refuse`: logs in no user. */
export type AddressLogin = 'session' | 'log-in' | 'ask' | 'refuse'

export interface AddressLoginFacts {
  /** The user that the address names. */
  readonly named: string
  /** The last session of this tab. `address`: the user that the address named then. */
  readonly session: { readonly uid: string; readonly address?: string } | undefined
  /** Whether the page is inside another page. */
  readonly isFramed: boolean
  /** Whether the named user is logged in in another tab. Undefined: the browser cannot tell. */
  readonly isElsewhere: boolean | undefined
  /** Whether a user has logged in in this browser before. */
  readonly isKnownBrowser: boolean
}

export function addressLogin({ named, session, isFramed, isElsewhere, isKnownBrowser }: AddressLoginFacts): AddressLogin {
  if (isFramed) return 'refuse'
  // A user who has logged in since, in the same tab, goes on.
  if (session && (session.uid === named || session.address === named)) return 'session'
  return session || (isElsewhere ?? isKnownBrowser) ? 'ask' : 'log-in'
}
