/** H5: the user that is logged in when a tab starts. The address can name a user (`?uid=`), and any other page can make a browser open such an address. */

/** `none`: no user; `log-in`: the named user, or the one of this tab's session; `ask`: the same after a question; `refuse`: no user, since the page is in a frame. */
export type StartLogin = 'none' | 'log-in' | 'ask' | 'refuse'

export interface StartLoginFacts {
  /** The user in the address. */
  readonly named: string | undefined
  /** The user of this tab's last session. A duplicated tab has a copy of it. */
  readonly current: string | undefined
  /** Whether the page is inside another page. */
  readonly isFramed: boolean
  /** Whether the user to log in is logged in in another tab. Undefined: the browser cannot tell. */
  readonly isElsewhere: boolean | undefined
}

export function startLogin({ named, current, isFramed, isElsewhere }: StartLoginFacts): StartLogin {
  if (named === undefined) return current === undefined ? 'none' : isElsewhere ? 'ask' : 'log-in'
  if (isFramed) return 'refuse'
  const isReload = named === current
  const takesTab = !isReload && current !== undefined
  // A reload can use the tab's own session. Any other address may come from a stranger.
  return takesTab || (isElsewhere ?? !isReload) ? 'ask' : 'log-in'
}
