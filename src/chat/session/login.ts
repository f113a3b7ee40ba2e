/** Checks the input of the login form before it is sent. */
import { idProblem, type IdProblem } from '../rtm-limits'

/** Far above any token of Agora's (a 007 token has some 200 characters). Keeps an accidental paste off the wire. */
export const TOKEN_MAX_LENGTH = 2_048

/** Keys of the sentences about invalid input. */
export type IdProblemKey = `id.${IdProblem}`
export type TokenProblemKey = 'token.characters' | 'token.too-long'

export type LoginCheck =
  | { readonly ok: true; readonly uid: string; readonly token: string | undefined }
  | { readonly ok: false; readonly field: 'uid'; readonly problem: IdProblemKey }
  | { readonly ok: false; readonly field: 'token'; readonly problem: TokenProblemKey }

/** The user id is used literally, since spaces are legal in it. White space around a pasted token is removed. */
export function validateLogin(uid: string, token: string): LoginCheck {
  const problem = idProblem(uid)
  if (problem !== undefined) return { ok: false, field: 'uid', problem: idProblemKey(problem) }
  const bare = token.trim()
  if (bare.length > TOKEN_MAX_LENGTH) return { ok: false, field: 'token', problem: 'token.too-long' }
  if (!/^[!-~]*$/.test(bare)) return { ok: false, field: 'token', problem: 'token.characters' }
  return { ok: true, uid, token: bare === '' ? undefined : bare }
}

export function idProblemKey(problem: IdProblem): IdProblemKey {
  return `id.${problem}`
}
