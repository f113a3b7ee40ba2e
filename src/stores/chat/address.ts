/** H5: who is logged in at the start, where the address names a user (`?uid=`). */
import { addressLogin } from '@/src/chat/address-login'
import { isValidId } from '@/src/chat/limits'
import { writeSession, type Session } from '@/src/platform/device'
import { isFramed } from '@/src/platform/launch'
import { isLoggedInElsewhere } from '@/src/platform/other-tabs'
import type { LoginProblem } from './login-problem'

/** May the address log `uid` in? `current` is logged in in this tab; undefined: `uid` may be logged in in another tab. */
export interface AddressQuestion {
  readonly uid: string
  readonly current: string | undefined
}

export interface Start {
  /** Undefined: no user is logged in. May break the rules of ids. */
  readonly uid: string | undefined
  readonly problem?: LoginProblem
}

/** `named`: the user in the address. `isKnownBrowser`: a user has logged in in this browser before. Asks before it takes a session from a user. */
export async function startByAddress(
  named: string,
  session: Session | undefined,
  isKnownBrowser: boolean,
  ask: ((question: AddressQuestion) => Promise<boolean>) | undefined,
): Promise<Start> {
  if (!isValidId(named)) return { uid: named }
  const decision = addressLogin({ named, session, isFramed: isFramed(), isElsewhere: await isLoggedInElsewhere(named), isKnownBrowser })
  if (decision === 'refuse') return { uid: undefined, problem: { kind: 'framed' } }
  if (decision === 'log-in' || (decision === 'ask' && (await ask?.({ uid: named, current: session?.uid })))) return { uid: named }
  // A reload does not ask again.
  if (decision === 'ask' && session) writeSession({ ...session, address: named })
  return { uid: session?.uid }
}
