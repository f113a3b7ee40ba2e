import { afterEach, describe, expect, it } from 'vitest'
import { loginSentence, type LoginAttempt } from '@/src/ui/account/login-sentence'
import { locale } from '@/src/locales'
import type { RtmReason } from '@/src/chat/rtm-reason'
import type { RtmBackendName } from '@/src/rtm/port'

const BACKENDS: readonly RtmBackendName[] = ['local', 'agora-mini', 'agora-web']
const sentence = (reason: RtmReason, attempt: Partial<LoginAttempt>) =>
  loginSentence({ kind: 'rtm', reason }, { token: '', fetchesToken: false, backend: 'agora-web', gatewayUrl: '', ...attempt })

afterEach(() => {
  locale.value = 'zh'
})

describe.each(['zh', 'en'] as const)('an invalid token, in %s', (language) => {
  it('names 007 only if a 007 token is rejected for being one', () => {
    locale.value = language
    const refused = BACKENDS.flatMap((backend) => ['', '006abc', '007abc', ' 007abc', 'abc'].map((token) => ({ backend, token })))
    const named = refused.filter((attempt) => sentence('token-invalid', attempt).includes('007'))
    expect(named).toEqual([
      { backend: 'agora-mini', token: '007abc' },
      { backend: 'agora-mini', token: ' 007abc' },
    ])
  })

  it('names the temporary token of the console on Agora’s cloud only', () => {
    locale.value = language
    for (const token of ['006abc', '007abc', 'abc']) {
      expect(sentence('token-invalid', { token, backend: 'agora-web' })).toContain('RTC')
      expect(sentence('token-invalid', { token, backend: 'local' })).not.toMatch(/RTC|007/)
    }
    expect(sentence('token-invalid', { token: '006abc', backend: 'agora-mini' })).toContain('RTC')
  })

  it('asks for a token only if the build does not fetch one', () => {
    locale.value = language
    for (const backend of BACKENDS) {
      expect(sentence('token-invalid', { backend })).not.toBe(sentence('token-invalid', { backend, fetchesToken: true }))
      expect(sentence('token-invalid', { backend, fetchesToken: true })).toMatch(/Token 服务器|token server/)
    }
    expect(sentence('token-invalid', { backend: 'agora-mini', fetchesToken: true })).toContain('006')
    expect(sentence('token-invalid', { backend: 'agora-web', fetchesToken: true })).not.toContain('006')
  })

  it('says what a timeout may mean on this platform', () => {
    locale.value = language
    expect(sentence('timeout', { backend: 'local', gatewayUrl: 'ws://127.0.0.1:7171/rtm' })).toContain('ws://127.0.0.1:7171/rtm')
    expect(sentence('timeout', { backend: 'agora-mini' })).toMatch(/小程序|mini program/)
    expect(sentence('timeout', { backend: 'agora-web' })).not.toMatch(/小程序|mini program|[{}]/)
  })
})
