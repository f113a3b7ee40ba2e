import { messageKey, t } from '@/src/locales'
import type { LoginProblem } from '@/src/stores/chat'

/** RTM's codes of `login` that need more than their own sentence. */
const INVALID_APP_ID = 4
const INVALID_TOKEN = 5
const TIMEOUT = 9

/**
 * Why a login did not work, in a sentence that says what to do. `gatewayUrl` is '' on Agora's cloud.
 */
export function loginSentence(problem: LoginProblem, hasToken: boolean, gatewayUrl: string): string {
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
      return codeSentence(problem.operation === 'createInstance' ? INVALID_APP_ID : problem.code, hasToken, gatewayUrl)
  }
}

function codeSentence(code: number, hasToken: boolean, gatewayUrl: string): string {
  if (code === INVALID_TOKEN && !hasToken) return t('error.login.5.missing')
  if (code === TIMEOUT) {
    return t('error.login.9', { hint: gatewayUrl ? t('error.login.9.local', { url: gatewayUrl }) : t('error.login.9.agora') })
  }
  const key = messageKey(`error.login.${code}`)
  return key ? t(key) : t('error.login.other', { code })
}
