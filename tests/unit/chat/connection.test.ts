import { describe, expect, expectTypeOf, it } from 'vitest'
import { banner, type Banner } from '@/src/chat/connection'
import type { ConnectionChangeReason, ConnectionState } from '@/src/rtm/port'

const cases: [ConnectionState, ConnectionChangeReason | undefined, online: Banner, offline: Banner][] = [
  ['DISCONNECTED', undefined, 'none', 'none'],
  ['CONNECTING', 'LOGIN', 'connecting', 'offline'],
  ['CONNECTED', 'LOGIN_SUCCESS', 'none', 'none'],
  ['RECONNECTING', 'INTERRUPTED', 'connecting', 'offline'],
  ['DISCONNECTED', 'LOGIN_FAILURE', 'connecting', 'offline'],
  ['DISCONNECTED', 'LOGIN_TIMEOUT', 'connecting', 'offline'],
  ['DISCONNECTED', 'LOGOUT', 'none', 'none'],
  ['ABORTED', 'REMOTE_LOGIN', 'kicked', 'kicked'],
  ['ABORTED', 'BANNED_BY_SERVER', 'banned', 'banned'],
  ['ABORTED', 'TOKEN_EXPIRED', 'token-expired', 'token-expired'],
  ['RECONNECTING', 'TOKEN_EXPIRED', 'token-expired', 'token-expired'],
  ['ABORTED', 'INTERRUPTED', 'connecting', 'offline'],
]

describe('banner', () => {
  it.each(cases)('%s by %s: %s, without a network %s', (state, reason, online, offline) => {
    expect(banner(state, reason, true)).toBe(online)
    expect(banner(state, reason, false)).toBe(offline)
  })

  it('takes the states and reasons of the port', () => {
    expectTypeOf<Parameters<typeof banner>[0]>().toEqualTypeOf<ConnectionState>()
    expectTypeOf<Parameters<typeof banner>[1]>().toEqualTypeOf<ConnectionChangeReason | undefined>()
  })
})
