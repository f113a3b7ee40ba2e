import { messageKey, t, type MessageKey } from '@/src/locales'
import type { LoginProblem, RtmBackendName } from '@/src/stores/chat'

/** The input and settings of a login attempt. */
export interface LoginAttempt {
  /** The token that was typed. '' for none. */
  readonly token: string
  /** Whether the build fetches a token if none is typed. */
  readonly fetchesToken: boolean
  readonly backend: RtmBackendName
  /** '' on Agora's cloud. */
  readonly gatewayUrl: string
}

/** The source of an invalid token: none was given, the token server gave it, or the user typed it, with 007 at its beginning or not. */
type TokenOrigin = 'none' | 'fetched' | 'typed' | 'typed007'

/** The meaning of an invalid token. The mini program SDK rejects 007 tokens, and Agora's console also issues RTC tokens. Neither applies to the gateway. */
const INVALID_TOKEN_SENTENCES: Readonly<Record<TokenOrigin, Readonly<Record<RtmBackendName, MessageKey>>>> = {
  none: { local: 'error.login.token-invalid.missing', 'agora-mini': 'error.login.token-invalid.missing', 'agora-web': 'error.login.token-invalid.missing' },
  fetched: { local: 'error.login.token-invalid.fetched', 'agora-mini': 'error.login.token-invalid.fetched006', 'agora-web': 'error.login.token-invalid.fetched' },
  typed: { local: 'error.login.token-invalid', 'agora-mini': 'error.login.token-invalid.console', 'agora-web': 'error.login.token-invalid.console' },
  typed007: { local: 'error.login.token-invalid', 'agora-mini': 'error.login.token-invalid.007', 'agora-web': 'error.login.token-invalid.console' },
}

/** The hint that a timeout adds to «check the network». */
const TIMEOUT_HINTS: Readonly<Record<RtmBackendName, MessageKey | undefined>> = {
  local: 'error.login.timeout.local',
  'agora-mini': 'error.login.timeout.agora',
  'agora-web': undefined,
}

/** Returns why a login failed and what to do, in a sentence. */
export function loginSentence(problem: LoginProblem, attempt: LoginAttempt): string {
  switch (problem.kind) {
    case 'sdk-missing':
      return t('login.sdk.title')
    case 'sdk-unusable':
      return t('error.sdk-unusable')
    case 'token':
      return t(`error.token.${problem.failure}`, { status: problem.status ?? '' })
    case 'storage':
      return t('error.storage')
    // #ifdef H5
    case 'framed':
      return t('error.framed')
    // #endif
    case 'rtm':
      return refusalSentence(problem, attempt)
  }
}

function refusalSentence({ reason, code }: Extract<LoginProblem, { kind: 'rtm' }>, attempt: LoginAttempt): string {
  if (reason === 'token-invalid') return t(INVALID_TOKEN_SENTENCES[originOf(attempt)][attempt.backend])
  if (reason === 'timeout') {
    const hint = TIMEOUT_HINTS[attempt.backend]
    return t('error.login.timeout', { hint: hint ? t(hint, { url: attempt.gatewayUrl }) : '' })
  }
  const key = messageKey(`error.login.${reason}`)
  return key ? t(key) : t('error.login.other', { code: code ?? '' })
}

function originOf({ token, fetchesToken }: LoginAttempt): TokenOrigin {
  const typed = token.trim()
  if (typed === '') return fetchesToken ? 'fetched' : 'none'
  return typed.startsWith('007') ? 'typed007' : 'typed'
}
