import { messageKey, t, type MessageKey } from '@/src/locales'
import type { LoginProblem, RtmBackendName } from '@/src/stores/chat'

/** RTM's codes of `login` that need more than their own sentence. */
const INVALID_APP_ID = 4
const INVALID_TOKEN = 5
const TIMEOUT = 9

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

/**
 * The meaning of code 5 (invalid token). The mini program SDK rejects 007 tokens, and Agora's console also issues RTC tokens. Neither applies to the gateway.
 */
const INVALID_TOKEN_SENTENCES: Readonly<Record<TokenOrigin, Readonly<Record<RtmBackendName, MessageKey>>>> = {
  none: { local: 'error.login.5.missing', 'agora-mini': 'error.login.5.missing', 'agora-web': 'error.login.5.missing' },
  fetched: { local: 'error.login.5.fetched', 'agora-mini': 'error.login.5.fetched006', 'agora-web': 'error.login.5.fetched' },
  typed: { local: 'error.login.5', 'agora-mini': 'error.login.5.console', 'agora-web': 'error.login.5.console' },
  typed007: { local: 'error.login.5', 'agora-mini': 'error.login.5.007', 'agora-web': 'error.login.5.console' },
}

/** What a timeout (code 9) adds to «check the network». */
const TIMEOUT_HINTS: Readonly<Record<RtmBackendName, MessageKey | undefined>> = {
  local: 'error.login.9.local',
  'agora-mini': 'error.login.9.agora',
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
      return codeSentence(problem.operation === 'createInstance' ? INVALID_APP_ID : problem.code, attempt)
  }
}

function codeSentence(code: number, attempt: LoginAttempt): string {
  if (code === INVALID_TOKEN) return t(INVALID_TOKEN_SENTENCES[originOf(attempt)][attempt.backend])
  if (code === TIMEOUT) {
    const hint = TIMEOUT_HINTS[attempt.backend]
    return t('error.login.9', { hint: hint ? t(hint, { url: attempt.gatewayUrl }) : '' })
  }
  const key = messageKey(`error.login.${code}`)
  return key ? t(key) : t('error.login.other', { code })
}

function originOf({ token, fetchesToken }: LoginAttempt): TokenOrigin {
  const typed = token.trim()
  if (typed === '') return fetchesToken ? 'fetched' : 'none'
  return typed.startsWith('007') ? 'typed007' : 'typed'
}
