/** H5: the user that is logged in when a tab starts. */
import { isValidId } from '@/src/chat/rtm-limits'
import { startLogin } from '@/src/chat/session/start-login'
import { clearSession } from '@/src/platform/device'
import { dropLaunchUid, isFramed } from '@/src/platform/launch'
import { isLoggedInElsewhere } from '@/src/platform/other-tabs'
import type { LoginProblem } from './login-problem'

/** May `uid` be logged in in this tab? */
export interface LoginQuestion {
  readonly uid: string
  /**
   * The origin of the request: the address, or undefined for this tab's session and its login page. `current`: another user, who is logged in in this tab.
   */
  readonly address: { readonly current: string | undefined } | undefined
  /** Whether `uid` is logged in in another tab, which a login here would log out. Undefined: the browser cannot tell. */
  readonly isElsewhere: boolean | undefined
}

/** Resolves to whether the user confirmed. */
export type AskLogin = (question: LoginQuestion) => Promise<boolean>

export interface TabStart {
  /** Undefined: no user is logged in. */
  readonly uid: string | undefined
  readonly problem?: LoginProblem
}

/**
 * `named`: the user in the address. `current`: the user of this tab's session. Without `ask` no session elsewhere is ended. If the user declines, the address
 * counts as naming no user.
 */
export async function startTab(named: string | undefined, current: string | undefined, ask: AskLogin | undefined): Promise<TabStart> {
  // The login page shows what is wrong with it.
  if (named !== undefined && !isValidId(named)) return { uid: undefined }
  const uid = named ?? current
  const isElsewhere = uid === undefined ? undefined : await isLoggedInElsewhere(uid)
  const decision = startLogin({ named, current, isFramed: isFramed(), isElsewhere })
  if (uid === undefined || decision === 'none') return { uid: undefined }
  if (decision === 'refuse') return { uid: undefined, problem: { kind: 'framed' } }
  const isSession = uid === current
  if (decision === 'log-in' || (await ask?.({ uid, address: isSession ? undefined : { current }, isElsewhere }))) return { uid }
  dropLaunchUid()
  if (!isSession) return startTab(undefined, current, ask)
  clearSession()
  return { uid: undefined }
}
