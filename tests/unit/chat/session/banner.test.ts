import { describe, expect, it } from 'vitest'
import { banner, type Banner } from '@/src/chat/session/banner'
import { SIGNED_OUT, type Session } from '@/src/chat/session/session'

const who = { uid: 'alice', token: undefined }
const login = { attempt: 1, who, tries: 0, accepted: true }
const on = { attempt: 1, who, tries: 0, since: 0, renewal: 'none', renewing: undefined, renewTries: 0, expired: false, due: undefined } as const

const cases: [what: string, session: Session, online: Banner, offline: Banner][] = [
  ['a start', SIGNED_OUT, 'connecting', 'offline'],
  ['a token on its way', { ...login, phase: 'fetching' }, 'connecting', 'offline'],
  ['a login on its way', { ...login, phase: 'logging-in', used: undefined, fetched: false }, 'connecting', 'offline'],
  ['a pause', { ...login, phase: 'pausing', due: 1 }, 'connecting', 'offline'],
  ['a session', { ...on, phase: 'online' }, 'none', 'offline'],
  ['a lost connection', { ...on, phase: 'reconnecting' }, 'reconnecting', 'offline'],
  ['a logout', { phase: 'leaving', attempt: 1, next: undefined }, 'none', 'none'],
  ['a logout before a login', { phase: 'leaving', attempt: 1, next: login }, 'connecting', 'offline'],
  ['a login elsewhere', { phase: 'stopped', attempt: 1, who, why: 'kicked' }, 'kicked', 'kicked'],
  ['a ban', { phase: 'stopped', attempt: 1, who, why: 'banned' }, 'banned', 'banned'],
  ['a token that has run out', { phase: 'stopped', attempt: 1, who, why: 'token-expired' }, 'token-expired', 'token-expired'],
]

describe('banner', () => {
  it.each(cases)('of %s', (_what, session, online, offline) => {
    expect(banner(session, true)).toBe(online)
    expect(banner(session, false)).toBe(offline)
  })
})
